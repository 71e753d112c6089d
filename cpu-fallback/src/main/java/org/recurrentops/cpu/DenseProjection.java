package org.recurrentops.cpu;

import org.recurrentops.cpu.math.Gemm;

/** The projection of dense input: one product for all rows of a chunk. */
final class DenseProjection implements Projection {
  /** Columns per worker from which on each worker streams a part of the weight only. */
  private static final int WIDE = 128;

  private final Gemm gemm;
  private final SequenceOperand input;
  private final ForwardWeights weights;
  private final Slab gates;
  private final int batch;

  DenseProjection(Gemm gemm, SequenceOperand input, ForwardWeights weights, Slab gates, int batch) {
    this.gemm = gemm;
    this.input = input;
    this.weights = weights;
    this.gates = gates;
    this.batch = batch;
  }

  @Override
  public void run(Worker w, int fromStep, int toStep) {
    int first = fromStep * batch;
    int count = (toStep - fromStep) * batch;
    boolean copied = input.isCopied(false);
    if (copied) {
      input.copy(w, first, first + count, null);
      w.barrier();
    }
    int columns = gates.width;
    boolean wide = columns >= WIDE * w.workers();
    int unit = gemm.columnGranularity();
    int left = wide ? w.from(columns, unit) : 0;
    int right = wide ? w.to(columns, unit) : columns;
    int top = wide ? 0 : w.from(count, 1);
    int bottom = wide ? count : w.to(count, 1);
    if (left >= right || top >= bottom) {
      return;
    }
    int to = gates.at(fromStep) + top * columns;
    for (int r = 0; r < bottom - top; r++) {
      System.arraycopy(
          weights.data, weights.bias + left, gates.data, to + r * columns + left, right - left);
    }
    gemm.gemmPacked(
        false,
        bottom - top,
        columns,
        input.width(),
        input.data(copied),
        input.offset(copied, first) + top * input.stride(copied),
        input.stride(copied),
        weights.input.data(),
        weights.input.offset(),
        left,
        right,
        gates.data,
        to,
        columns,
        true,
        w.scratch(gemm));
  }
}
