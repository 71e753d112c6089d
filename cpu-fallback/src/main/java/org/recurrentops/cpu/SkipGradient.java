package org.recurrentops.cpu;

/** The gradient of an input that was added to every gate: the sum of the gates' gradients. */
final class SkipGradient {
  private final int rows;
  private final Rows dx;

  SkipGradient(int rows, Rows dx) {
    this.rows = rows;
    this.dx = dx;
  }

  /** Does this worker's rows; padding is zero because the gates' gradients are. */
  void run(Worker w, Slab dGates, boolean add) {
    int to = w.to(rows, 1);
    for (int r = w.from(rows, 1); r < to; r++) {
      for (int u = 0; u < dx.width(); u += Worker.LANE) {
        row(w, dGates, r, u, Math.min(Worker.LANE, dx.width() - u), add);
      }
    }
  }

  private void row(Worker w, Slab dGates, int r, int u, int count, boolean add) {
    float[] sum = w.lane(0);
    float[] d = w.lane(1);
    if (add) {
      dx.read(r, u, count, sum, 0);
    } else {
      java.util.Arrays.fill(sum, 0, count, 0f);
    }
    for (int gate = u; gate < dGates.width; gate += dx.width()) {
      System.arraycopy(dGates.data, dGates.atRow(r) + gate, d, 0, count);
      for (int k = 0; k < count; k++) {
        sum[k] = sum[k] + d[k];
      }
    }
    dx.write(r, u, count, sum, 0);
  }
}
