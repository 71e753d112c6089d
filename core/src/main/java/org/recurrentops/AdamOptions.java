package org.recurrentops;

/**
 * Hyper-parameters of {@link DeviceMath#adam}.
 *
 * @param learningRate η
 * @param beta1 β₁
 * @param beta2 β₂
 * @param epsilon ε
 * @param weightDecay λ, decoupled
 */
public record AdamOptions(
    float learningRate, float beta1, float beta2, float epsilon, float weightDecay) {
  /**
   * The paper's β₁ = 0.9, β₂ = 0.999, ε = 1e-8, without weight decay.
   *
   * @param learningRate η
   * @return the options
   */
  public static AdamOptions of(double learningRate) {
    return new AdamOptions((float) learningRate, 0.9f, 0.999f, 1e-8f, 0);
  }
}
