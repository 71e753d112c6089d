package org.recurrentops.cpu;

import org.recurrentops.Tensor;

/**
 * Where the layers of a call find their input.
 *
 * @param shape the plan's
 * @param batch N
 * @param lengths valid steps
 * @param x the caller's
 * @param indices x as indices, or null if it is dense
 * @param layerInputs inputs of the inner layers, by layer
 * @param work the plan's scratch
 * @param copies place in it for rows of x that cannot be multiplied where they are
 */
record InputSources(
    PlanShape shape,
    int batch,
    RowLengths lengths,
    Tensor x,
    Indices indices,
    Slab[] layerInputs,
    float[] work,
    int copies) {

  /**
   * The input side of a layer.
   *
   * @param joined the same for its steps, or null
   */
  Projection projection(int layer, ForwardWeights weights, Slab gates, JoinedInput joined) {
    if (layer == 0 && indices != null) {
      return new IndexProjection(indices, lengths, weights, gates, batch);
    }
    if (shape.spec.skipsInput(layer)) {
      return new SkipProjection(new Rows(x), weights, gates, batch);
    }
    Projection dense =
        new DenseProjection(shape.math.gemm(), operand(layer), weights, gates, batch, lengths);
    return joined == null ? dense : joined.orElse(dense);
  }

  private SequenceOperand operand(int layer) {
    return layer == 0
        ? SequenceOperand.of(new Rows(x), work, copies)
        : SequenceOperand.of(layerInputs[layer]);
  }

  /**
   * Whether no product of the input has rows of several workers, where these share rows: gates of
   * different workers may then lie apart.
   *
   * @param joined what steps multiply together with the state, or null
   */
  boolean keepsRowsApart(int layer, JoinedInput joined, int workers) {
    return joined != null
        || layer == 0 && indices != null
        || shape.spec.skipsInput(layer)
        || DenseProjection.suitsOwnRows(operand(layer), batch, workers);
  }

  /** What steps multiply together with the state, or null if this call's never do. */
  JoinedInput joined(int layer, ForwardWeights weights) {
    if (!shape.joins(layer, batch) || layer == 0 && indices != null) {
      return null;
    }
    SequenceOperand input = operand(layer);
    return input.isCopied()
        ? null
        : new JoinedInput(
            input, batch, lengths, weights.joined, weights.input, weights.data, weights.bias);
  }

  /** The rows that vectors of batch rows are loaded from, or null if this call has none. */
  SequenceOperand inLanes(int layer) {
    if (!shape.inLanes(layer, batch) || layer == 0 && indices != null) {
      return null;
    }
    SequenceOperand input = operand(layer);
    return input.isCopied() ? null : input;
  }

  /** The forms of a layer's weights that a call reads which has no vectors of batch rows. */
  ForwardWeights.Forms forms(JoinedInput joined) {
    if (joined != null && joined.applies()) {
      return ForwardWeights.Forms.JOINED;
    }
    return indices == null ? ForwardWeights.Forms.DENSE : ForwardWeights.Forms.INDEX;
  }
}
