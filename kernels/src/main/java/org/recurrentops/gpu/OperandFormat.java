package org.recurrentops.gpu;

import org.recurrentops.MathMode;

/** How products take their operands; {@code common/rounding.h} says how they are rounded. */
public enum OperandFormat {
  /** As the float32 numbers they are; the product may round them itself. */
  FLOAT32(0, false),
  /** Rounded to TF32, stored as float32. */
  ROUNDED_TF32(1, false),
  /** Rounded to bfloat16, stored as float32. */
  ROUNDED_BF16(2, false),
  /** Rounded to binary16, stored as float32. */
  ROUNDED_FP16(3, false),
  /** Rounded to bfloat16 and stored as that. */
  BF16(6, true),
  /** Rounded to binary16 and stored as that. */
  FP16(7, true);

  private final int code;
  private final boolean half;

  OperandFormat(int code, boolean half) {
    this.code = code;
    this.half = half;
  }

  /**
   * For products that multiply in float32 whatever the mode.
   *
   * @param mode arithmetic that is asked for
   * @return the format that rounds as the mode says
   */
  public static OperandFormat roundedTo(MathMode mode) {
    return mode == MathMode.FP32 ? FLOAT32 : valueOf("ROUNDED_" + mode);
  }

  /** What kernel {@code convert_rows} calls it. */
  int code() {
    return code;
  }

  /**
   * Whether operands are copied and rounded before a product.
   *
   * @return false for {@link #FLOAT32}
   */
  public boolean converts() {
    return code != 0;
  }

  /**
   * Numbers of this format in the space of a float32.
   *
   * @return 1 or 2
   */
  public int perFloat() {
    return half ? 2 : 1;
  }
}
