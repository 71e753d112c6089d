package org.recurrentops.cpu;

/** The gradients of biases: sums of g's columns over all steps and rows. */
final class BiasGradient {
  private final int rows;
  private final boolean accumulate;

  /**
   * For one call.
   *
   * @param rows T·N
   * @param accumulate whether gradients are added to what is there
   */
  BiasGradient(int rows, boolean accumulate) {
    this.rows = rows;
    this.accumulate = accumulate;
  }

  /** Writes or adds this worker's share of a bias's gradient: the sums of g's columns. */
  void one(Worker w, Slab g, int column, int count, Rows target, int firstElement) {
    sums(w, g, column, count, target, firstElement, null, 0);
  }

  /**
   * Writes this worker's share of the gradients of two biases that are added up; both are the sums
   * of g's columns, the second one's those of its first columns only.
   */
  void both(Worker w, Slab g, Rows first, Rows second, int secondCount) {
    if (accumulate) {
      one(w, g, 0, g.width, first, 0);
      one(w, g, 0, secondCount, second, 0);
    } else {
      sums(w, g, 0, g.width, first, 0, second, secondCount);
    }
  }

  private void sums(
      Worker w,
      Slab g,
      int column,
      int count,
      Rows target,
      int firstElement,
      Rows twin,
      int twinCount) {
    int to = w.to(count, 16);
    float[] sums = w.lane(0);
    for (int c = w.from(count, 16); c < to; c += Worker.LANE) {
      int width = Math.min(Worker.LANE, to - c);
      if (accumulate) {
        target.read(0, firstElement + c, width, sums, 0);
      } else {
        java.util.Arrays.fill(sums, 0, width, 0f);
      }
      if (rows > 0) {
        ColumnSums.add(w, g.data, g.atRow(0) + column + c, g.width, rows, sums, width);
      }
      target.write(0, firstElement + c, width, sums, 0);
      if (c < twinCount) {
        twin.write(0, c, Math.min(width, twinCount - c), sums, 0);
      }
    }
  }
}
