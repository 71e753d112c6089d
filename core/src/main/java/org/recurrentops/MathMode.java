package org.recurrentops;

/**
 * Arithmetic of the matrix products: how their operands are rounded. Sums are float32 in every
 * mode, and so is everything else: inputs, outputs, states, biases, gates, gradients and optimiser
 * state are stored and computed in float32.
 *
 * <p>A mode other than {@link #FP32} is done as asked or refused with a reason, never replaced by
 * another; {@link RecurrentOps#mathModes()} says what a device offers and {@code plan.describe()}
 * what a plan does. Index input is gathered, not multiplied, so it is not rounded.
 *
 * @see <a href="https://docs.nvidia.com/cuda/cublas/">cuBLAS, compute types</a>
 */
public enum MathMode {
  /** Strict float32, the default. */
  FP32,
  /**
   * Operands with 10 explicit mantissa bits and the range of float32. Hardware may cut the other
   * bits off instead of rounding, so the error of an operand is up to 2⁻¹⁰ of it.
   */
  TF32,
  /** Operands rounded to bfloat16: 7 explicit mantissa bits (2⁻⁹), the range of float32. */
  BF16,
  /**
   * Operands rounded to binary16: 10 explicit mantissa bits (2⁻¹¹), but what exceeds 65504 becomes
   * infinite and what is below 6·10⁻⁸ becomes 0. States and weights fit; gradients may not, so
   * scale the loss in training, or use {@link #BF16}.
   */
  FP16
}
