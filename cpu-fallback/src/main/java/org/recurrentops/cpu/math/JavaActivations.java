package org.recurrentops.cpu.math;

/**
 * {@link Activations} in plain Java. Multiplications and additions round separately; see {@link
 * ActivationCoefficients} for the approximations.
 */
final class JavaActivations implements Activations {

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

  private static float logistic(float x) {
    float v = -Math.abs(x);
    float shifted = v * ActivationCoefficients.LOG2_E + ActivationCoefficients.ROUNDER;
    float n = shifted - ActivationCoefficients.ROUNDER;
    float r = v - n * ActivationCoefficients.LN2_HIGH - n * ActivationCoefficients.LN2_LOW;
    float p = ActivationCoefficients.E7;
    p = p * r + ActivationCoefficients.E6;
    p = p * r + ActivationCoefficients.E5;
    p = p * r + ActivationCoefficients.E4;
    p = p * r + ActivationCoefficients.E3;
    p = p * r + ActivationCoefficients.E2;
    p = p * (r * r) + r + 1f;
    float scale = Float.intBitsToFloat((Float.floatToRawIntBits(shifted) << 23) + 0x3f800000);
    float e = v < ActivationCoefficients.UNDERFLOW ? 0f : p * scale;
    return (x < 0 ? e : 1f) / (1f + e);
  }

  private static float hyperbolic(float x) {
    float u =
        Math.min(
            Math.max(x, -ActivationCoefficients.TANH_BOUND), ActivationCoefficients.TANH_BOUND);
    float s = u * u;
    float p = ActivationCoefficients.P4;
    p = p * s + ActivationCoefficients.P3;
    p = p * s + ActivationCoefficients.P2;
    p = p * s + ActivationCoefficients.P1;
    p = p * s + 1f;
    float q = ActivationCoefficients.Q5;
    q = q * s + ActivationCoefficients.Q4;
    q = q * s + ActivationCoefficients.Q3;
    q = q * s + ActivationCoefficients.Q2;
    q = q * s + ActivationCoefficients.Q1;
    q = q * s + 1f;
    return Math.min(Math.max(u * p / q, -1f), 1f);
  }
}
