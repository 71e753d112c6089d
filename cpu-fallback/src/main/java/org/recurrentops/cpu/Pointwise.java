package org.recurrentops.cpu;

/** A stage that treats every unit of every row by itself, in blocks that fit lanes. */
final class Pointwise implements Stage {
  private static final int BLOCK = 512;
  private static final int UNIT = 16;

  /** Arithmetic on units {@code from … from + count} of one row at one step. */
  @FunctionalInterface
  interface Units {
    void run(Worker worker, int t, int row, int from, int count);
  }

  private final int width;
  private final Units units;

  Pointwise(int width, Units units) {
    this.width = width;
    this.units = units;
  }

  @Override
  public void run(Worker w, int t) {
    int to = w.columnTo(width, UNIT);
    for (int k = 0; k < w.rowCount(); k++) {
      int n = w.row(k);
      for (int u = w.columnFrom(width, UNIT); u < to; u += BLOCK) {
        units.run(w, t, n, u, Math.min(BLOCK, to - u));
      }
    }
  }
}
