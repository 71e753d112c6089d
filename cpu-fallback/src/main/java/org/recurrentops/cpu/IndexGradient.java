package org.recurrentops.cpu;

/**
 * The gradient of weight_ih for index input: rows of the gates' gradient with one index are summed
 * in the order of t·N + n, into the transpose, which is then written.
 */
final class IndexGradient {
  private final Indices indices;
  private final RowLengths lengths;
  private final int rows;
  private final int batch;
  private final boolean accumulate;
  private final float[] sums;
  private final int sumsAt;

  /** With room for [C, G·H] sums. */
  IndexGradient(
      Indices indices,
      RowLengths lengths,
      int rows,
      int batch,
      boolean accumulate,
      float[] sums,
      int sumsAt) {
    this.indices = indices;
    this.lengths = lengths;
    this.rows = rows;
    this.batch = batch;
    this.accumulate = accumulate;
    this.sums = sums;
    this.sumsAt = sumsAt;
  }

  /** Does this worker's columns of g, which are rows of the target [G·H, C]. */
  void run(Worker w, Slab g, Rows target) {
    int from = w.from(g.width, 16);
    int to = w.to(g.width, 16);
    int symbols = target.width();
    for (int v = 0; v < symbols; v++) {
      int at = sumsAt + v * g.width;
      java.util.Arrays.fill(sums, at + from, at + to, 0f);
    }
    for (int r = 0; r < rows; r++) {
      if (lengths.isValid(r / batch, r % batch)) {
        int at = sumsAt + indices.get(r) * g.width;
        for (int j = from; j < to; j += Worker.LANE) {
          add(w, g, g.atRow(r) + j, at + j, Math.min(Worker.LANE, to - j));
        }
      }
    }
    float[] row = w.result(symbols);
    for (int j = from; j < to; j++) {
      if (accumulate) {
        target.read(j, 0, symbols, row, 0);
      } else {
        java.util.Arrays.fill(row, 0, symbols, 0f);
      }
      for (int v = 0; v < symbols; v++) {
        row[v] += sums[sumsAt + v * g.width + j];
      }
      target.write(j, 0, symbols, row, 0);
    }
  }

  private void add(Worker w, Slab g, int source, int target, int count) {
    float[] sum = w.lane(0);
    float[] gradient = w.lane(1);
    System.arraycopy(sums, target, sum, 0, count);
    System.arraycopy(g.data, source, gradient, 0, count);
    for (int k = 0; k < count; k++) {
      sum[k] += gradient[k];
    }
    System.arraycopy(sum, 0, sums, target, count);
  }
}
