package org.recurrentops;

/** Arithmetic of the matrix products; accumulation and everything pointwise stays in float32. */
public enum MathMode {
  /** Strict float32, the default. */
  FP32,
  /** Operands rounded to TF32 (10 explicit mantissa bits). */
  TF32,
  /** Operands rounded to bfloat16. */
  BF16,
  /** Operands rounded to binary16. */
  FP16
}
