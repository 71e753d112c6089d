package org.recurrentops.spi;

/** The losses of {@link BackendMath#loss}. */
public enum LossKind {
  /** −log softmax(prediction)[target]; target holds one class per row. */
  SOFTMAX_CROSS_ENTROPY,
  /** Binary cross-entropy of σ(prediction) against a target in [0, 1], summed over features. */
  SIGMOID_CROSS_ENTROPY,
  /** (prediction − target)², summed over features. */
  SQUARED_ERROR
}
