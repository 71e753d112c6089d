package org.recurrentops.cpu;

/**
 * The states of one layer and direction before the first step of every segment of steps, in a
 * reserve. Segments are counted in time, and begin at their last step in a reverse direction.
 */
final class Checkpoints {
  private final int segmentSteps;
  private final int steps;
  private final boolean reverse;
  private final Slab hBefore;
  private final Slab cBefore;
  private final Slab h;
  private final Slab c;

  private Checkpoints(
      int segmentSteps, int steps, boolean reverse, ForwardMemory memory, Slab h, Slab c) {
    this.segmentSteps = segmentSteps;
    this.steps = steps;
    this.reverse = reverse;
    this.hBefore = memory.hBefore();
    this.cBefore = memory.cBefore();
    this.h = h;
    this.c = c;
  }

  /**
   * Those of one layer and direction in one call.
   *
   * @param s l·D + d
   * @param m the states of steps
   * @param kept the reserve
   * @param keptAt its first element
   */
  static Checkpoints of(
      PlanShape shape,
      PlanLayout layout,
      int s,
      int steps,
      int batch,
      ForwardMemory m,
      float[] kept,
      int keptAt) {
    int count = Math.max(1, shape.segments(steps));
    boolean reverse = shape.spec.direction().isReverse(s % shape.directions);
    int hAt = keptAt + (int) layout.hCheckpoint[s];
    Slab h = new Slab(kept, hAt, batch, shape.cell.state, count);
    Slab c = null;
    if (shape.spec.cell().hasCellState()) {
      int cAt = keptAt + (int) layout.cCheckpoint[s];
      c = new Slab(kept, cAt, batch, shape.cell.hidden, count);
    }
    return new Checkpoints(shape.segmentSteps(), steps, reverse, m, h, c);
  }

  /** First step in time of the segment of a step. */
  int from(int t) {
    return t - t % segmentSteps;
  }

  /** End in time of the segment of a step. */
  int to(int t) {
    return Math.min(steps, from(t) + segmentSteps);
  }

  /** Whether backward meets step t before all others of its segment. */
  boolean isLast(int t) {
    return t == (reverse ? from(t) : to(t) - 1);
  }

  /** Keeps this worker's share of the state before step t, if that begins a segment. */
  void keep(Worker w, int t) {
    if (t == (reverse ? to(t) - 1 : from(t))) {
      copy(w, hBefore, t, h, t / segmentSteps);
      if (c != null) {
        copy(w, cBefore, t, c, t / segmentSteps);
      }
    }
  }

  /** Brings this worker's share of the state before step t back, which begins a segment. */
  void restore(Worker w, int t) {
    copy(w, h, t / segmentSteps, hBefore, t);
    if (c != null) {
      copy(w, c, t / segmentSteps, cBefore, t);
    }
  }

  private static void copy(Worker w, Slab from, int fromStep, Slab to, int toStep) {
    int left = w.unitFrom(to.width);
    int count = w.unitTo(to.width) - left;
    for (int n = w.rowFrom(); n < w.rowTo(); n++) {
      int source = from.at(fromStep, n) + left;
      System.arraycopy(from.data, source, to.data, to.at(toStep, n) + left, count);
    }
  }
}
