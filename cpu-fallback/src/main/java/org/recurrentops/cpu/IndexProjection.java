package org.recurrentops.cpu;

/** The projection of index input: the named column of weight_ih plus the bias. */
final class IndexProjection implements Projection {
  private final Indices indices;
  private final RowLengths lengths;
  private final ForwardWeights weights;
  private final Slab gates;
  private final int batch;

  IndexProjection(
      Indices indices, RowLengths lengths, ForwardWeights weights, Slab gates, int batch) {
    this.indices = indices;
    this.lengths = lengths;
    this.weights = weights;
    this.gates = gates;
    this.batch = batch;
  }

  @Override
  public void run(Worker w, int fromStep, int toStep) {
    int steps = toStep - fromStep;
    int count = w.rowsOf(steps);
    int width = gates.width;
    for (int k = 0; k < count; k++) {
      int r = fromStep * batch + w.rowOf(steps, k);
      if (lengths.isValid(r / batch, r % batch)) {
        int column = weights.transposed + indices.get(r) * width;
        int to = gates.at(r / batch, r % batch);
        for (int j = 0; j < width; j += Worker.LANE) {
          add(w, column + j, weights.bias + j, to + j, Math.min(Worker.LANE, width - j));
        }
      }
    }
  }

  private void add(Worker w, int column, int bias, int target, int count) {
    float[] a = w.lane(0);
    float[] b = w.lane(1);
    System.arraycopy(weights.data, column, a, 0, count);
    System.arraycopy(weights.data, bias, b, 0, count);
    for (int k = 0; k < count; k++) {
      a[k] += b[k];
    }
    System.arraycopy(a, 0, gates.data, target, count);
  }
}
