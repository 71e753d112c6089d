package org.recurrentops.cpu;

/** The order of steps of one direction, and the stages of each. */
final class TimeLoop {
  private final Stage[] stages;
  private final RowLengths lengths;
  private final boolean reverse;
  private final boolean wipes;

  /**
   * With the stages of a step.
   *
   * @param wipes whether padding makes states zero, instead of freezing them
   */
  TimeLoop(Stage[] stages, RowLengths lengths, boolean reverse, boolean wipes) {
    this.stages = stages;
    this.lengths = lengths;
    this.reverse = reverse;
    this.wipes = wipes;
  }

  /** The k-th of the steps {@code from … to − 1} in the order of the walk. */
  int step(int k, int from, int to) {
    return reverse ? to - 1 - k : from + k;
  }

  /** Runs the stages of one step, for valid rows; what is padding is up to {@link #pad}. */
  void run(Worker w, int t) {
    takeRows(w, t);
    for (int i = 0; i < stages.length; i++) {
      w.phaseOf(stages[i]);
      stages[i].run(w, t);
      end(w, i);
    }
  }

  /** Workers meet after a stage unless the next one, of this step or another, goes on alone. */
  private void end(Worker w, int i) {
    if (!stages[i].writesOwnUnits() || !stages[(i + 1) % stages.length].readsOwnUnits()) {
      w.endStage();
    }
  }

  /** Whether a step begins with what a worker has written for its own units. */
  boolean beginsWithOwnUnits() {
    return stages[0].readsOwnUnits();
  }

  private void takeRows(Worker w, int t) {
    if (lengths.ragged()) {
      w.takeValidRows(lengths, t);
    } else {
      w.takeAllRows();
    }
  }

  /** As {@link #run(Worker, int)} where the state before the step is zero. */
  void runFromZero(Worker w, int t, Slab state) {
    takeRows(w, t);
    for (int i = 0; i < stages.length; i++) {
      w.phaseOf(stages[i]);
      stages[i].runWithZero(w, t, state);
      end(w, i);
    }
  }

  /** As {@link #run(Worker, int)} where nobody asks for what this slab gets. */
  void runLast(Worker w, int t, Slab unread) {
    takeRows(w, t);
    for (int i = 0; i < stages.length; i++) {
      w.phaseOf(stages[i]);
      stages[i].runWithout(w, t, unread);
      end(w, i);
    }
  }

  /** Lets rows that are padding keep what they had before the step, or makes them zero. */
  void pad(Worker w, int t, Slab from, Slab to) {
    if (wipes) {
      clear(w, t, to);
      return;
    }
    int left = w.unitFrom(to.width);
    int count = w.unitTo(to.width) - left;
    for (int n = w.rowFrom(); n < w.rowTo(); n++) {
      if (!lengths.isValid(t, n)) {
        System.arraycopy(from.data, from.at(t, n) + left, to.data, to.at(t, n) + left, count);
      }
    }
  }

  /** Zeroes what rows that are padding computed. */
  void clear(Worker w, int t, Slab slab) {
    int left = w.unitFrom(slab.width);
    int right = w.unitTo(slab.width);
    for (int n = w.rowFrom(); n < w.rowTo(); n++) {
      if (!lengths.isValid(t, n)) {
        int at = slab.at(t, n);
        java.util.Arrays.fill(slab.data, at + left, at + right, 0f);
      }
    }
  }
}
