package org.recurrentops;

import java.util.List;
import org.recurrentops.spi.BackendMath;
import org.recurrentops.spi.LossKind;

/**
 * The operations beside the recurrence that a training loop needs, on the device and enqueued on
 * one queue. Row tensors have rank 2 or 3; the last axis holds the features, the leading axes are
 * rows. Every method throws {@link IllegalArgumentException} on a wrong shape, type or overlap
 * before anything is written.
 */
public final class DeviceMath {
  private final RecurrentOps ops;
  private final BackendMath backend;

  DeviceMath(RecurrentOps ops, BackendMath backend) {
    this.ops = ops;
    this.backend = backend;
  }

  /**
   * y = x Wᵀ + b.
   *
   * @param x rows of K
   * @param weight [M,K]
   * @param bias [M] or null
   * @param y output, rows of M
   * @param mode overwrite y or add to it
   */
  public void linear(Tensor x, Tensor weight, Tensor bias, Tensor y, GradientMode mode) {
    MathChecks c = new MathChecks(ops, "linear");
    c.rowsAlike("x", x, "y", y);
    c.matrix("weight", weight, y.dim(-1), x.dim(-1));
    c.vector("bias", bias, y.dim(-1));
    c.output("y", y, x, weight, bias);
    c.run(() -> backend.linear(x, weight, bias, y, mode == GradientMode.ACCUMULATE));
  }

  /**
   * Gradients of {@link #linear}.
   *
   * @param x rows of K; may be null if dWeight is
   * @param weight [M,K]; may be null if dx is
   * @param dy rows of M
   * @param dx output, rows of K, or null; always overwritten
   * @param dWeight output [M,K], or null
   * @param dBias output [M], or null
   * @param mode overwrite dWeight and dBias or add to them
   */
  public void linearBackward(
      Tensor x,
      Tensor weight,
      Tensor dy,
      Tensor dx,
      Tensor dWeight,
      Tensor dBias,
      GradientMode mode) {
    MathChecks c = new MathChecks(ops, "linearBackward");
    c.rows("dy", dy);
    if (dx != null) {
      c.rowsAlike("dx", dx, "dy", dy);
      c.matrix("weight", c.needed("weight", weight), dy.dim(-1), dx.dim(-1));
      c.output("dx", dx, x, weight, dy);
    }
    if (dWeight != null) {
      c.rowsAlike("x", c.needed("x", x), "dy", dy);
      c.matrix("dWeight", dWeight, dy.dim(-1), x.dim(-1));
      c.output("dWeight", dWeight, x, weight, dy, dx);
    }
    c.vector("dBias", dBias, dy.dim(-1));
    c.output("dBias", dBias, x, weight, dy, dx, dWeight);
    boolean accumulate = mode == GradientMode.ACCUMULATE;
    c.run(() -> backend.linearBackward(x, weight, dy, dx, dWeight, dBias, accumulate));
  }

  /**
   * Looks rows of a table up.
   *
   * @param indices I32 [...], each in [0, V)
   * @param table [V,E]
   * @param y output [...,E]
   * @throws DeviceException if an index is out of range; may surface only at synchronize
   */
  public void embedding(Tensor indices, Tensor table, Tensor y) {
    MathChecks c = new MathChecks(ops, "embedding");
    c.rows("y", y);
    c.perRow("indices", indices, DType.I32, y);
    c.matrix("table", table, table.dim(0), y.dim(-1));
    c.output("y", y, indices, table);
    c.run(() -> backend.embedding(indices, table, y));
  }

  /**
   * Gradient of {@link #embedding}; rows with one index are summed in row order.
   *
   * @param indices I32 [...], each in [0, V)
   * @param dy [...,E]
   * @param dTable output [V,E]
   * @param mode overwrite dTable or add to it
   */
  public void embeddingBackward(Tensor indices, Tensor dy, Tensor dTable, GradientMode mode) {
    MathChecks c = new MathChecks(ops, "embeddingBackward");
    c.rows("dy", dy);
    c.perRow("indices", indices, DType.I32, dy);
    c.matrix("dTable", dTable, dTable.dim(0), dy.dim(-1));
    c.output("dTable", dTable, indices, dy);
    c.run(() -> backend.embeddingBackward(indices, dy, dTable, mode == GradientMode.ACCUMULATE));
  }

  /**
   * Softmax over the last axis.
   *
   * @param logits rows of V
   * @param probabilities output, rows of V; may be the very same tensor
   */
  public void softmax(Tensor logits, Tensor probabilities) {
    MathChecks c = new MathChecks(ops, "softmax");
    c.sameShape("logits", logits, "probabilities", probabilities);
    c.inPlaceOutput("probabilities", probabilities, logits);
    c.run(() -> backend.softmax(logits, probabilities));
  }

  /**
   * −log softmax(logits)[target], and its gradient.
   *
   * @param logits rows of V
   * @param targets I32, one class in [0, V) per row; a negative one leaves the row out
   * @param options weights, mean or sum, gradient scale
   * @param loss output [1], or null
   * @param dLogits output, rows of V, or null; may be the very tensor of the logits
   * @throws DeviceException if a target is ≥ V; may surface only at synchronize
   */
  public void softmaxCrossEntropy(
      Tensor logits, Tensor targets, LossOptions options, Tensor loss, Tensor dLogits) {
    MathChecks c = new MathChecks(ops, "softmaxCrossEntropy");
    c.rows("logits", logits);
    c.perRow("targets", targets, DType.I32, logits);
    loss(c, LossKind.SOFTMAX_CROSS_ENTROPY, logits, targets, options, loss, dLogits);
  }

  /**
   * Binary cross-entropy of σ(logits) against targets in [0, 1], and its gradient.
   *
   * @param logits rows of V
   * @param targets rows of V
   * @param options weights, mean or sum, gradient scale
   * @param loss output [1], or null
   * @param dLogits output, rows of V, or null; may be the very tensor of the logits
   */
  public void sigmoidCrossEntropy(
      Tensor logits, Tensor targets, LossOptions options, Tensor loss, Tensor dLogits) {
    MathChecks c = new MathChecks(ops, "sigmoidCrossEntropy");
    c.sameShape("logits", logits, "targets", targets);
    loss(c, LossKind.SIGMOID_CROSS_ENTROPY, logits, targets, options, loss, dLogits);
  }

  /**
   * (prediction − target)², and its gradient 2 (prediction − target). With {@link
   * LossOptions#mean()} this is the mean squared error.
   *
   * @param prediction rows of V
   * @param targets rows of V
   * @param options weights, mean or sum, gradient scale
   * @param loss output [1], or null
   * @param dPrediction output, rows of V, or null; may be the very tensor of the prediction
   */
  public void squaredError(
      Tensor prediction, Tensor targets, LossOptions options, Tensor loss, Tensor dPrediction) {
    MathChecks c = new MathChecks(ops, "squaredError");
    c.sameShape("prediction", prediction, "targets", targets);
    loss(c, LossKind.SQUARED_ERROR, prediction, targets, options, loss, dPrediction);
  }

  private void loss(
      MathChecks c,
      LossKind kind,
      Tensor prediction,
      Tensor targets,
      LossOptions o,
      Tensor loss,
      Tensor gradient) {
    if (o.rowWeights() != null) {
      c.perRow("rowWeights", o.rowWeights(), DType.F32, prediction);
    }
    c.scalar("loss", loss, DType.F32);
    c.output("loss", loss, prediction, targets, o.rowWeights(), gradient);
    if (gradient != null) {
      c.sameShape("prediction", prediction, "gradient", gradient);
      c.inPlaceOutput("gradient", gradient, prediction);
      c.output("gradient", gradient, targets, o.rowWeights());
    }
    c.run(
        () ->
            backend.loss(
                kind,
                prediction,
                targets,
                o.rowWeights(),
                o.isMean(),
                o.gradientScale(),
                loss,
                gradient));
  }

  /**
   * Scales vectors in place so that their common Euclidean norm is at most maxNorm. If the norm is
   * not finite nothing is scaled, and the flag is set, which optimisers can be told to heed.
   *
   * @param vectors F32, rank 1, contiguous
   * @param maxNorm positive; infinite to measure only
   * @param norm output [1] F32, the norm before scaling, or null
   * @param nonFinite output [1] I32, 1 if the norm is not finite, else 0, or null
   */
  public void clipByGlobalNorm(List<Tensor> vectors, float maxNorm, Tensor norm, Tensor nonFinite) {
    MathChecks c = new MathChecks(ops, "clipByGlobalNorm");
    if (!(maxNorm > 0)) {
      throw new IllegalArgumentException(
          "clipByGlobalNorm: maxNorm: expected a positive number, got " + maxNorm);
    }
    Tensor[] all = vectors.toArray(new Tensor[0]);
    for (int i = 0; i < all.length; i++) {
      c.vector("vectors[" + i + "]", c.needed("vectors[" + i + "]", all[i]), all[i].dim(0));
      for (int j = 0; j < i; j++) {
        c.output("vectors[" + i + "]", all[i], all[j]);
      }
    }
    c.scalar("norm", norm, DType.F32);
    c.output("norm", norm, all);
    c.scalar("nonFinite", nonFinite, DType.I32);
    c.output("nonFinite", nonFinite, all);
    c.run(() -> backend.clipByGlobalNorm(all, maxNorm, norm, nonFinite));
  }

  /**
   * One step of stochastic gradient descent: v = μ v + g + λ p; p −= η v.
   *
   * @param params [P], updated
   * @param gradient [P]
   * @param velocity [P], updated, or null for no momentum
   * @param options η, μ, λ, look-ahead
   * @param skip [1] I32: nothing changes if it holds anything but 0; or null
   */
  public void sgd(
      Tensor params, Tensor gradient, Tensor velocity, SgdOptions options, Tensor skip) {
    MathChecks c = new MathChecks(ops, "sgd");
    c.vector("params", c.needed("params", params), params.dim(0));
    c.vector("gradient", c.needed("gradient", gradient), params.dim(0));
    c.vector("velocity", velocity, params.dim(0));
    c.scalar("skip", skip, DType.I32);
    c.output("params", params, gradient, velocity);
    c.output("velocity", velocity, gradient);
    if (velocity == null && options.momentum() != 0) {
      throw new IllegalArgumentException(
          "sgd: velocity: expected a tensor for momentum " + options.momentum() + ", got null");
    }
    c.run(
        () ->
            backend.sgd(
                params,
                gradient,
                velocity,
                options.learningRate(),
                options.momentum(),
                options.nesterov(),
                options.weightDecay(),
                skip));
  }

  /**
   * One step of Adam with bias correction and decoupled weight decay. Kingma and Ba 2015;
   * Loshchilov and Hutter 2019.
   *
   * @param params [P], updated
   * @param gradient [P]
   * @param m first moment [P], updated, 0 before step 1
   * @param v second moment [P], updated, 0 before step 1
   * @param step number of this step, from 1
   * @param options η, β₁, β₂, ε, λ
   * @param skip [1] I32: nothing changes if it holds anything but 0; or null
   */
  public void adam(
      Tensor params,
      Tensor gradient,
      Tensor m,
      Tensor v,
      long step,
      AdamOptions options,
      Tensor skip) {
    MathChecks c = new MathChecks(ops, "adam");
    if (step < 1) {
      throw new IllegalArgumentException("adam: step: expected at least 1, got " + step);
    }
    c.vector("params", c.needed("params", params), params.dim(0));
    c.vector("gradient", c.needed("gradient", gradient), params.dim(0));
    c.vector("m", c.needed("m", m), params.dim(0));
    c.vector("v", c.needed("v", v), params.dim(0));
    c.scalar("skip", skip, DType.I32);
    c.output("params", params, gradient, m, v);
    c.output("m", m, gradient, v);
    c.output("v", v, gradient);
    c.run(
        () ->
            backend.adam(
                params,
                gradient,
                m,
                v,
                step,
                options.learningRate(),
                options.beta1(),
                options.beta2(),
                options.epsilon(),
                options.weightDecay(),
                skip));
  }

  /**
   * Sets every element.
   *
   * @param t F32, any rank
   * @param value the value
   */
  public void fill(Tensor t, float value) {
    MathChecks c = new MathChecks(ops, "fill");
    c.any("t", t, DType.F32);
    c.run(() -> backend.fill(t, value));
  }

  /**
   * Copies elementwise.
   *
   * @param src any rank, F32 or I32
   * @param dst output, same shape and type
   */
  public void copy(Tensor src, Tensor dst) {
    MathChecks c = new MathChecks(ops, "copy");
    c.pair("src", src, "dst", dst);
    c.output("dst", dst, src);
    c.run(() -> backend.copy(src, dst));
  }

  /**
   * dst += scale · src.
   *
   * @param src F32, any rank
   * @param scale factor
   * @param dst F32, same shape, updated
   */
  public void addScaled(Tensor src, float scale, Tensor dst) {
    MathChecks c = new MathChecks(ops, "addScaled");
    c.any("src", src, DType.F32);
    c.pair("src", src, "dst", dst);
    c.output("dst", dst, src);
    c.run(() -> backend.addScaled(src, scale, dst));
  }
}
