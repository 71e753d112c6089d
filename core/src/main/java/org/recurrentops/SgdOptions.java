package org.recurrentops;

/**
 * Hyper-parameters of {@link DeviceMath#sgd}.
 *
 * @param learningRate η
 * @param momentum μ, 0 for none
 * @param nesterov whether the step looks ahead: p −= η (g + λ p + μ v)
 * @param weightDecay λ
 */
public record SgdOptions(float learningRate, float momentum, boolean nesterov, float weightDecay) {
  /**
   * Plain momentum.
   *
   * @param learningRate η
   * @param momentum μ
   * @return the options
   */
  public static SgdOptions of(double learningRate, double momentum) {
    return new SgdOptions((float) learningRate, (float) momentum, false, 0);
  }
}
