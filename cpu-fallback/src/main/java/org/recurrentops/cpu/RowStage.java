package org.recurrentops.cpu;

/**
 * A stage that treats every row as a whole, since all of its units act on one another. Workers that
 * split steps by units split the rows of such a stage.
 */
final class RowStage implements Stage {
  /** Arithmetic on one row at one step. */
  @FunctionalInterface
  interface Row {
    void run(Worker worker, int t, int row);
  }

  private final Row row;

  RowStage(Row row) {
    this.row = row;
  }

  @Override
  public void run(Worker w, int t) {
    int to = w.wholeRowTo();
    for (int k = w.wholeRowFrom(); k < to; k++) {
      row.run(w, t, w.row(k));
    }
  }
}
