package org.recurrentops.cpu;

/** The projection of a layer without input weights: x plus the bias, for every gate. */
final class SkipProjection implements Projection {
  private final Rows x;
  private final ForwardWeights weights;
  private final Slab gates;
  private final int batch;

  SkipProjection(Rows x, ForwardWeights weights, Slab gates, int batch) {
    this.x = x;
    this.weights = weights;
    this.gates = gates;
    this.batch = batch;
  }

  @Override
  public void run(Worker w, int fromStep, int toStep) {
    int steps = toStep - fromStep;
    int count = w.rowsOf(steps);
    for (int k = 0; k < count; k++) {
      int r = fromStep * batch + w.rowOf(steps, k);
      for (int u = 0; u < x.width(); u += Worker.LANE) {
        int units = Math.min(Worker.LANE, x.width() - u);
        float[] values = w.lane(0);
        x.read(r, u, units, values, 0);
        int row = gates.at(r / batch, r % batch);
        for (int gate = u; gate < gates.width; gate += x.width()) {
          add(w, values, gate, row + gate, units);
        }
      }
    }
  }

  private void add(Worker w, float[] values, int gate, int to, int count) {
    float[] sum = w.lane(1);
    System.arraycopy(weights.data, weights.bias + gate, sum, 0, count);
    for (int k = 0; k < count; k++) {
      sum[k] = sum[k] + values[k];
    }
    System.arraycopy(sum, 0, gates.data, to, count);
  }
}
