package org.recurrentops.tck.broken;

import org.recurrentops.Tensor;
import org.recurrentops.spi.BackendMath;
import org.recurrentops.spi.LossKind;

/** Hands every operation on. */
class RightMath implements BackendMath {
  final BackendMath right;

  RightMath(BackendMath right) {
    this.right = right;
  }

  @Override
  public void linear(Tensor x, Tensor weight, Tensor bias, Tensor y, boolean accumulate) {
    right.linear(x, weight, bias, y, accumulate);
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
    right.linearBackward(x, weight, dy, dx, dWeight, dBias, accumulate);
  }

  @Override
  public void embedding(Tensor indices, Tensor table, Tensor y) {
    right.embedding(indices, table, y);
  }

  @Override
  public void embeddingBackward(Tensor indices, Tensor dy, Tensor dTable, boolean accumulate) {
    right.embeddingBackward(indices, dy, dTable, accumulate);
  }

  @Override
  public void softmax(Tensor logits, Tensor probabilities) {
    right.softmax(logits, probabilities);
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
    right.loss(kind, prediction, target, rowWeights, mean, gradientScale, loss, gradient);
  }

  @Override
  public void clipByGlobalNorm(Tensor[] vectors, float maxNorm, Tensor norm, Tensor nonFinite) {
    right.clipByGlobalNorm(vectors, maxNorm, norm, nonFinite);
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
    right.sgd(params, gradient, velocity, learningRate, momentum, nesterov, weightDecay, skip);
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
    right.adam(
        params, gradient, m, v, step, learningRate, beta1, beta2, epsilon, weightDecay, skip);
  }

  @Override
  public void fill(Tensor t, float value) {
    right.fill(t, value);
  }

  @Override
  public void copy(Tensor src, Tensor dst) {
    right.copy(src, dst);
  }

  @Override
  public void addScaled(Tensor src, float scale, Tensor dst) {
    right.addScaled(src, scale, dst);
  }
}
