package org.recurrentops.cpu.math;

import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link Activations} in the Vector API, with fused multiply-adds; the elements after the last
 * whole vector go through the same operations one by one. See {@link ActivationCoefficients} for
 * the approximations.
 *
 * <p>Each function takes one pass, which is compiled by itself: C2 stops inlining vector operations
 * in a method of more than 18000 nodes, which two passes together reach as soon as other code of
 * the process uses other vector widths; from then on it allocates vectors. Handles that are no
 * constants keep C2 from putting passes together. All spell e^v out: from a method of its own, C2
 * (JDK 17) makes a sigmoid that takes 2.7 times as long. They select by integer arithmetic on the
 * bits: of numbers without sign the larger one has the larger bits, so a shifted difference is a
 * mask of all ones or none, and NaN is what lies above infinity.
 *
 * <p>What is loaded, reinterpreted or shifted is cast to its class; other operations on it then
 * have theirs. Otherwise C2 (JDK 17) takes the class of what an operation is called on from what
 * all its callers have used, and that of its arguments from checks that never failed. It knows
 * neither if there were vectors of several widths, nor if the operation has not been profiled yet,
 * as in a loop that is first entered after thousands of calls without a whole vector. Calls, or
 * what would throw an exception, then stay in the loop, and their vectors are allocated.
 *
 * <p>What limits a pass is how many operations one vector takes; working on two at a time gains
 * nothing. So polynomials are summed by pairs (Estrin), nobody changes a sign, the bias of 2ⁿ's
 * exponent comes with the rounding, the last product with 2ⁿ is part of a multiply-add, and only n
 * is bounded where what is left of a large argument cannot spoil the result. Rows follow one
 * another in one loop: as a loop in a loop, in which C2 makes three of the inner one, rows of two
 * vectors take a fifth longer than one of 128; with one branch at their ends they do not.
 */
final class VectorActivations implements Activations {
  private static final VectorSpecies<Float> S = VectorWidth.SPECIES;
  private static final int L = VectorWidth.LANES;
  private static final Class<? extends FloatVector> FLOATS = FloatVector.zero(S).getClass();
  private static final Class<? extends IntVector> INTS =
      FloatVector.zero(S).reinterpretAsInts().getClass();

  /** Beyond it a sigmoid is 1. */
  private static final float LARGEST = 88.3f;

  /** Leaves n + 127 in the low bits, which shifted are the exponent of 2ⁿ. */
  private static final float BIASED_ROUNDER = ActivationCoefficients.ROUNDER + 127;

  /**
   * Largest n, of the greatest finite 2ⁿ. Where it is too small for an argument, r is as long as
   * the argument, e^r positive and their product infinite.
   */
  private static final int MOST = 127;

  private final VectorPass logistics = pass("logistics");
  private final VectorPass tangents = pass("tangents");
  private final VectorPass normals = pass("normals");

  private static VectorPass pass(String name) {
    return VectorPass.of(MethodHandles.lookup(), name);
  }

  @Override
  public void sigmoid(float[] x, int xOffset, float[] y, int yOffset, int length) {
    sigmoid(x, xOffset, 0, y, yOffset, 0, 1, length);
  }

  @Override
  public void tanh(float[] x, int xOffset, float[] y, int yOffset, int length) {
    tanh(x, xOffset, 0, y, yOffset, 0, 1, length);
  }

  /** As the form for one range, for ranges of some rows, {@code stride} elements apart. */
  void sigmoid(
      float[] x, int xOffset, int xStride, float[] y, int yOffset, int yStride, int rows, int n) {
    int whole = n - n % L;
    for (int r = 0; whole < n && r < rows; r++) {
      for (int i = whole; i < n; i++) {
        y[yOffset + r * yStride + i] = logistic(x[xOffset + r * xStride + i]);
      }
    }
    logistics.run(x, xOffset, xStride, y, yOffset, yStride, rows, whole);
  }

  /** As the form for one range, for ranges of some rows, {@code stride} elements apart. */
  void tanh(
      float[] x, int xOffset, int xStride, float[] y, int yOffset, int yStride, int rows, int n) {
    int whole = n - n % L;
    for (int r = 0; whole < n && r < rows; r++) {
      for (int i = whole; i < n; i++) {
        y[yOffset + r * yStride + i] = hyperbolic(x[xOffset + r * xStride + i]);
      }
    }
    tangents.run(x, xOffset, xStride, y, yOffset, yStride, rows, whole);
  }

  /**
   * y = 4 / (4 + 4·e^−x): where y would be below the smallest normal number, its denominator is
   * infinite.
   */
  private static void logistics(
      float[] x,
      int xOffset,
      int xStride,
      float[] y,
      int yOffset,
      int yStride,
      int rows,
      int length) {
    int from = xOffset;
    int to = yOffset;
    int column = 0;
    for (int left = rows * length; left > 0; left -= L) {
      FloatVector v = FLOATS.cast(FloatVector.fromArray(S, x, from));
      IntVector z = INTS.cast(v.reinterpretAsInts()).add(NAN_TO_NEGATIVE);
      z = z.min(LARGE).sub(NAN_TO_NEGATIVE);
      FloatVector u = FLOATS.cast(z.reinterpretAsFloats());
      IntVector bits = INTS.cast(u.fma(MINUS_LOG2_E, ROUNDER).reinterpretAsInts());
      bits = bits.min(MOST_SHIFTED);
      FloatVector n = FLOATS.cast(bits.reinterpretAsFloats()).sub(ROUNDER);
      FloatVector r = n.fma(LN2_LOW, n.fma(LN2_HIGH, u));
      FloatVector s = r.mul(r);
      FloatVector q = s.fma(MINUS_E6, E5.fma(r, MINUS_E4));
      FloatVector p = q.fma(s, E3.fma(r, MINUS_E2)).fma(s, r).fma(MINUS_FOUR, FOUR);
      bits = INTS.cast(bits.lanewise(VectorOperators.LSHL, 23));
      FloatVector d = p.fma(FLOATS.cast(bits.reinterpretAsFloats()), FOUR);
      FOUR.div(d).intoArray(y, to);
      from += L;
      to += L;
      column += L;
      if (column == length) {
        from += xStride - length;
        to += yStride - length;
        column = 0;
      }
    }
  }

  /**
   * y = tanh x, of e = (e^2|x| − 1) / 2: 1 − 1 / (1 + e) where |x| is above the switch, else e / (1
   * + e), times the sign of x. That was OR-ed to the bits, but C2 (JDK 17) then did not see, in one
   * process of seven, of which class the last floats are, and all vectors of a round were
   * allocated.
   */
  private static void tangents(
      float[] x,
      int xOffset,
      int xStride,
      float[] y,
      int yOffset,
      int yStride,
      int rows,
      int length) {
    int from = xOffset;
    int to = yOffset;
    int column = 0;
    for (int left = rows * length; left > 0; left -= L) {
      FloatVector v = FLOATS.cast(FloatVector.fromArray(S, x, from));
      IntVector z = INTS.cast(v.reinterpretAsInts());
      IntVector magnitude = z.and(ALL_BUT_SIGN);
      FloatVector u = FLOATS.cast(magnitude.reinterpretAsFloats());
      IntVector signBits = z.and(SIGN).or(ONE_BITS);
      FloatVector sign = FLOATS.cast(signBits.reinterpretAsFloats());
      IntVector bits = INTS.cast(u.fma(TWO_LOG2_E, ROUNDER).reinterpretAsInts());
      bits = bits.min(MOST_SHIFTED);
      FloatVector n = FLOATS.cast(bits.reinterpretAsFloats()).sub(ROUNDER);
      FloatVector r = n.fma(MINUS_HALF_LN2, u);
      FloatVector s = r.mul(r);
      FloatVector q = s.fma(H6, H5.fma(r, H4)).fma(s, H3.fma(r, ONE));
      bits = INTS.cast(bits.lanewise(VectorOperators.LSHL, 23));
      FloatVector scale = FLOATS.cast(bits.reinterpretAsFloats());
      FloatVector e = q.fma(s, r).fma(scale, scale.fma(HALF, MINUS_HALF));
      IntVector large = SWITCH_BITS.sub(magnitude);
      large = INTS.cast(large.lanewise(VectorOperators.ASHR, 31));
      IntVector below = INTS.cast(e.reinterpretAsInts());
      IntVector numerator = below.and(large.not()).or(MINUS_ONE_BITS.and(large));
      FloatVector t = FLOATS.cast(numerator.reinterpretAsFloats()).div(e.add(ONE));
      t = t.add(FLOATS.cast(large.and(ONE_BITS).reinterpretAsFloats()));
      FLOATS.cast(t.mul(sign)).intoArray(y, to);
      from += L;
      to += L;
      column += L;
      if (column == length) {
        from += xStride - length;
        to += yStride - length;
        column = 0;
      }
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
    float u = Math.min(x, LARGEST);
    float shifted = Math.fma(u, -ActivationCoefficients.LOG2_E, BIASED_ROUNDER);
    shifted = Math.min(shifted, BIASED_ROUNDER + MOST);
    float n = shifted - BIASED_ROUNDER;
    float r = Math.fma(n, ActivationCoefficients.LN2_HIGH, u);
    r = Math.fma(n, ActivationCoefficients.LN2_LOW, r);
    float s = r * r;
    float q = Math.fma(ActivationCoefficients.E5, r, -ActivationCoefficients.E4);
    q = Math.fma(s, -ActivationCoefficients.E6, q);
    q = Math.fma(q, s, Math.fma(ActivationCoefficients.E3, r, -ActivationCoefficients.E2));
    float p = Math.fma(Math.fma(q, s, r), -4f, 4f);
    float scale = Float.intBitsToFloat(Float.floatToRawIntBits(shifted) << 23);
    return 4f / Math.fma(p, scale, 4f);
  }

  private static float hyperbolic(float x) {
    float u = Math.abs(x);
    float shifted = Math.fma(u, 2 * ActivationCoefficients.LOG2_E, BIASED_ROUNDER);
    shifted = Math.min(shifted, BIASED_ROUNDER + MOST);
    float r = Math.fma(shifted - BIASED_ROUNDER, -ActivationCoefficients.LN2 / 2, u);
    float s = r * r;
    float q = Math.fma(16 * ActivationCoefficients.E5, r, 8 * ActivationCoefficients.E4);
    q = Math.fma(s, 32 * ActivationCoefficients.E6, q);
    q = Math.fma(q, s, Math.fma(4 * ActivationCoefficients.E3, r, 2 * ActivationCoefficients.E2));
    float scale = Float.intBitsToFloat(Float.floatToRawIntBits(shifted) << 23);
    float e = Math.fma(Math.fma(q, s, r), scale, Math.fma(scale, 0.5f, -0.5f));
    boolean large = u > ActivationCoefficients.TANH_SWITCH;
    return Math.copySign((large ? -1f : e) / (e + 1f) + (large ? 1f : 0f), x);
  }

  private static final IntVector ONE_BITS = bits(1f);
  private static final IntVector MINUS_ONE_BITS = bits(-1f);
  static final IntVector ALL_BUT_SIGN = ONE_BITS.broadcast(Integer.MAX_VALUE);
  static final IntVector NORMAL_BITS = bits(Float.MIN_NORMAL);
  static final IntVector SIGN = ONE_BITS.broadcast(Integer.MIN_VALUE);
  private static final IntVector NAN_TO_NEGATIVE =
      ONE_BITS.broadcast(Integer.MAX_VALUE - Float.floatToRawIntBits(Float.POSITIVE_INFINITY));
  private static final IntVector SWITCH_BITS = bits(ActivationCoefficients.TANH_SWITCH);

  private static final IntVector LARGE = bits(LARGEST).add(NAN_TO_NEGATIVE);
  private static final IntVector MOST_SHIFTED = bits(BIASED_ROUNDER + MOST);

  private static final FloatVector ONE = constant(1f);
  private static final FloatVector HALF = constant(0.5f);
  private static final FloatVector MINUS_HALF = constant(-0.5f);
  private static final FloatVector FOUR = constant(4f);
  private static final FloatVector MINUS_FOUR = constant(-4f);
  private static final FloatVector ROUNDER = constant(BIASED_ROUNDER);
  private static final FloatVector MINUS_LOG2_E = constant(-ActivationCoefficients.LOG2_E);
  private static final FloatVector TWO_LOG2_E = constant(2 * ActivationCoefficients.LOG2_E);
  private static final FloatVector MINUS_HALF_LN2 = constant(-ActivationCoefficients.LN2 / 2);
  private static final FloatVector LN2_HIGH = constant(ActivationCoefficients.LN2_HIGH);
  private static final FloatVector LN2_LOW = constant(ActivationCoefficients.LN2_LOW);
  private static final FloatVector E3 = constant(ActivationCoefficients.E3);
  private static final FloatVector E5 = constant(ActivationCoefficients.E5);
  private static final FloatVector MINUS_E2 = constant(-ActivationCoefficients.E2);
  private static final FloatVector MINUS_E4 = constant(-ActivationCoefficients.E4);
  private static final FloatVector MINUS_E6 = constant(-ActivationCoefficients.E6);

  /**
   * Of ((e^2r − 1) / 2 − r) / r², whose first coefficient is 1: those of e^r times 2ᵏ⁻¹, exactly.
   */
  private static final FloatVector H3 = constant(4 * ActivationCoefficients.E3);

  private static final FloatVector H4 = constant(8 * ActivationCoefficients.E4);
  private static final FloatVector H5 = constant(16 * ActivationCoefficients.E5);
  private static final FloatVector H6 = constant(32 * ActivationCoefficients.E6);

  private static FloatVector constant(float value) {
    return FloatVector.broadcast(S, value);
  }

  private static IntVector bits(float value) {
    return constant(value).reinterpretAsInts();
  }

  @Override
  public void clearSubnormals(float[] x, int offset, int length) {
    int whole = length - length % L;
    normals.run(x, offset, 0, x, offset, 0, 1, whole);
    for (int i = offset + whole; i < offset + length; i++) {
      if (Math.abs(x[i]) < Float.MIN_NORMAL) {
        x[i] = 0f;
      }
    }
  }

  /** y = x, or 0 where the exponent of x is that of subnormals. */
  private static void normals(
      float[] x,
      int xOffset,
      int xStride,
      float[] y,
      int yOffset,
      int yStride,
      int rows,
      int length) {
    for (int row = 0; row < rows; row++) {
      int from = xOffset + row * xStride;
      int to = yOffset + row * yStride;
      for (int i = 0; i < length; i += L) {
        FloatVector v = FLOATS.cast(FloatVector.fromArray(S, x, from + i));
        IntVector z = INTS.cast(v.reinterpretAsInts());
        IntVector below = z.and(ALL_BUT_SIGN).sub(NORMAL_BITS);
        IntVector vanishes = INTS.cast(below.lanewise(VectorOperators.ASHR, 31));
        FLOATS.cast(z.sub(z.and(vanishes)).reinterpretAsFloats()).intoArray(y, to + i);
      }
    }
  }
}
