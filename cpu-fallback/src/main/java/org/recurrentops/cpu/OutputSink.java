package org.recurrentops.cpu;

import org.recurrentops.MaskingContract;
import org.recurrentops.cpu.math.BatchLanes;

/**
 * Stores the outputs of one layer and direction: valid steps are h, padding is what the masking
 * contract says. Between layers padding is zero, since nobody reads it. Where directions are merged
 * the second one finds the output of the first and combines it with its own.
 */
final class OutputSink {
  private final Slab inner;
  private final Rows outer;
  private final OutputMerge merge;
  private final int batch;
  private final boolean repeats;
  private final boolean fills;
  private final boolean reverse;
  private final float[] padding;

  private OutputSink(
      Slab inner,
      Rows outer,
      OutputMerge merge,
      int batch,
      boolean repeats,
      boolean reverse,
      boolean fills,
      float fill) {
    this.inner = inner;
    this.outer = outer;
    this.merge = merge;
    this.batch = batch;
    this.repeats = repeats;
    this.fills = fills;
    this.reverse = reverse;
    this.padding = new float[merge.width()];
    java.util.Arrays.fill(padding, fill);
  }

  /** Into the input of the next layer. */
  static OutputSink toNextLayer(Slab input, OutputMerge merge, int batch) {
    return new OutputSink(input, null, merge, batch, false, false, true, 0f);
  }

  /** Into the caller's y, which may be null. */
  static OutputSink toCaller(
      PlanShape shape, Rows y, OutputMerge merge, int batch, boolean reverse) {
    MaskingContract masking = shape.spec.masking();
    boolean repeats = masking == MaskingContract.CARRY;
    boolean fills = masking == MaskingContract.FREEZE_FILL;
    float fill = shape.spec.fillValue();
    return new OutputSink(null, y, merge, batch, repeats, reverse, fills, fill);
  }

  /** Cell states into rows [T,N,H]; padding is zero. */
  static OutputSink ofCells(Rows cells, int batch) {
    OutputMerge alone = OutputMerge.alone(cells.width());
    return new OutputSink(null, cells, alone, batch, false, false, true, 0f);
  }

  /** Whether outputs go as they are into rows of an array, so that blocks of them can be stored. */
  boolean takesBlocks() {
    return !merge.combines() && (inner != null || outer != null && outer.inPlace());
  }

  /**
   * Stores valid outputs, some units of rows that follow one another, while they are in the cache.
   */
  void storeBlock(Slab h, int t, int n, int rows, int u, int count) {
    float[] target = inner != null ? inner.data : outer.array();
    int stride = inner != null ? inner.width : outer.stride();
    int to = inner != null ? inner.at(t, n) : (int) outer.at(t * batch + n);
    to += merge.column() + u;
    int from = h.at(t, n) + u;
    boolean dense = count == stride; // then h's rows are as wide
    int times = dense ? 1 : rows;
    int length = dense ? rows * count : count;
    for (int k = 0; k < times; k++) {
      System.arraycopy(h.data, from + k * h.width, target, to + k * stride, length);
    }
  }

  /**
   * The same for some units of rows that lie in lanes.
   *
   * @param from the first unit's lanes
   */
  void storeLanes(
      Worker w,
      BatchLanes lanes,
      float[] panel,
      int from,
      int t,
      int n,
      int rows,
      int u,
      int count) {
    float[] target = inner != null ? inner.data : outer.array();
    int stride = inner != null ? inner.width : outer.stride();
    int to = inner != null ? inner.at(t, n) : (int) outer.at(t * batch + n);
    to += merge.column() + u;
    lanes.toRows(rows, count, panel, from, target, to, stride, w.right(lanes.scratch()));
  }

  /**
   * Stores this worker's share of steps {@code fromStep … toStep − 1}.
   *
   * @param stored whether valid ones were stored in blocks
   */
  void store(Worker w, Slab h, int fromStep, int toStep, RowLengths lengths, boolean stored) {
    if (inner == null && outer == null || stored && !lengths.ragged()) {
      return;
    }
    int steps = toStep - fromStep;
    int count = w.rowsOf(steps);
    for (int k = 0; k < count; k++) {
      int row = w.rowOf(steps, k);
      int t = fromStep + row / batch;
      int n = row % batch;
      boolean valid = lengths.isValid(t, n);
      if (valid && stored) {
        continue;
      }
      boolean shown = valid || repeats && lengths.hasSeenValid(reverse, t, n);
      float[] source = shown ? h.data : padding;
      int at = shown ? h.at(t, n) : 0;
      if (!merge.combines()) {
        write(t, n, merge.column(), merge.width(), source, at);
      } else if (valid || !fills) { // else the first direction has filled it
        combine(w, t, n, source, at);
      }
    }
  }

  private void write(int t, int n, int column, int count, float[] source, int at) {
    if (inner != null) {
      System.arraycopy(source, at, inner.data, inner.at(t, n) + column, count);
    } else {
      outer.write(t * batch + n, column, count, source, at);
    }
  }

  private void combine(Worker w, int t, int n, float[] source, int at) {
    float[] found = w.lane(0);
    float[] own = w.lane(1);
    for (int u = 0; u < merge.width(); u += Worker.LANE) {
      int count = Math.min(Worker.LANE, merge.width() - u);
      System.arraycopy(source, at + u, own, 0, count);
      if (inner != null) {
        System.arraycopy(inner.data, inner.at(t, n) + u, found, 0, count);
      } else {
        outer.read(t * batch + n, u, count, found, 0);
      }
      merge.combine(found, own, count);
      write(t, n, u, count, found, 0);
    }
  }
}
