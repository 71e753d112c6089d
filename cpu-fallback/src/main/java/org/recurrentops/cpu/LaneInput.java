package org.recurrentops.cpu;

import java.util.Arrays;

/**
 * The rows of x as steps multiply them where vectors hold batch rows. Before the first step of a
 * call it brings them and the states there; later ones are brought step by step, see {@link #load}.
 */
final class LaneInput implements Projection {
  /** Elements of a row that workers share out together: a cache line. */
  private static final int LINE = 16;

  private final LaneMemory m;
  private final SequenceOperand x;
  private final int steps;
  private final boolean reverse;
  private final Slab hBefore;
  private final Slab cBefore;

  /**
   * With what is read.
   *
   * @param x the input's rows, in place
   * @param hBefore the state before the first step
   * @param cBefore the same, or null
   */
  LaneInput(
      LaneMemory m, SequenceOperand x, int steps, boolean reverse, Slab hBefore, Slab cBefore) {
    this.m = m;
    this.x = x;
    this.steps = steps;
    this.reverse = reverse;
    this.hBefore = hBefore;
    this.cBefore = cBefore;
  }

  @Override
  public void run(Worker w, int fromStep, int toStep) {
    int t = reverse ? steps - 1 : 0;
    if (t < fromStep || t >= toStep) {
      return;
    }
    if (w.isFirst()) {
      ones();
    }
    load(w, t);
    int from = w.unitFrom(m.hidden);
    int count = w.unitTo(m.hidden) - from;
    for (int g = 0; g < m.groups; g++) {
      load(w, hBefore, t, g, from, count, m.h(t, g, from));
      if (cBefore != null) {
        load(w, cBefore, t, g, from, count, m.c(t, g, from));
      }
    }
  }

  @Override
  public boolean keepsToOwnRows(Worker w) {
    return false;
  }

  /** What biases are multiplied by. */
  private void ones() {
    int width = m.lanes.width();
    for (int g = 0; g < m.groups; g++) {
      for (int t = 0; t < 2; t++) {
        int first = m.panel(t, g, m.inputSize);
        int second = m.panel(t, g, m.inputSize + 1 + m.hidden);
        Arrays.fill(m.data, first, first + width, 1f);
        Arrays.fill(m.data, second, second + width, 1f);
      }
    }
  }

  private void load(Worker w, Slab states, int t, int group, int from, int count, int to) {
    int at = states.at(t, group * m.lanes.width()) + from;
    float[] scratch = w.right(m.lanes.scratch());
    m.lanes.toLanes(m.rows(group), count, states.data, at, states.width, m.data, to, scratch);
  }

  /** Brings this worker's share of a step's x, for the step that follows another one. */
  void loadAfter(Worker w, int t) {
    int next = reverse ? t - 1 : t + 1;
    if (next >= 0 && next < steps) {
      load(w, next);
    }
  }

  /** Whether a step is the last one. */
  boolean isLast(int t) {
    return t == (reverse ? 0 : steps - 1);
  }

  private void load(Worker w, int t) {
    int from = w.columnFrom(m.inputSize, LINE);
    int count = w.columnTo(m.inputSize, LINE) - from;
    for (int g = 0; g < m.groups; g++) {
      int at = x.offset(false, t * m.batch + g * m.lanes.width()) + from;
      float[] rows = x.data(false);
      m.lanes.toLanes(
          m.rows(g),
          count,
          rows,
          at,
          x.stride(false),
          m.data,
          m.panel(t, g, from),
          w.right(m.lanes.scratch()));
    }
  }
}
