package org.recurrentops.cpu;

import java.util.Arrays;
import org.recurrentops.cpu.math.Gemm;

/**
 * A right operand in the packed form of one {@link Gemm}. Where workers multiply rows of their own
 * by all columns, over and over, each has a copy: from lines that another core's cache holds too, a
 * core's own cache gives 5 to 10 % less than from those that only it holds.
 *
 * @param rows rows of the operand, the inner dimension
 * @param columns columns of the operand
 * @param data memory of the packed form
 * @param offset first element of the first copy
 * @param copies how many there are
 * @param step elements from copy to copy
 */
record PackedMatrix(int rows, int columns, float[] data, int offset, int copies, int step) {
  /** Rows of the stored weight that are copied at a time if they are not in an array. */
  private static final int COPIED = 64;

  /** A matrix in a region of {@link #length} floats. */
  static PackedMatrix of(PlanShape shape, int rows, int columns, float[] data, long offset) {
    int step = (int) Regions.padded(shape.math.gemm().packedLength(rows, columns));
    int copies = shape.copies((long) rows * columns);
    return new PackedMatrix(rows, columns, data, (int) offset, copies, step);
  }

  /** Floats of all copies. */
  static long length(PlanShape shape, int rows, int columns) {
    long length = Regions.padded(shape.math.gemm().packedLength(rows, columns));
    return Math.multiplyExact(length, (long) shape.copies((long) rows * columns));
  }

  /** First element of a worker's copy. */
  int offset(Worker w) {
    return offset + w.number() % copies * step;
  }

  /**
   * Packs this worker's columns of a weight, or its copies.
   *
   * @param transposed whether the operand is the transpose of the stored weight
   * @param weight holds the weight
   * @param firstRow first row of the weight that belongs to the operand
   */
  void pack(Gemm gemm, Worker w, boolean transposed, Rows weight, int firstRow) {
    if (copies == 1) {
      int from = w.from(columns, gemm.columnGranularity());
      int to = w.to(columns, gemm.columnGranularity());
      pack(gemm, w, transposed, weight, firstRow, offset, from, to);
    }
    for (int i = w.number(); copies > 1 && i < copies; i += w.workers()) {
      pack(gemm, w, transposed, weight, firstRow, offset + i * step, 0, columns);
    }
  }

  private void pack(
      Gemm gemm,
      Worker w,
      boolean transposed,
      Rows weight,
      int firstRow,
      int offset,
      int from,
      int to) {
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
   * Packs this worker's columns, or its copies, of the transposes of two weights, one below the
   * other, and below them sums of biases.
   *
   * @param upper has its columns as the first rows of the operand
   * @param lower has its columns as the others
   * @param biases one element for each row of the weights, or null
   * @param moreBiases are added to them, or null
   */
  void packBelow(Gemm gemm, Worker w, Rows upper, Rows lower, Rows biases, Rows moreBiases) {
    if (copies == 1) {
      int from = w.from(columns, gemm.columnGranularity());
      int to = w.to(columns, gemm.columnGranularity());
      packBelow(gemm, w, upper, lower, biases, moreBiases, offset, from, to);
    }
    for (int i = w.number(); copies > 1 && i < copies; i += w.workers()) {
      packBelow(gemm, w, upper, lower, biases, moreBiases, offset + i * step, 0, columns);
    }
  }

  private void packBelow(
      Gemm gemm,
      Worker w,
      Rows upper,
      Rows lower,
      Rows biases,
      Rows moreBiases,
      int offset,
      int from,
      int to) {
    float[] copy = w.right(rows * COPIED);
    float[] bias = w.lane(0);
    float[] more = w.lane(1);
    int width = upper.width();
    for (int c = from; c < to; c += COPIED) {
      int count = Math.min(to - c, COPIED);
      read(biases, c, count, bias);
      read(moreBiases, c, count, more);
      for (int j = 0; j < count; j++) {
        int at = j * rows;
        upper.read(c + j, 0, width, copy, at);
        lower.read(c + j, 0, rows - 1 - width, copy, at + width);
        copy[at + rows - 1] = bias[j] + more[j];
      }
      gemm.packB(true, rows, columns, copy, -c * rows, rows, data, offset, c, c + count);
    }
  }

  private static void read(Rows biases, int from, int count, float[] target) {
    if (biases == null) {
      Arrays.fill(target, 0, count, 0f);
    } else {
      biases.read(0, from, count, target, 0);
    }
  }
}
