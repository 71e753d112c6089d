package org.recurrentops.spi;

import org.recurrentops.Tensor;

/**
 * Operations beside the recurrence. Row tensors have rank 2 or 3, their last axis is the feature
 * axis with stride 1, {@link Tensor#rows()} rows are walked in row-major order of the leading axes
 * and may be strided. Vectors have rank 1 and stride 1. A null output costs nothing. Sums run in a
 * fixed order.
 */
public interface BackendMath {
  /**
   * y = x Wᵀ + b.
   *
   * @param x rows of K
   * @param weight [M,K]
   * @param bias [M] or null
   * @param y rows of M
   * @param accumulate adds to y instead of overwriting it
   */
  void linear(Tensor x, Tensor weight, Tensor bias, Tensor y, boolean accumulate);

  /**
   * Gradients of {@link #linear}.
   *
   * @param x rows of K, may be null if dWeight is
   * @param weight [M,K], may be null if dx is
   * @param dy rows of M
   * @param dx rows of K or null; overwritten
   * @param dWeight [M,K] or null
   * @param dBias [M] or null
   * @param accumulate adds to dWeight and dBias instead of overwriting them
   */
  void linearBackward(
      Tensor x,
      Tensor weight,
      Tensor dy,
      Tensor dx,
      Tensor dWeight,
      Tensor dBias,
      boolean accumulate);

  /**
   * y row = table row named by the index.
   *
   * @param indices I32, one per row of y; out of range raises a DeviceException at the latest at
   *     synchronize
   * @param table [V,E]
   * @param y rows of E
   */
  void embedding(Tensor indices, Tensor table, Tensor y);

  /**
   * Gradient of {@link #embedding}: rows of dy with one index are summed in row order.
   *
   * @param indices I32, one per row of dy
   * @param dy rows of E
   * @param dTable [V,E]
   * @param accumulate adds to dTable instead of overwriting it
   */
  void embeddingBackward(Tensor indices, Tensor dy, Tensor dTable, boolean accumulate);

  /**
   * Softmax over the last axis.
   *
   * @param logits rows of V
   * @param probabilities rows of V; may be the same memory
   */
  void softmax(Tensor logits, Tensor probabilities);

  /**
   * A loss and its gradient. A row whose weight is 0, or whose class target is negative, is
   * selected away: whatever it holds, its gradient is 0.
   *
   * @param kind which loss
   * @param prediction logits or values, rows of V
   * @param target I32 one class per row, or F32 rows of V
   * @param rowWeights F32 one per row, or null for all 1
   * @param mean divides loss and gradient by the sum of the row weights (times V for elementwise
   *     losses) instead of leaving the sum; by 1 if that sum is 0
   * @param gradientScale multiplies the gradient only
   * @param loss [1] F32, overwritten, or null
   * @param gradient rows of V, overwritten, or null; may be the same memory as prediction
   */
  void loss(
      LossKind kind,
      Tensor prediction,
      Tensor target,
      Tensor rowWeights,
      boolean mean,
      float gradientScale,
      Tensor loss,
      Tensor gradient);

  /**
   * Euclidean norm of several vectors together, and scaling by min(1, maxNorm / norm) in place. If
   * the norm is not finite nothing is scaled.
   *
   * @param vectors rank 1, F32
   * @param maxNorm positive, may be infinite
   * @param norm [1] F32, norm before scaling, or null
   * @param nonFinite [1] I32, set to 1 if the norm is not finite, else 0, or null
   */
  void clipByGlobalNorm(Tensor[] vectors, float maxNorm, Tensor norm, Tensor nonFinite);

  /**
   * v = μ v + g + λ p; p −= η (nesterov ? g + λ p + μ v : v). Without velocity μ counts as 0.
   *
   * @param params vector
   * @param gradient vector
   * @param velocity vector or null
   * @param learningRate η
   * @param momentum μ
   * @param nesterov look-ahead form
   * @param weightDecay λ
   * @param skip [1] I32: nothing changes if it holds anything but 0; or null
   */
  void sgd(
      Tensor params,
      Tensor gradient,
      Tensor velocity,
      float learningRate,
      float momentum,
      boolean nesterov,
      float weightDecay,
      Tensor skip);

  /**
   * Adam with bias correction (Kingma and Ba 2015) and decoupled weight decay (Loshchilov and
   * Hutter 2019): m = β₁ m + (1−β₁) g; v = β₂ v + (1−β₂) g²; p −= η (λ p + m̂ / (√v̂ + ε)).
   *
   * @param params vector
   * @param gradient vector
   * @param m first moment
   * @param v second moment
   * @param step number of this step, from 1
   * @param learningRate η
   * @param beta1 β₁
   * @param beta2 β₂
   * @param epsilon ε
   * @param weightDecay λ
   * @param skip [1] I32: nothing changes if it holds anything but 0; or null
   */
  void adam(
      Tensor params,
      Tensor gradient,
      Tensor m,
      Tensor v,
      long step,
      float learningRate,
      float beta1,
      float beta2,
      float epsilon,
      float weightDecay,
      Tensor skip);

  /**
   * Sets every element.
   *
   * @param t any F32 tensor
   * @param value the value
   */
  void fill(Tensor t, float value);

  /**
   * Copies elementwise.
   *
   * @param src any tensor
   * @param dst same shape and type
   */
  void copy(Tensor src, Tensor dst);

  /**
   * dst += scale · src.
   *
   * @param src F32
   * @param scale factor
   * @param dst F32, same shape
   */
  void addScaled(Tensor src, float scale, Tensor dst);
}
