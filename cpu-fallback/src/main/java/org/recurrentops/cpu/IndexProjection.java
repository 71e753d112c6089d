package org.recurrentops.cpu;

/** The projection of index input: the named column of weight_ih plus the bias. */
final class IndexProjection implements Projection {
  private final EmbeddingOps.Indices indices;
  private final RowLengths lengths;
  private final ForwardWeights weights;
  private final Slab gates;
  private final int batch;

  IndexProjection(
      EmbeddingOps.Indices indices,
      RowLengths lengths,
      ForwardWeights weights,
      Slab gates,
      int batch) {
    this.indices = indices;
    this.lengths = lengths;
    this.weights = weights;
    this.gates = gates;
    this.batch = batch;
  }

  @Override
  public void run(Worker w, int fromStep, int toStep) {
    int count = (toStep - fromStep) * batch;
    int end = w.to(count, 1);
    int width = gates.width;
    float[] data = gates.data;
    for (int k = w.from(count, 1); k < end; k++) {
      int r = fromStep * batch + k;
      if (!lengths.isValid(r / batch, r % batch)) {
        continue;
      }
      int to = gates.at(fromStep) + k * width;
      System.arraycopy(weights.data, weights.transposed + indices.get(r) * width, data, to, width);
      for (int j = 0; j < width; j++) {
        data[to + j] += weights.data[weights.bias + j];
      }
    }
  }
}
