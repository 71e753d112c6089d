package org.recurrentops.cpu.math;

/**
 * {@link Activations} in plain Java. Multiplications and additions round separately; see {@link
 * ActivationCoefficients} for the approximations.
 *
 * <p>C2 vectorises a loop only if it is short, all its arrays share one index, and it does not read
 * the bits of floats. So both functions copy their arguments, some hundred at a time, and go over
 * them several times, of which only one short loop, powers, runs one by one.
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
      exponentials(count, 1f, chunk);
      quotients(count, chunk.x, chunk.e);
      System.arraycopy(chunk.e, 0, y, yOffset + i, count);
    }
  }

  /** e^−|factor·x|. */
  private static void exponentials(int count, float factor, Chunk chunk) {
    reductions(count, factor, chunk.x, chunk.shifted, chunk.e);
    fractions(count, chunk.e);
    powers(count, chunk.shifted, chunk.e);
  }

  /** Of v = −|factor·x|: the integer exponent of 2, still with ROUNDER added, and the rest. */
  private static void reductions(int count, float factor, float[] x, float[] shifted, float[] r) {
    for (int i = 0; i < count; i++) {
      float v = argument(factor * x[i]);
      float s = v * ActivationCoefficients.LOG2_E + ActivationCoefficients.ROUNDER;
      shifted[i] = s;
      r[i] = remainder(v, s - ActivationCoefficients.ROUNDER);
    }
  }

  private static void fractions(int count, float[] r) {
    for (int i = 0; i < count; i++) {
      r[i] = fraction(r[i]);
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
    return quotient(x, exponential(x));
  }

  /** e^−|x|, step by step what the loops do. */
  private static float exponential(float x) {
    float v = argument(x);
    float s = v * ActivationCoefficients.LOG2_E + ActivationCoefficients.ROUNDER;
    return power(s, fraction(remainder(v, s - ActivationCoefficients.ROUNDER)));
  }

  /** −|x|, but not so small that 2ⁿ is no normal number. */
  private static float argument(float x) {
    return Math.max(-Math.abs(x), -87.6f);
  }

  private static float remainder(float v, float n) {
    return v - n * ActivationCoefficients.LN2_HIGH - n * ActivationCoefficients.LN2_LOW;
  }

  private static float fraction(float r) {
    float p = ActivationCoefficients.E6;
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
    if (length < SHORT) {
      for (int i = 0; i < length; i++) {
        y[yOffset + i] = tanh(x[xOffset + i]);
      }
      return;
    }
    Chunk chunk = CHUNKS.get();
    for (int i = 0; i < length; i += CHUNK) {
      int count = Math.min(CHUNK, length - i);
      System.arraycopy(x, xOffset + i, chunk.x, 0, count);
      exponentials(count, 2f, chunk);
      tangents(count, chunk.x, chunk.shifted, chunk.e);
      System.arraycopy(chunk.e, 0, y, yOffset + i, count);
    }
  }

  private static void tangents(int count, float[] x, float[] below, float[] e) {
    for (int i = 0; i < count; i++) {
      e[i] = above(e[i]);
      below[i] = below(x[i]);
    }
    for (int i = 0; i < count; i++) {
      e[i] = blend(x[i], below[i], e[i]);
    }
  }

  /** One of two branches, which {@link #blend} multiplies by ±1 and adds to the other times 0. */
  @Override
  public float tanh(float x) {
    return Math.abs(x) > ActivationCoefficients.TANH_SWITCH
        ? Math.copySign(above(exponential(2f * x)), x)
        : below(x);
  }

  /** |tanh x| for large |x|, of e = e^−2|x|. */
  private static float above(float e) {
    return 1f - (e + e) / (1f + e);
  }

  /** tanh x for small |x|; for others something finite, for blend to multiply by 0. */
  private static float below(float x) {
    float c = Math.min(Math.max(x, -9f), 9f);
    float s = c * c;
    float p = ActivationCoefficients.T6;
    p = p * s + ActivationCoefficients.T5;
    p = p * s + ActivationCoefficients.T4;
    p = p * s + ActivationCoefficients.T3;
    p = p * s + ActivationCoefficients.T2;
    p = p * s + ActivationCoefficients.T1;
    p = p * s + 1f;
    return c * p;
  }

  /**
   * Chooses without a branch. {@code side} is ±1 above the switch and ±0 below, always with the
   * sign of x, so that −0 comes from two negative zeros.
   */
  private static float blend(float x, float below, float above) {
    float beyond = Math.max(Math.abs(x) - ActivationCoefficients.TANH_SWITCH, 0f);
    float side = Math.min(Math.max(x * beyond * 1e38f, -1f), 1f);
    return (1f - Math.abs(side)) * below + side * above;
  }

  @Override
  public void clearSubnormals(float[] x, int offset, int length) {
    for (int i = offset; i < offset + length; i++) {
      if (Math.abs(x[i]) < Float.MIN_NORMAL) {
        x[i] = 0f;
      }
    }
  }
}
