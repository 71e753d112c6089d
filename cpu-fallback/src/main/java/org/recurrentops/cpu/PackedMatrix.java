package org.recurrentops.cpu;

import org.recurrentops.cpu.math.Gemm;

/**
 * A right operand in the packed form of one {@link Gemm}.
 *
 * @param rows rows of the operand, the inner dimension
 * @param columns columns of the operand
 * @param data memory of the packed form
 * @param offset its first element
 */
record PackedMatrix(int rows, int columns, float[] data, int offset) {
  /** Rows of the stored weight that are copied at a time if they are not in an array. */
  private static final int COPIED = 64;

  /**
   * Packs this worker's columns of a weight.
   *
   * @param transposed whether the operand is the transpose of the stored weight
   * @param weight holds the weight
   * @param firstRow first row of the weight that belongs to the operand
   */
  void pack(Gemm gemm, Worker w, boolean transposed, Rows weight, int firstRow) {
    int from = w.from(columns, gemm.columnGranularity());
    int to = w.to(columns, gemm.columnGranularity());
    if (from >= to) {
      return;
    }
    if (weight.inPlace()) {
      gemm.packB(
          transposed,
          rows,
          columns,
          weight.array(),
          (int) weight.at(firstRow),
          weight.stride(),
          data,
          offset,
          from,
          to);
      return;
    }
    for (int c = from; c < to; c += COPIED) {
      int end = Math.min(to, c + COPIED);
      int count = end - c;
      float[] copy = w.right(rows * COPIED);
      if (transposed) {
        weight.load(firstRow + c, firstRow + end, 0, rows, copy, 0);
        gemm.packB(true, rows, columns, copy, -c * rows, rows, data, offset, c, end);
      } else {
        weight.load(firstRow, firstRow + rows, c, count, copy, 0);
        gemm.packB(false, rows, columns, copy, -c, count, data, offset, c, end);
      }
    }
  }

  /**
   * Packs this worker's columns of the transposes of two weights, one below the other.
   *
   * @param upper has its columns as the first rows of the operand
   * @param lower has its columns as the others
   */
  void packBelow(Gemm gemm, Worker w, Rows upper, Rows lower) {
    int from = w.from(columns, gemm.columnGranularity());
    int to = w.to(columns, gemm.columnGranularity());
    float[] copy = w.right(rows * COPIED);
    int width = upper.width();
    for (int c = from; c < to; c += COPIED) {
      int end = Math.min(to, c + COPIED);
      for (int j = c; j < end; j++) {
        upper.read(j, 0, width, copy, (j - c) * rows);
        lower.read(j, 0, rows - width, copy, (j - c) * rows + width);
      }
      gemm.packB(true, rows, columns, copy, -c * rows, rows, data, offset, c, end);
    }
  }
}
