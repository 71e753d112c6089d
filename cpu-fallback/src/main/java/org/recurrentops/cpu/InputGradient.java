package org.recurrentops.cpu;

import org.recurrentops.cpu.math.Gemm;

/**
 * The gradient of a layer's input: dG·weight_ih over all steps and rows at once. The second
 * direction adds to the first. Padding is set to zero, whatever the weights hold.
 */
final class InputGradient {
  /** Rows of a block on its way into memory that is no evenly spaced array, or valid rows. */
  private static final int BLOCK = 64;

  private final Gemm gemm;
  private final int rows;
  private final int batch;
  private final RowLengths lengths;
  private final Slab inner;
  private final Rows outer;
  private final int width;
  private final float[] zeros;

  /** Into the plan's memory, or if that is null into the caller's dx. */
  InputGradient(Gemm gemm, int rows, int batch, RowLengths lengths, Slab inner, Rows outer) {
    this.gemm = gemm;
    this.rows = rows;
    this.batch = batch;
    this.lengths = lengths;
    this.inner = inner;
    this.outer = outer;
    this.width = inner != null ? inner.width : outer.width();
    this.zeros = new float[inner != null ? 0 : width];
  }

  /** Does this worker's rows. */
  void run(Worker w, Slab dGates, PackedMatrix weight, boolean add) {
    if (lengths.ragged()) {
      validRows(w, dGates, weight, add);
      clearPadding(w.from(rows, 1), w.to(rows, 1));
      return;
    }
    int from = w.from(rows, 4);
    int to = w.to(rows, 4);
    if (from >= to) {
      return;
    }
    if (inner != null) {
      product(w, dGates, weight, from, to, inner.data, inner.atRow(from), width, add);
    } else if (outer.inPlace()) {
      int at = (int) outer.at(from);
      product(w, dGates, weight, from, to, outer.array(), at, outer.stride(), add);
    } else {
      throughCopies(w, dGates, weight, from, to, add);
    }
  }

  /** Brings valid rows together, and their results back; padding of inner layers is never read. */
  private void validRows(Worker w, Slab dGates, PackedMatrix weight, boolean add) {
    int[] sites = lengths.sites();
    int end = w.to(lengths.end(), 4);
    for (int i = w.from(lengths.end(), 4); i < end; i += BLOCK) {
      int count = Math.min(end, i + BLOCK) - i;
      float[] d = w.left(count * dGates.width);
      float[] copy = w.result(count * width);
      for (int k = 0; k < count; k++) {
        int r = sites[i + k];
        System.arraycopy(dGates.data, dGates.atRow(r), d, k * dGates.width, dGates.width);
        if (add && inner != null) {
          System.arraycopy(inner.data, inner.atRow(r), copy, k * width, width);
        } else if (add) {
          outer.read(r, 0, width, copy, k * width);
        }
      }
      product(w, d, 0, dGates.width, weight, count, copy, 0, width, add);
      for (int k = 0; k < count; k++) {
        int r = sites[i + k];
        if (inner != null) {
          System.arraycopy(copy, k * width, inner.data, inner.atRow(r), width);
        } else {
          outer.write(r, 0, width, copy, k * width);
        }
      }
    }
  }

  private void throughCopies(
      Worker w, Slab dGates, PackedMatrix weight, int from, int to, boolean add) {
    float[] copy = w.result(BLOCK * width);
    for (int r = from; r < to; r += BLOCK) {
      int end = Math.min(to, r + BLOCK);
      if (add) {
        outer.load(r, end, 0, width, copy, 0);
      }
      product(w, dGates, weight, r, end, copy, 0, width, add);
      outer.store(r, end, 0, width, copy, 0);
    }
  }

  private void clearPadding(int from, int to) {
    for (int r = from; outer != null && r < to; r++) {
      if (!lengths.isValid(r / batch, r % batch)) {
        outer.write(r, 0, width, zeros, 0);
      }
    }
  }

  private void product(
      Worker w,
      Slab dGates,
      PackedMatrix weight,
      int from,
      int to,
      float[] target,
      int at,
      int stride,
      boolean add) {
    int first = dGates.atRow(from);
    int count = to - from;
    product(w, dGates.data, first, dGates.width, weight, count, target, at, stride, add);
  }

  private void product(
      Worker w,
      float[] d,
      int dAt,
      int dStride,
      PackedMatrix weight,
      int count,
      float[] target,
      int at,
      int stride,
      boolean add) {
    gemm.gemmPacked(
        false,
        count,
        width,
        weight.rows(),
        d,
        dAt,
        dStride,
        weight.data(),
        weight.offset(w),
        0,
        width,
        target,
        at,
        stride,
        add,
        w.scratch(gemm));
  }
}
