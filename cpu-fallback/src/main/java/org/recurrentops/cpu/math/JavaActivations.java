package org.recurrentops.cpu.math;

/**
 * {@link Activations} in plain Java. Multiplications and additions round separately; see {@link
 * ActivationCoefficients} for the approximations.
 *
 * <p>C2 vectorises a loop only if it is short, all its arrays share one index, and it does not read
 * the bits of floats. So sigmoid copies its arguments, some hundred at a time, and goes over them
 * three times, of which only the middle loop, the smallest, runs one by one.
 */
final class JavaActivations implements Activations {
  /** Arguments per copy; three arrays of them are a small part of the first-level cache. */
  private static final int CHUNK = 256;

  /** Range below which copying costs more than it saves. */
  private static final int SHORT = 24;

  private static final class Chunk {
    final float[] x = new float[CHUNK];
    final float[] shifted = new float[CHUNK];
    final float[] e = new float[CHUNK];
  }

  /** Few kilobytes per thread, so that the bulk form needs no scratch of its callers. */
  private static final ThreadLocal<Chunk> CHUNKS = ThreadLocal.withInitial(Chunk::new);

  @Override
  public void sigmoid(float[] x, int xOffset, float[] y, int yOffset, int length) {
    if (length < SHORT) {
      for (int i = 0; i < length; i++) {
        y[yOffset + i] = sigmoid(x[xOffset + i]);
      }
      return;
    }
    Chunk chunk = CHUNKS.get();
    for (int i = 0; i < length; i += CHUNK) {
      int count = Math.min(CHUNK, length - i);
      System.arraycopy(x, xOffset + i, chunk.x, 0, count);
      fractions(count, chunk.x, chunk.shifted, chunk.e);
      powers(count, chunk.shifted, chunk.e);
      quotients(count, chunk.x, chunk.e);
      System.arraycopy(chunk.e, 0, y, yOffset + i, count);
    }
  }

  /** Of e^−|x|: the integer exponent of 2, still with ROUNDER added, and the factor beside it. */
  private static void fractions(int count, float[] x, float[] shifted, float[] e) {
    for (int i = 0; i < count; i++) {
      float v = argument(x[i]);
      float s = v * ActivationCoefficients.LOG2_E + ActivationCoefficients.ROUNDER;
      shifted[i] = s;
      e[i] = fraction(v, s - ActivationCoefficients.ROUNDER);
    }
  }

  private static void powers(int count, float[] shifted, float[] e) {
    for (int i = 0; i < count; i++) {
      e[i] = power(shifted[i], e[i]);
    }
  }

  private static void quotients(int count, float[] x, float[] e) {
    for (int i = 0; i < count; i++) {
      e[i] = quotient(x[i], e[i]);
    }
  }

  @Override
  public float sigmoid(float x) {
    float v = argument(x);
    float s = v * ActivationCoefficients.LOG2_E + ActivationCoefficients.ROUNDER;
    return quotient(x, power(s, fraction(v, s - ActivationCoefficients.ROUNDER)));
  }

  /** −|x|, but not so small that 2ⁿ is no normal number. */
  private static float argument(float x) {
    return Math.max(-Math.abs(x), -87.6f);
  }

  private static float fraction(float v, float n) {
    float r = v - n * ActivationCoefficients.LN2_HIGH - n * ActivationCoefficients.LN2_LOW;
    float p = ActivationCoefficients.E7;
    p = p * r + ActivationCoefficients.E6;
    p = p * r + ActivationCoefficients.E5;
    p = p * r + ActivationCoefficients.E4;
    p = p * r + ActivationCoefficients.E3;
    p = p * r + ActivationCoefficients.E2;
    return p * (r * r) + r + 1f;
  }

  private static float power(float shifted, float fraction) {
    int bits = (Float.floatToRawIntBits(shifted) << 23) + 0x3f800000;
    float e = fraction * Float.intBitsToFloat(bits);
    return e < Float.MIN_NORMAL ? 0f : e;
  }

  /** e / (1 + e) for negative x, 1 / (1 + e) for the others, without a branch. */
  private static float quotient(float x, float e) {
    float negative = Math.min(Math.max(x * -1e38f, 0f), 1f);
    return (1f - negative + negative * e) / (1f + e);
  }

  @Override
  public void tanh(float[] x, int xOffset, float[] y, int yOffset, int length) {
    if (x != y || xOffset != yOffset) {
      System.arraycopy(x, xOffset, y, yOffset, length);
    }
    for (int i = 0; i < length; i++) {
      y[yOffset + i] = tanh(y[yOffset + i]);
    }
  }

  @Override
  public float tanh(float x) {
    float bound = ActivationCoefficients.TANH_BOUND;
    float u = Math.min(Math.max(x, -bound), bound);
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
