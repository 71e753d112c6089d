package org.recurrentops.cpu.math;

/** {@link Activations} in plain Java. Multiplications and additions round separately. */
final class JavaActivations implements Activations {
  /** Largest x with e^x below the smallest normal float32. */
  private static final float UNDERFLOW = -87.33655f;

  /** 1.5·2²³: adding it rounds to an integer, which then stands in the low bits. */
  private static final float ROUNDER = 12582912f;

  private static final float LOG2_E = 1.44269504f;

  /** ln 2 in two parts; the product of the first with an integer below 2¹³ is exact. */
  private static final float LN2_HIGH = 0.693359375f;

  private static final float LN2_LOW = -2.12194440e-4f;

  @Override
  public void sigmoid(float[] x, int xOffset, float[] y, int yOffset, int length) {
    for (int i = 0; i < length; i++) {
      y[yOffset + i] = logistic(x[xOffset + i]);
    }
  }

  @Override
  public void tanh(float[] x, int xOffset, float[] y, int yOffset, int length) {
    if (x != y || xOffset != yOffset) {
      System.arraycopy(x, xOffset, y, yOffset, length);
    }
    // In place, because C2 vectorises only loops whose loads and stores share one index.
    for (int i = 0; i < length; i++) {
      y[yOffset + i] = hyperbolic(y[yOffset + i]);
    }
  }

  @Override
  public float sigmoid(float x) {
    return logistic(x);
  }

  @Override
  public float tanh(float x) {
    return hyperbolic(x);
  }

  /** e^−|x| / (1 + e^−|x|) for negative x, 1 / (1 + e^−|x|) for the others: no cancellation. */
  private static float logistic(float x) {
    float magnitude = Math.abs(x);
    float e = magnitude > -UNDERFLOW ? 0f : exp(-magnitude);
    return (x < 0 ? e : 1f) / (1f + e);
  }

  /** e^x for UNDERFLOW ≤ x ≤ 0 (Cephes expf); NaN for NaN. */
  private static float exp(float x) {
    float shifted = x * LOG2_E + ROUNDER;
    float n = shifted - ROUNDER;
    float r = (x - n * LN2_HIGH) - n * LN2_LOW;
    float p = 1.9875691500e-4f;
    p = p * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = p * (r * r) + (r + 1f);
    return p * Float.intBitsToFloat((Float.floatToRawIntBits(shifted) << 23) + 0x3f800000);
  }

  /** Rational minimax approximation x·P(x²)/Q(x²), clamped where it reaches 1. */
  private static float hyperbolic(float x) {
    float u = Math.min(Math.max(x, -7.90531110763549805f), 7.90531110763549805f);
    float s = u * u;
    float p = -2.76076847742355e-16f;
    p = p * s + 2.00018790482477e-13f;
    p = p * s - 8.60467152213735e-11f;
    p = p * s + 5.12229709037114e-08f;
    p = p * s + 1.48572235717979e-05f;
    p = p * s + 6.37261928875436e-04f;
    p = p * s + 4.89352455891786e-03f;
    float q = 1.19825839466702e-06f;
    q = q * s + 1.18534705686654e-04f;
    q = q * s + 2.26843463243900e-03f;
    q = q * s + 4.89352518554385e-03f;
    return u * (p / q);
  }
}
