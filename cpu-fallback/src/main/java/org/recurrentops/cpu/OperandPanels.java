package org.recurrentops.cpu;

import org.recurrentops.cpu.math.Gemm;
import org.recurrentops.cpu.math.PackedProduct;

/**
 * What weights were multiplied with, rows of a sequence, as the right operand of their gradients:
 * packed chunk by chunk into memory of the plan, from where all workers read it.
 */
final class OperandPanels {
  /** Columns that are brought together at a time where they do not lie in an array. */
  private static final int COPIED = 64;

  private final Gemm gemm;
  private final SequenceOperand operand;
  private final float[] data;
  private final int at;
  private final int mostRows;

  /** For chunks of at most so many rows, with room for them packed. */
  OperandPanels(Gemm gemm, SequenceOperand operand, int mostRows, float[] data, int at) {
    this.gemm = gemm;
    this.operand = operand;
    this.mostRows = mostRows;
    this.data = data;
    this.at = at;
  }

  /** Whether these are the panels of an operand. */
  boolean hold(SequenceOperand other) {
    return operand == other;
  }

  /** The product of the chunk and gᵀ, onto an evenly spaced array. */
  PackedProduct product(Rows target, int firstRow, boolean accumulate) {
    int to = (int) target.at(firstRow);
    return new PackedProduct(
        operand.width(), data, at, target.array(), to, target.stride(), accumulate);
  }

  /**
   * Packs this worker's columns of a chunk.
   *
   * @param sites which rows of the sequence are valid, or null if all are
   * @param from the chunk's first row, or its first site
   * @param depth how many rows it has
   */
  void pack(Worker w, int[] sites, int from, int depth) {
    int width = operand.width();
    int left = w.from(width, gemm.columnGranularity());
    int right = w.to(width, gemm.columnGranularity());
    if (sites == null && !operand.isCopied()) {
      float[] rows = operand.data(false);
      int first = operand.offset(false, from);
      gemm.packB(false, depth, width, rows, first, operand.stride(false), data, at, left, right);
      return;
    }
    for (int j = left; j < right; j += COPIED) {
      int count = Math.min(COPIED, right - j);
      float[] copy = w.right(mostRows * COPIED);
      for (int k = 0; k < depth; k++) {
        operand.read(sites == null ? from + k : sites[from + k], j, count, copy, k * count);
      }
      gemm.packB(false, depth, width, copy, -j, count, data, at, j, j + count);
    }
  }

  /** Computes rows of the gradient into memory of a worker. */
  void multiply(
      Worker w,
      int rows,
      int depth,
      float[] g,
      int gAt,
      int gStride,
      float[] target,
      boolean accumulate) {
    int width = operand.width();
    gemm.gemmPacked(
        true,
        rows,
        width,
        depth,
        g,
        gAt,
        gStride,
        data,
        at,
        0,
        width,
        target,
        0,
        width,
        accumulate,
        w.scratch(gemm));
  }

  /** Width of the gradient. */
  int width() {
    return operand.width();
  }
}
