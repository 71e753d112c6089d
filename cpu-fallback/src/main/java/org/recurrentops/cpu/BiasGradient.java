package org.recurrentops.cpu;

import org.recurrentops.cpu.math.Gemm;

/**
 * The gradient of a weight: gᵀ·operand summed over all steps and rows at once, in chunks of {@link
 * PlanShape#DEPTH} rows, straight into the caller's gradients where those are an array.
 */
final class GradientProduct {
  /** Floats of a block of gradients on its way into memory that is no array. */
  private static final int ROOM = 1 << 16;

  private final Gemm gemm;
  private final int rows;
  private final RowLengths lengths;
  private final boolean accumulate;
  private final GradientProduct overwriting;

  /**
   * For one call.
   *
   * @param rows T·N
   * @param accumulate whether gradients are added to what is there
   */
  GradientProduct(Gemm gemm, int rows, RowLengths lengths, boolean accumulate) {
    this.gemm = gemm;
    this.rows = rows;
    this.lengths = lengths;
    this.accumulate = accumulate;
    overwriting = accumulate ? new GradientProduct(gemm, rows, lengths, false) : null;
  }

  /** Whether gradients are added to what is there. */
  boolean accumulates() {
    return accumulate;
  }

  /** The same, but for gradients that are not added to what is there. */
  GradientProduct overwriting() {
    return overwriting == null ? this : overwriting;
  }

  /**
   * Writes or adds this worker's share of a weight's gradient; all workers call it together.
   *
   * @param g gradient slab, zero in the padding
   * @param column its first column
   * @param count columns of g, rows of the gradient
   * @param operand what the weight was multiplied with
   * @param target the gradient
   * @param firstRow its first row
   */
  void weight(
      Worker w, Slab g, int column, int count, SequenceOperand operand, Rows target, int firstRow) {
    if (lengths.ragged()) {
      validRows(w, g, column, count, operand, target, firstRow);
      return;
    }
    boolean copied = operand.isCopied();
    int from = w.from(count, 4);
    int to = w.to(count, 4);
    for (int r = 0; r == 0 || r < rows; r += PlanShape.DEPTH) {
      int depth = Math.min(PlanShape.DEPTH, rows - r);
      if (copied) {
        operand.copy(w, r, r + depth);
        w.barrier();
      }
      int height = target.inPlace() ? Math.max(1, to - from) : blockRows(operand.width());
      for (int m = from; m < to; m += height) {
        int end = Math.min(to, m + height);
        block(w, g, column, operand, copied, target, firstRow, m, end, r, depth);
      }
      if (copied) {
        w.barrier();
      }
    }
  }

  /** The same from valid rows only, brought together by each worker for itself. */
  private void validRows(
      Worker w, Slab g, int column, int count, SequenceOperand operand, Rows target, int firstRow) {
    int[] sites = lengths.sites();
    int valid = lengths.end();
    int width = operand.width();
    int from = w.from(count, 4);
    int to = w.to(count, 4);
    int height = Math.max(1, Math.min(blockRows(width), blockRows(PlanShape.DEPTH)));
    for (int r = 0; r == 0 || r < valid; r += PlanShape.DEPTH) {
      int depth = Math.min(PlanShape.DEPTH, valid - r);
      float[] right = w.right(depth * width);
      for (int k = 0; from < to && k < depth; k++) {
        operand.read(sites[r + k], right, k * width);
      }
      for (int m = from; m < to; m += height) {
        int rows = Math.min(to, m + height) - m;
        float[] left = w.left(depth * rows);
        for (int k = 0; k < depth; k++) {
          System.arraycopy(g.data, g.atRow(sites[r + k]) + column + m, left, k * rows, rows);
        }
        boolean add = accumulate || r > 0;
        multiply(w, left, 0, rows, right, 0, width, width, depth, target, firstRow + m, rows, add);
      }
    }
  }

  private static int blockRows(int width) {
    return Math.max(1, ROOM / width);
  }

  private void block(
      Worker w,
      Slab g,
      int column,
      SequenceOperand operand,
      boolean copied,
      Rows target,
      int firstRow,
      int from,
      int to,
      int r,
      int depth) {
    multiply(
        w,
        g.data,
        g.atRow(r) + column + from,
        g.width,
        operand.data(copied),
        operand.offset(copied, r),
        operand.stride(copied),
        operand.width(),
        depth,
        target,
        firstRow + from,
        to - from,
        accumulate || r > 0);
  }

  /** Rows of the target = or += leftᵀ·right. */
  private void multiply(
      Worker w,
      float[] left,
      int leftAt,
      int leftStride,
      float[] right,
      int rightAt,
      int rightStride,
      int width,
      int depth,
      Rows target,
      int firstRow,
      int rows,
      boolean add) {
    boolean inPlace = target.inPlace();
    float[] c = inPlace ? target.array() : w.result(rows * width);
    if (!inPlace && add) {
      target.load(firstRow, firstRow + rows, 0, width, c, 0);
    }
    gemm.gemm(
        true,
        false,
        rows,
        width,
        depth,
        left,
        leftAt,
        leftStride,
        right,
        rightAt,
        rightStride,
        c,
        inPlace ? (int) target.at(firstRow) : 0,
        inPlace ? target.stride() : width,
        add,
        w.scratch(gemm));
    if (!inPlace) {
      target.store(firstRow, firstRow + rows, 0, width, c, 0);
    }
  }

  /** Writes or adds this worker's share of a bias's gradient: the sums of g's columns. */
  void bias(Worker w, Slab g, int column, int count, Rows target, int firstElement) {
    bias(w, g, column, count, target, firstElement, null, 0);
  }

  /**
   * Writes this worker's share of the gradients of two biases that are added up; both are the sums
   * of g's columns, the second one's those of its first columns only.
   */
  void biases(Worker w, Slab g, Rows first, Rows second, int secondCount) {
    if (accumulate) {
      bias(w, g, 0, g.width, first, 0);
      bias(w, g, 0, secondCount, second, 0);
    } else {
      bias(w, g, 0, g.width, first, 0, second, secondCount);
    }
  }

  private void bias(
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
