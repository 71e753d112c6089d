package org.recurrentops.cpu;

import org.recurrentops.MaskingContract;

/**
 * Adds the gradient of a step's output to that of h. Padding is not read, except under CARRY, where
 * a padded step repeats the valid one before it and its gradient travels there with the frozen
 * state.
 */
final class OutputGradient {
  private final Slab inner;
  private final Rows outer;
  private final OutputMerge merge;
  private final Slab other;
  private final int batch;
  private final boolean repeats;
  private final boolean reverse;

  private OutputGradient(
      Slab inner,
      Rows outer,
      OutputMerge merge,
      Slab other,
      int batch,
      boolean repeats,
      boolean reverse) {
    this.inner = inner;
    this.outer = outer;
    this.merge = merge;
    this.other = other;
    this.batch = batch;
    this.repeats = repeats;
    this.reverse = reverse;
  }

  /** From the gradient of the next layer's input; {@code other} is the other direction's h. */
  static OutputGradient fromNextLayer(Slab gradient, OutputMerge merge, Slab other, int batch) {
    return new OutputGradient(gradient, null, merge, other, batch, false, false);
  }

  /** From the caller's dy, which may be null. */
  static OutputGradient fromCaller(
      PlanShape shape, Rows dy, OutputMerge merge, Slab other, int batch, boolean reverse) {
    boolean repeats = shape.spec.masking() == MaskingContract.CARRY;
    return new OutputGradient(null, dy, merge, other, batch, repeats, reverse);
  }

  /** From the caller's gradient of the cell states, rows [T,N,H]. */
  static OutputGradient ofCells(Rows dc, int batch) {
    OutputMerge alone = OutputMerge.alone(dc.width());
    return new OutputGradient(null, dc, alone, null, batch, false, false);
  }

  /** Adds this worker's share of step t. */
  void add(Worker w, int t, Slab dh, RowLengths lengths) {
    if (inner == null && outer == null) {
      return;
    }
    int to = w.unitTo(dh.width);
    for (int n = w.rowFrom(); n < w.rowTo(); n++) {
      if (!lengths.isValid(t, n) && !repeated(t, n, lengths)) {
        continue;
      }
      for (int u = w.unitFrom(dh.width); u < to; u += Worker.LANE) {
        add(w, t, n, u, Math.min(Worker.LANE, to - u), dh);
      }
    }
  }

  /** Whether padding repeats an output; where the other direction's is zero, so is a product. */
  private boolean repeated(int t, int n, RowLengths lengths) {
    return repeats
        && lengths.hasSeenValid(reverse, t, n)
        && (!merge.needsOther() || lengths.hasSeenValid(!reverse, t, n));
  }

  private void add(Worker w, int t, int n, int from, int count, Slab dh) {
    float[] sum = w.lane(0);
    float[] gradient = w.lane(1);
    int at = dh.at(t, n) + from;
    System.arraycopy(dh.data, at, sum, 0, count);
    if (inner != null) {
      System.arraycopy(inner.data, inner.at(t, n) + merge.column() + from, gradient, 0, count);
    } else {
      outer.read(t * batch + n, merge.column() + from, count, gradient, 0);
    }
    float[] factor = w.lane(2);
    if (merge.needsOther()) {
      System.arraycopy(other.data, other.at(t, n) + from, factor, 0, count);
    }
    merge.backward(gradient, factor, count);
    for (int k = 0; k < count; k++) {
      sum[k] += gradient[k];
    }
    System.arraycopy(sum, 0, dh.data, at, count);
  }
}
