package org.recurrentops.cpu;

/** Sums of columns: rows are added one after the other, in blocks of columns that fit lanes. */
final class ColumnSums {
  private ColumnSums() {}

  /**
   * Adds columns of some rows to what is there.
   *
   * @param data holds the rows
   * @param at first element of the first row's columns
   * @param stride elements from row to row
   * @param rows how many rows
   * @param sums receives the sums
   * @param width how many columns, at most {@link Worker#LANE}
   */
  static void add(Worker w, float[] data, int at, int stride, int rows, float[] sums, int width) {
    float[] a = w.lane(1);
    float[] b = w.lane(2);
    int r = 0;
    for (; r + 1 < rows; r += 2) {
      System.arraycopy(data, at + r * stride, a, 0, width);
      System.arraycopy(data, at + (r + 1) * stride, b, 0, width);
      for (int k = 0; k < width; k++) {
        sums[k] = sums[k] + a[k] + b[k];
      }
    }
    if (r < rows) {
      System.arraycopy(data, at + r * stride, a, 0, width);
      for (int k = 0; k < width; k++) {
        sums[k] = sums[k] + a[k];
      }
    }
  }
}
