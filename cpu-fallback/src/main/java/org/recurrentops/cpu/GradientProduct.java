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
    boolean hides = lengths.ragged();
    boolean copied = operand.isCopied(hides);
    int from = w.from(count, 4);
    int to = w.to(count, 4);
    for (int r = 0; r == 0 || r < rows; r += PlanShape.DEPTH) {
      int depth = Math.min(PlanShape.DEPTH, rows - r);
      if (copied) {
        operand.copy(w, r, r + depth, hides ? lengths : null);
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
    int width = operand.width();
    boolean add = accumulate || r > 0;
    boolean inPlace = target.inPlace();
    float[] c = inPlace ? target.array() : w.result(blockRows(width) * width);
    if (!inPlace && add) {
      target.load(firstRow + from, firstRow + to, 0, width, c, 0);
    }
    gemm.gemm(
        true,
        false,
        to - from,
        width,
        depth,
        g.data,
        g.atRow(r) + column + from,
        g.width,
        operand.data(copied),
        operand.offset(copied, r),
        operand.stride(copied),
        c,
        inPlace ? (int) target.at(firstRow + from) : 0,
        inPlace ? target.stride() : width,
        add,
        w.scratch(gemm));
    if (!inPlace) {
      target.store(firstRow + from, firstRow + to, 0, width, c, 0);
    }
  }

  /** Writes or adds this worker's share of a bias's gradient: the sums of g's columns. */
  void bias(Worker w, Slab g, int column, int count, Rows target, int firstElement) {
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
    }
  }
}
