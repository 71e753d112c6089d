package org.recurrentops.tck;

import org.recurrentops.MathMode;
import org.recurrentops.RnnSpec;
import org.recurrentops.tck.reference.OperandRounding;

/**
 * How far a float32 result may lie from the float64 reference: k·(backward ? 2 : 1)·⌈log₂ depth⌉·u·
 * scale, with k = 8 and u = 2⁻²⁴. Depth is the length of the longest chain of sums: T + C + H, and
 * T·N more for parameter gradients. Scale is the largest expected magnitude of the value's own
 * slice (a timestep, a named parameter), so that vanishing gradients at early steps must still be
 * right.
 *
 * <p>In a {@link MathMode} with rounded operands the reference rounds them, too, so that results
 * differ where a float32 error tips an operand to its neighbour: u is then what that is, and k = 2,
 * because few operands tip.
 *
 * <p>A slice of fewer than {@value #FEW} non-zero values says little about the magnitude of the
 * terms that were summed, for they may cancel: it looks at its neighbours until there are enough,
 * and if the whole family has too few, the scale is at least {@value #SCALE_OF_FEW} (data and
 * cotangents are of magnitude 1). A slice whose family is exactly zero must be exactly zero. NaN is
 * equal only to NaN, infinity only to the same infinity.
 */
public final class Tolerance {
  private static final double K = 8;
  private static final double K_REDUCED = 2;
  private static final int FEW = 32;
  private static final double SCALE_OF_FEW = 0.25;

  private final double relative;
  private final String rule;

  private Tolerance(boolean backward, long depth, MathMode mode) {
    int log = 64 - Long.numberOfLeadingZeros(Math.max(2, depth) - 1);
    double u = OperandRounding.unit(mode);
    double factor = (mode == MathMode.FP32 ? K : K_REDUCED) * (backward ? 2 : 1);
    relative = factor * log * u;
    rule = (int) factor + "·⌈log2 " + depth + "⌉·2^" + Math.getExponent(u);
  }

  /**
   * For y, hN and cN.
   *
   * @param spec what was computed
   * @param steps T
   * @param mode arithmetic of the products
   * @return the tolerance
   */
  public static Tolerance forward(RnnSpec spec, int steps, MathMode mode) {
    return new Tolerance(false, (long) steps + spec.inputSize() + spec.hiddenSize(), mode);
  }

  /**
   * For dx, dh0 and dc0.
   *
   * @param spec what was computed
   * @param steps T
   * @param mode arithmetic of the products
   * @return the tolerance
   */
  public static Tolerance backward(RnnSpec spec, int steps, MathMode mode) {
    return new Tolerance(true, (long) steps + spec.inputSize() + spec.hiddenSize(), mode);
  }

  /**
   * For dParams.
   *
   * @param spec what was computed
   * @param steps T
   * @param batch N
   * @param mode arithmetic of the products
   * @return the tolerance
   */
  public static Tolerance parameterGradient(RnnSpec spec, int steps, int batch, MathMode mode) {
    long depth = (long) steps + spec.inputSize() + spec.hiddenSize() + (long) steps * batch;
    return new Tolerance(true, depth, mode);
  }

  /**
   * For an operation beside the recurrence.
   *
   * @param depth terms in its longest sum
   * @param backward whether it is a gradient
   * @return the tolerance
   */
  public static Tolerance ofDepth(long depth, boolean backward) {
    return new Tolerance(backward, depth, MathMode.FP32);
  }

  /**
   * Compares.
   *
   * @param what name of the tensor
   * @param got the backend's result
   * @param expected the reference's, as long
   * @param slices how it is cut
   * @param where spec, sizes and seed, for the message
   * @throws ConformanceFailure naming the worst value, if any is outside the tolerance
   */
  public void check(String what, float[] got, double[] expected, Slices slices, String where) {
    if (got.length != expected.length) {
      throw new ConformanceFailure(
          what + ": expected " + expected.length + " values, got " + got.length + "; " + where);
    }
    Worst worst = new Worst();
    for (int s = 0; s < slices.count(); s++) {
      double bound = relative * scale(expected, slices, s);
      for (int i = slices.from(s); i < slices.to(s); i++) {
        double error = error(got[i], expected[i]);
        if (!(error <= bound)) {
          worst.add(s, i, error, bound);
        }
      }
    }
    if (worst.count > 0) {
      throw new ConformanceFailure(
          what
              + slices.nameOf(worst.slice, worst.index)
              + ": expected "
              + expected[worst.index]
              + ", got "
              + got[worst.index]
              + ", off by "
              + worst.error
              + ", allowed "
              + worst.bound
              + " ("
              + rule
              + " times scale); "
              + worst.count
              + " of "
              + got.length
              + " values are off, this is the worst; "
              + where);
    }
  }

  /** Distance; 0 for equal non-finite values, NaN (larger than any bound) for unequal ones. */
  private static double error(float got, double expected) {
    if (Double.isNaN(expected)) {
      return Float.isNaN(got) ? 0 : Double.NaN;
    }
    if (Double.isInfinite(expected) || Float.isInfinite(got)) {
      return got == expected ? 0 : Double.NaN;
    }
    return Math.abs(got - expected);
  }

  private static double scale(double[] expected, Slices slices, int slice) {
    Magnitude m = new Magnitude();
    m.add(expected, slices.from(slice), slices.to(slice));
    for (int reach = 1; m.count < FEW; reach++) {
      boolean before = slices.sameFamily(slice, slice - reach);
      boolean after = slices.sameFamily(slice, slice + reach);
      if (before) {
        m.add(expected, slices.from(slice - reach), slices.to(slice - reach));
      }
      if (after) {
        m.add(expected, slices.from(slice + reach), slices.to(slice + reach));
      }
      if (!before && !after) {
        return m.count == 0 ? 0 : Math.max(m.largest, SCALE_OF_FEW);
      }
    }
    return m.largest;
  }

  private static final class Magnitude {
    int count;
    double largest;

    void add(double[] values, int from, int to) {
      for (int i = from; i < to; i++) {
        double v = Math.abs(values[i]);
        if (v > 0 && v < Double.POSITIVE_INFINITY) {
          count++;
          largest = Math.max(largest, v);
        }
      }
    }
  }

  private static final class Worst {
    int count;
    int slice;
    int index;
    double error;
    double bound;
    private double ratio = -1;

    void add(int inSlice, int at, double by, double allowed) {
      count++;
      double r = Double.isNaN(by) ? Double.POSITIVE_INFINITY : by / Math.max(allowed, 1e-300);
      if (r > ratio) {
        ratio = r;
        slice = inSlice;
        index = at;
        error = by;
        bound = allowed;
      }
    }
  }
}
