package org.recurrentops;

/** Element type of a {@link Tensor}. */
public enum DType {
  /** IEEE 754 binary32. */
  F32(4),
  /** IEEE 754 binary64. */
  F64(8),
  /** IEEE 754 binary16. */
  F16(2),
  /** bfloat16: the upper half of a binary32. */
  BF16(2),
  /** 32-bit two's-complement integer; index inputs, targets and lengths. */
  I32(4),
  /** Unsigned byte; masks. */
  U8(1);

  private final int bytes;

  DType(int bytes) {
    this.bytes = bytes;
  }

  /**
   * Size of one element.
   *
   * @return bytes per element
   */
  public int bytes() {
    return bytes;
  }
}
