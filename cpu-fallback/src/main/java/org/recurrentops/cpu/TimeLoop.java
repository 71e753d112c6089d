package org.recurrentops.cpu;

/** The order of steps of one direction, and the stages of each. */
final class TimeLoop {
  private static final int UNIT = 16;

  private final Stage[] stages;
  private final RowLengths lengths;
  private final boolean reverse;

  TimeLoop(Stage[] stages, RowLengths lengths, boolean reverse) {
    this.stages = stages;
    this.lengths = lengths;
    this.reverse = reverse;
  }

  /** The k-th of the steps {@code from … to − 1} in the order of the walk. */
  int step(int k, int from, int to) {
    return reverse ? to - 1 - k : from + k;
  }

  /** Runs the stages of one step, for all rows: padding is selected away afterwards. */
  void run(Worker w, int t) {
    for (Stage stage : stages) {
      stage.run(w, t);
      w.endStage();
    }
  }

  /** Lets short rows past their length keep what they had before the step. */
  void freeze(Worker w, int t, Slab from, Slab to) {
    int left = w.columnFrom(to.width, UNIT);
    int count = w.columnTo(to.width, UNIT) - left;
    for (int n = w.rowFrom(); n < w.rowTo(); n++) {
      if (!lengths.isValid(t, n)) {
        System.arraycopy(from.data, from.at(t, n) + left, to.data, to.at(t, n) + left, count);
      }
    }
  }

  /** Zeroes what short rows past their length computed. */
  void clear(Worker w, int t, Slab slab) {
    int left = w.columnFrom(slab.width, UNIT);
    int right = w.columnTo(slab.width, UNIT);
    for (int n = w.rowFrom(); n < w.rowTo(); n++) {
      if (!lengths.isValid(t, n)) {
        int at = slab.at(t, n);
        java.util.Arrays.fill(slab.data, at + left, at + right, 0f);
      }
    }
  }
}
