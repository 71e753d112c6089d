package org.recurrentops.cpu;

/**
 * The pointwise stage of a step where vectors hold batch rows; stores outputs and states as rows,
 * and brings the next step's x.
 */
final class LaneUnits implements Stage {
  /** Elements of a block, whose gates and states stay in the first-level cache between passes. */
  private static final int BLOCK = 512;

  private final LaneMemory m;
  private final LaneCell cell;
  private final LaneInput input;
  private final OutputSink output;
  private final Slab hAfter;
  private final Slab cAfter;
  private final boolean keepsCells;

  /**
   * With places for what others read.
   *
   * @param output where h goes at once, or null
   * @param hAfter where it goes otherwise, and that of the last step
   * @param cAfter where c goes, or null
   * @param keepsCells whether that of every step does, and not only of the last one
   */
  LaneUnits(
      LaneMemory m,
      LaneCell cell,
      LaneInput input,
      OutputSink output,
      Slab hAfter,
      Slab cAfter,
      boolean keepsCells) {
    this.m = m;
    this.cell = cell;
    this.input = input;
    this.output = output;
    this.hAfter = hAfter;
    this.cAfter = cAfter;
    this.keepsCells = keepsCells;
  }

  @Override
  public boolean readsOwnUnits() {
    return true;
  }

  @Override
  public boolean writesOwnUnits() {
    return true;
  }

  @Override
  public boolean storesOutput() {
    return output != null;
  }

  @Override
  public void run(Worker w, int t) {
    int most = BLOCK / m.lanes.width();
    int from = w.unitFrom(m.hidden);
    int to = w.unitTo(m.hidden);
    for (int g = 0; g < m.groups; g++) {
      for (int u = from; u < to; u += most) {
        w.phase(Phase.GATES);
        cell.units(m, t, g, u, Math.min(most, to - u));
        w.phase(Phase.COPIES);
        store(w, t, g, u, Math.min(most, to - u));
      }
    }
    input.loadAfter(w, t);
  }

  private void store(Worker w, int t, int g, int u, int count) {
    boolean last = input.isLast(t);
    int n = g * m.lanes.width();
    if (output != null) {
      output.storeLanes(w, m.lanes, m.data, m.h(t + 1, g, u), t, n, m.rows(g), u, count);
    }
    if (output == null || last) {
      store(w, m.h(t + 1, g, u), hAfter, t, n, m.rows(g), u, count);
    }
    if (cAfter != null && (keepsCells || last)) {
      store(w, m.c(t + 1, g, u), cAfter, t, n, m.rows(g), u, count);
    }
  }

  private void store(Worker w, int from, Slab to, int t, int n, int rows, int u, int count) {
    float[] scratch = w.right(m.lanes.scratch());
    m.lanes.toRows(rows, count, m.data, from, to.data, to.at(t, n) + u, to.width, scratch);
  }
}
