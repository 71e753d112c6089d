package org.recurrentops.cpu;

import org.recurrentops.cpu.math.Gemm;

/** The projection of dense input: one product for all rows of a chunk. */
final class DenseProjection implements Projection {
  /** Columns per worker from which on each worker streams a part of the weight only. */
  private static final int WIDE = 128;

  /**
   * Batch rows from which on a worker projects its own, step by step, and finds the gates in its
   * cache; fewer ones do not fill the tiles of a product.
   */
  private static final int MANY = 8;

  /** Valid rows that are brought together for one product. */
  private static final int BLOCK = 128;

  private final Gemm gemm;
  private final SequenceOperand input;
  private final ForwardWeights weights;
  private final Slab gates;
  private final int batch;
  private final RowLengths lengths;

  DenseProjection(
      Gemm gemm,
      SequenceOperand input,
      ForwardWeights weights,
      Slab gates,
      int batch,
      RowLengths lengths) {
    this.gemm = gemm;
    this.input = input;
    this.weights = weights;
    this.gates = gates;
    this.batch = batch;
    this.lengths = lengths;
  }

  @Override
  public void run(Worker w, int fromStep, int toStep) {
    if (lengths.ragged()) {
      validRows(w, lengths.start(fromStep), lengths.start(toStep));
      return;
    }
    if (keepsToOwnRows(w)) {
      int x = input.offset(false, fromStep * batch + w.rowFrom());
      int at = gates.at(fromStep, w.rowFrom());
      int rows = w.rowTo() - w.rowFrom();
      float[] source = input.data(false);
      int stride = input.stride(false);
      int bands = toStep - fromStep;
      multiply(w, bands, rows, source, x, stride, gates.data, at, 0, gates.width);
      return;
    }
    int first = fromStep * batch;
    int count = (toStep - fromStep) * batch;
    boolean copied = input.isCopied();
    if (copied) {
      input.copy(w, first, first + count);
      w.barrier();
    }
    boolean wide = isWide(w);
    int top = wide ? 0 : w.from(count, 1);
    int bottom = wide ? count : w.to(count, 1);
    int x = input.offset(copied, first) + top * input.stride(copied);
    rows(w, first + top, first + bottom, copied, x, left(w), right(w));
  }

  @Override
  public boolean keepsToOwnRows(Worker w) {
    return w.splitsRows() && suitsOwnRows(input, batch, w.workers()) && !lengths.ragged();
  }

  /** Whether the rows of whoever has the fewest, so that all decide the same, make a product. */
  static boolean suitsOwnRows(SequenceOperand input, int batch, int workers) {
    return batch / workers >= MANY && !input.isCopied();
  }

  /** Columns of evenly spaced rows, whose input begins at element x. */
  private void rows(Worker w, int from, int to, boolean copied, int x, int left, int right) {
    if (left >= right || from >= to) {
      return;
    }
    int at = gates.at(from / batch, from % batch);
    float[] source = input.data(copied);
    multiply(w, 1, to - from, source, x, input.stride(copied), gates.data, at, left, right);
  }

  private boolean isWide(Worker w) {
    return gates.width >= WIDE * w.workers();
  }

  private int left(Worker w) {
    return isWide(w) ? w.from(gates.width, gemm.columnGranularity()) : 0;
  }

  private int right(Worker w) {
    return isWide(w) ? w.to(gates.width, gemm.columnGranularity()) : gates.width;
  }

  /** This worker's share of the valid rows from one index to another, and no padding. */
  private void validRows(Worker w, int from, int to) {
    boolean wide = isWide(w);
    int first = from + (wide ? 0 : w.from(to - from, 1));
    int end = wide ? to : from + w.to(to - from, 1);
    int left = left(w);
    int right = right(w);
    for (int i = first; left < right && i < end; i += BLOCK) {
      block(w, i, Math.min(end, i + BLOCK), left, right);
    }
  }

  private void block(Worker w, int from, int to, int left, int right) {
    int[] sites = lengths.sites();
    int width = input.width();
    int columns = gates.width;
    float[] x = w.left((to - from) * width);
    float[] sums = w.result((to - from) * columns);
    for (int k = 0; k < to - from; k++) {
      input.read(sites[from + k], 0, width, x, k * width);
    }
    multiply(w, 1, to - from, x, 0, width, sums, 0, left, right);
    for (int k = 0; k < to - from; k++) {
      int r = sites[from + k];
      int at = gates.at(r / batch, r % batch) + left;
      System.arraycopy(sums, k * columns + left, gates.data, at, right - left);
    }
  }

  /** Rows of one band, or the same rows of each of some steps. */
  private void multiply(
      Worker w,
      int bands,
      int rows,
      float[] x,
      int at,
      int stride,
      float[] target,
      int targetAt,
      int left,
      int right) {
    gemm.gemmPackedOnto(
        bands,
        rows,
        gates.width,
        input.width(),
        x,
        at,
        stride,
        batch * stride,
        weights.input.data(),
        weights.input.offset(w),
        left,
        right,
        weights.data,
        weights.bias,
        target,
        targetAt,
        gates.width,
        gates.perStep(),
        w.scratch(gemm));
  }
}
