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

  /** The input side of a layer. */
  Projection projection(int layer, ForwardWeights weights, Slab gates) {
    if (layer == 0 && indices != null) {
      return new IndexProjection(indices, lengths, weights, gates, batch);
    }
    if (shape.spec.skipsInput(layer)) {
      return new SkipProjection(new Rows(x), weights, gates, batch);
    }
    SequenceOperand input =
        layer == 0
            ? SequenceOperand.of(new Rows(x), work, copies)
            : SequenceOperand.of(layerInputs[layer]);
    return new DenseProjection(shape.math.gemm(), input, weights, gates, batch, lengths);
  }

  /** Packs this worker's share of a layer's weights. */
  void pack(Worker w, ForwardWeights weights, ParameterRows parameters) {
    weights.pack(w, parameters, indices == null, indices != null);
  }
}
