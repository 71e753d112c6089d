package org.recurrentops.cpu;

/** The gradients of biases: sums of g's columns over all steps and rows, some rows at a time. */
final class BiasGradient {
  private final boolean accumulate;

  /**
   * For one call.
   *
   * @param accumulate whether gradients are added to what is there
   */
  BiasGradient(boolean accumulate) {
    this.accumulate = accumulate;
  }

  /**
   * Writes or adds this worker's share of a bias's gradient from the rows {@code from … to − 1} of
   * g; those from 0 on come first.
   */
  void one(
      Worker w, Slab g, int column, int count, Rows target, int firstElement, int from, int to) {
    sums(w, g, column, count, target, firstElement, null, 0, from, to);
  }

  /**
   * As {@link #one} for two biases that are added up; both gradients are the sums of g's columns,
   * the second one's those of its first columns only.
   */
  void both(Worker w, Slab g, Rows first, Rows second, int secondCount, int from, int to) {
    if (accumulate) {
      one(w, g, 0, g.width, first, 0, from, to);
      one(w, g, 0, secondCount, second, 0, from, to);
    } else {
      sums(w, g, 0, g.width, first, 0, second, secondCount, from, to);
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
      int twinCount,
      int from,
      int to) {
    int end = w.to(count, 16);
    float[] sums = w.lane(0);
    for (int c = w.from(count, 16); c < end; c += Worker.LANE) {
      int width = Math.min(Worker.LANE, end - c);
      if (accumulate || from > 0) {
        target.read(0, firstElement + c, width, sums, 0);
      } else {
        java.util.Arrays.fill(sums, 0, width, 0f);
      }
      if (to > from) {
        ColumnSums.add(w, g.data, g.atRow(from) + column + c, g.width, to - from, sums, width);
      }
      target.write(0, firstElement + c, width, sums, 0);
      if (c < twinCount) {
        twin.write(0, c, Math.min(width, twinCount - c), sums, 0);
      }
    }
  }
}
