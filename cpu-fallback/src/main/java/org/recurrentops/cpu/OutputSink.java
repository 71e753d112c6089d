package org.recurrentops.cpu;

import org.recurrentops.MaskingContract;

/**
 * Stores the outputs of one layer and direction: valid steps are h, padding is what the masking
 * contract says. Between layers padding is zero, since nobody reads it.
 */
final class OutputSink {
  private final Slab inner;
  private final Rows outer;
  private final int column;
  private final int width;
  private final int batch;
  private final boolean repeats;
  private final float[] padding;

  private OutputSink(
      Slab inner, Rows outer, int column, int width, int batch, boolean repeats, float fill) {
    this.inner = inner;
    this.outer = outer;
    this.column = column;
    this.width = width;
    this.batch = batch;
    this.repeats = repeats;
    this.padding = new float[width];
    java.util.Arrays.fill(padding, fill);
  }

  /** Into the input of the next layer, from a feature column on. */
  static OutputSink toNextLayer(Slab input, int column, int width, int batch) {
    return new OutputSink(input, null, column, width, batch, false, 0f);
  }

  /** Into the caller's y, which may be null. */
  static OutputSink toCaller(
      PlanShape shape, Rows y, int column, int width, int batch, boolean reverse) {
    boolean repeats = shape.spec.masking() == MaskingContract.CARRY && !reverse;
    return new OutputSink(null, y, column, width, batch, repeats, shape.spec.fillValue());
  }

  /** Stores this worker's share of steps {@code fromStep … toStep − 1}. */
  void store(Worker w, Slab h, int fromStep, int toStep, RowLengths lengths) {
    if (inner == null && outer == null) {
      return;
    }
    int count = (toStep - fromStep) * batch;
    int end = w.to(count, 1);
    for (int k = w.from(count, 1); k < end; k++) {
      int t = fromStep + k / batch;
      int n = k % batch;
      boolean shown = lengths.isValid(t, n) || repeats && lengths.of(n) > 0;
      float[] source = shown ? h.data : padding;
      int at = shown ? h.at(t, n) : 0;
      if (inner != null) {
        System.arraycopy(source, at, inner.data, inner.at(t, n) + column, width);
      } else {
        outer.write(t * batch + n, column, width, source, at);
      }
    }
  }
}
