package org.recurrentops.examples.lesson;

import java.util.List;
import org.recurrentops.AdamOptions;
import org.recurrentops.GradientMode;
import org.recurrentops.Optimizer;
import org.recurrentops.RecurrentOps;
import org.recurrentops.Tensor;

/** A learnt linear map from feature vectors to first states: h_0 = W x + b. */
public final class Projection {
  private final RecurrentOps ops;
  private final Optimizer adam;
  private final Tensor params;
  private final Tensor gradient;
  private final Tensor h0;
  private final Tensor nonFinite;
  private final int features;
  private final int units;

  /**
   * Weights are uniform in ±1/√F, b is 0.
   *
   * @param ops the device
   * @param features F
   * @param units H
   * @param rows N
   * @param rate Adam's learning rate
   * @param seed of the weights
   */
  public Projection(RecurrentOps ops, int features, int units, int rows, double rate, long seed) {
    this.ops = ops;
    this.features = features;
    this.units = units;
    params = ops.allocate((long) units * features + units);
    gradient = ops.allocate(params.shape());
    adam = Optimizer.adam(ops, params.dim(0), AdamOptions.of(rate));
    h0 = ops.allocate(1, rows, units);
    nonFinite = ops.allocate(org.recurrentops.DType.I32, 1);
    float bound = (float) (1 / Math.sqrt(features));
    float[] first = new float[(int) params.dim(0)];
    java.util.Random random = new java.util.Random(seed);
    for (int i = 0; i < units * features; i++) {
      first[i] = bound * (2 * random.nextFloat() - 1);
    }
    params.upload(first);
  }

  private Tensor weight(Tensor flat) {
    return flat.slice(0, 0, (long) units * features).reshape(units, features);
  }

  private Tensor bias(Tensor flat) {
    return flat.slice(0, (long) units * features, flat.dim(0));
  }

  /**
   * The first states.
   *
   * @param x [N,F]
   * @return [1,N,H], overwritten by the next call
   */
  public Tensor forward(Tensor x) {
    Tensor rows = h0.reshape(h0.dim(1), units);
    ops.math().linear(x, weight(params), bias(params), rows, GradientMode.OVERWRITE);
    return h0;
  }

  /**
   * Back-propagates, clips the gradient to norm 1 and takes a step of Adam.
   *
   * @param x as in {@link #forward}
   * @param dh0 [1,N,H] gradient of the first states
   * @param rate factor of the learning rate
   */
  public void learn(Tensor x, Tensor dh0, double rate) {
    Tensor rows = dh0.reshape(dh0.dim(1), units);
    ops.math()
        .linearBackward(
            x, null, rows, null, weight(gradient), bias(gradient), GradientMode.OVERWRITE);
    ops.math().clipByGlobalNorm(List.of(gradient), 1, null, nonFinite);
    adam.step(params, gradient, rate, nonFinite);
  }
}
