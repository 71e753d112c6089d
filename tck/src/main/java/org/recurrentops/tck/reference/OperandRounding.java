package org.recurrentops.tck.reference;

import java.util.function.DoubleUnaryOperator;
import org.recurrentops.MathMode;

/**
 * How the reference rounds the operands of a matrix product in a {@link MathMode}: to nearest, ties
 * to even. Sums are not rounded.
 */
public final class OperandRounding {
  private static final int BF16_PRECISION = 8;
  private static final int TF32_PRECISION = 11;
  private static final double FP16_LARGEST = 65504;
  private static final double FP16_OVERFLOW = 65520;
  private static final double FP16_SMALLEST_NORMAL = 0x1p-14;
  private static final double FP16_STEP = 0x1p-24;

  private OperandRounding() {}

  /**
   * The rounding of a mode.
   *
   * @param mode the mode
   * @return the function; for FP32 that changes nothing, because the data are float32
   */
  public static DoubleUnaryOperator of(MathMode mode) {
    switch (mode) {
      case TF32:
        return x -> toPrecision(x, TF32_PRECISION);
      case BF16:
        return x -> toPrecision(x, BF16_PRECISION);
      case FP16:
        return OperandRounding::toHalf;
      default:
        return DoubleUnaryOperator.identity();
    }
  }

  /**
   * How far an operand may lie from what it stands for, relative to it. TF32 counts twice its unit
   * roundoff: hardware cuts bits off.
   *
   * @param mode the mode
   * @return u
   */
  public static double unit(MathMode mode) {
    switch (mode) {
      case TF32:
        return 0x1p-10;
      case BF16:
        return 0x1p-8;
      case FP16:
        return 0x1p-11;
      default:
        return 0x1p-24;
    }
  }

  private static double toPrecision(double x, int bits) {
    if (x == 0 || Double.isNaN(x) || Double.isInfinite(x)) {
      return x;
    }
    int exponent = Math.max(Math.getExponent(x), Float.MIN_EXPONENT);
    double step = Math.scalb(1.0, exponent - bits + 1);
    return Math.rint(x / step) * step;
  }

  private static double toHalf(double x) {
    if (Math.abs(x) >= FP16_OVERFLOW) {
      return Math.copySign(Double.POSITIVE_INFINITY, x);
    }
    if (Math.abs(x) > FP16_LARGEST) {
      return Math.copySign(FP16_LARGEST, x);
    }
    return Math.abs(x) < FP16_SMALLEST_NORMAL
        ? Math.rint(x / FP16_STEP) * FP16_STEP
        : toPrecision(x, TF32_PRECISION);
  }
}
