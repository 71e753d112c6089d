package org.recurrentops.cpu;

import org.recurrentops.Tensor;
import org.recurrentops.cpu.math.CpuMath;
import org.recurrentops.spi.BackendMath;
import org.recurrentops.spi.LossKind;

/** The operations beside the recurrence. */
final class CpuOperations implements BackendMath {
  private final LinearOps linear;
  private final EmbeddingOps embedding;
  private final LossOps losses;
  private final VectorOps vectors;

  CpuOperations(CpuMath math, Workforce workforce) {
    linear = new LinearOps(math.gemm(), workforce);
    embedding = new EmbeddingOps(workforce);
    losses = new LossOps(workforce);
    vectors = new VectorOps(workforce);
  }

  @Override
  public void linear(Tensor x, Tensor weight, Tensor bias, Tensor y, boolean accumulate) {
    linear.linear(x, weight, bias, y, accumulate);
  }

  @Override
  public void linearBackward(
      Tensor x,
      Tensor weight,
      Tensor dy,
      Tensor dx,
      Tensor dWeight,
      Tensor dBias,
      boolean accumulate) {
    linear.backward(x, weight, dy, dx, dWeight, dBias, accumulate);
  }

  @Override
  public void embedding(Tensor indices, Tensor table, Tensor y) {
    embedding.embedding(indices, table, y);
  }

  @Override
  public void embeddingBackward(Tensor indices, Tensor dy, Tensor dTable, boolean accumulate) {
    embedding.backward(indices, dy, dTable, accumulate);
  }

  @Override
  public void softmax(Tensor logits, Tensor probabilities) {
    losses.softmax(logits, probabilities);
  }

  @Override
  public void loss(
      LossKind kind,
      Tensor prediction,
      Tensor target,
      Tensor rowWeights,
      boolean mean,
      float gradientScale,
      Tensor loss,
      Tensor gradient) {
    losses.loss(kind, prediction, target, rowWeights, mean, gradientScale, loss, gradient);
  }

  @Override
  public void clipByGlobalNorm(Tensor[] list, float maxNorm, Tensor norm, Tensor nonFinite) {
    vectors.clip(list, maxNorm, norm, nonFinite);
  }

  @Override
  public void sgd(
      Tensor params,
      Tensor gradient,
      Tensor velocity,
      float learningRate,
      float momentum,
      boolean nesterov,
      float weightDecay,
      Tensor skip) {
    vectors.sgd(params, gradient, velocity, learningRate, momentum, nesterov, weightDecay, skip);
  }

  @Override
  public void adam(
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
      Tensor skip) {
    vectors.adam(
        params, gradient, m, v, step, learningRate, beta1, beta2, epsilon, weightDecay, skip);
  }

  @Override
  public void fill(Tensor t, float value) {
    CopyOps.fill(t, value);
  }

  @Override
  public void copy(Tensor src, Tensor dst) {
    CopyOps.copy(src, dst);
  }

  @Override
  public void addScaled(Tensor src, float scale, Tensor dst) {
    CopyOps.addScaled(src, scale, dst);
  }
}
