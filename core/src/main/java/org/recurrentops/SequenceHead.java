package org.recurrentops;

/**
 * A linear output y = W h + b on top of recurrent layers, over every step (h is their y, [T,N,F])
 * or over the last one (h is their hN, [L·D,N,·], of which the top layer's D states are read side
 * by side). Its parameters are weight [O,F] and bias [O] in one flat buffer. Works on the caller's
 * tensors and keeps nothing.
 */
public final class SequenceHead {
  private final RecurrentOps ops;
  private final int features;
  private final int outputs;
  private final int directions;

  private SequenceHead(RecurrentOps ops, int features, int outputs, int directions) {
    if (features < 1 || outputs < 1) {
      throw new IllegalArgumentException(
          "head: expected features ≥ 1 and outputs ≥ 1, got " + features + " and " + outputs);
    }
    this.ops = ops;
    this.features = features;
    this.outputs = outputs;
    this.directions = directions;
  }

  /**
   * A head for the layers of a spec.
   *
   * @param ops the device
   * @param spec the layers below; F = D·H (or D·P)
   * @param outputs O
   * @return the head
   */
  public static SequenceHead of(RecurrentOps ops, RnnSpec spec, int outputs) {
    return new SequenceHead(ops, spec.outputSize(), outputs, spec.direction().count());
  }

  /**
   * Number of parameters.
   *
   * @return O·F + O
   */
  public long parameters() {
    return (long) outputs * features + outputs;
  }

  /**
   * Width of the result.
   *
   * @return O
   */
  public int outputs() {
    return outputs;
  }

  /**
   * The matrix within a flat buffer.
   *
   * @param params [{@link #parameters()}]
   * @return [O,F] view
   */
  public Tensor weight(Tensor params) {
    requireParameters(params);
    return params.slice(0, 0, (long) outputs * features).reshape(outputs, features);
  }

  /**
   * The bias within a flat buffer.
   *
   * @param params [{@link #parameters()}]
   * @return [O] view
   */
  public Tensor bias(Tensor params) {
    requireParameters(params);
    return params.slice(0, (long) outputs * features, parameters());
  }

  private void requireParameters(Tensor params) {
    if (params.rank() != 1 || params.dim(0) != parameters()) {
      throw new IllegalArgumentException(
          "head: params: expected [" + parameters() + "], got " + params);
    }
  }

  /**
   * Initial values: weights uniform in ±1/√F, bias 0.
   *
   * @param seed any number
   * @return [{@link #parameters()}]
   */
  public float[] initialValues(long seed) {
    float[] values = new float[Math.toIntExact(parameters())];
    float bound = (float) (1 / Math.sqrt(features));
    for (int i = 0; i < outputs * features; i++) {
      int word = Philox.word(seed, i >>> 2, 0, 0, 0x4EAD, i & 3);
      values[i] = bound * (2 * Philox.uniform(word) - 1);
    }
    return values;
  }

  /**
   * Every step: result = h Wᵀ + b.
   *
   * @param params [{@link #parameters()}]
   * @param h [T,N,F] output of the layers
   * @param result [T,N,O] output
   */
  public void forward(Tensor params, Tensor h, Tensor result) {
    ops.math().linear(h, weight(params), bias(params), result, GradientMode.OVERWRITE);
  }

  /**
   * Gradients of {@link #forward}.
   *
   * @param params [{@link #parameters()}]
   * @param h [T,N,F] as in forward
   * @param dResult [T,N,O]
   * @param dh [T,N,F] output, overwritten, or null
   * @param dParams [{@link #parameters()}] output, or null
   * @param mode how dParams is written
   */
  public void backward(
      Tensor params, Tensor h, Tensor dResult, Tensor dh, Tensor dParams, GradientMode mode) {
    Tensor dw = dParams == null ? null : weight(dParams);
    Tensor db = dParams == null ? null : bias(dParams);
    ops.math().linearBackward(h, weight(params), dResult, dh, dw, db, mode);
  }

  /**
   * Last step: result = [h_forward, h_reverse] Wᵀ + b.
   *
   * @param params [{@link #parameters()}]
   * @param hN [L·D,N,F/D] final states of the layers; only the top layer's are read
   * @param result [N,O] output
   */
  public void forwardLast(Tensor params, Tensor hN, Tensor result) {
    for (int d = 0; d < directions; d++) {
      Tensor bias = d == 0 ? bias(params) : null;
      GradientMode mode = d == 0 ? GradientMode.OVERWRITE : GradientMode.ACCUMULATE;
      ops.math().linear(top(hN, d), columns(weight(params), d), bias, result, mode);
    }
  }

  /**
   * Gradients of {@link #forwardLast}.
   *
   * @param params [{@link #parameters()}]
   * @param hN [L·D,N,F/D] as in forward
   * @param dResult [N,O]
   * @param dhN [L·D,N,F/D] output, overwritten, zero for all but the top layer; or null
   * @param dParams [{@link #parameters()}] output, or null
   * @param mode how dParams is written
   */
  public void backwardLast(
      Tensor params, Tensor hN, Tensor dResult, Tensor dhN, Tensor dParams, GradientMode mode) {
    if (dhN != null && dhN.dim(0) > directions) {
      ops.math().fill(dhN.slice(0, 0, dhN.dim(0) - directions), 0);
    }
    for (int d = 0; d < directions; d++) {
      Tensor dw = dParams == null ? null : columns(weight(dParams), d);
      Tensor db = dParams == null || d > 0 ? null : bias(dParams);
      Tensor dh = dhN == null ? null : top(dhN, d);
      ops.math().linearBackward(top(hN, d), columns(weight(params), d), dResult, dh, dw, db, mode);
    }
  }

  private Tensor columns(Tensor weight, int d) {
    int width = features / directions;
    return weight.slice(1, (long) d * width, (long) (d + 1) * width);
  }

  private Tensor top(Tensor states, int d) {
    if (states.rank() != 3
        || states.dim(0) < directions
        || states.dim(2) * directions != features) {
      throw new IllegalArgumentException(
          "head: states: expected [L·D, N, " + features / directions + "], got " + states);
    }
    long index = states.dim(0) - directions + d;
    return states.select(index);
  }
}
