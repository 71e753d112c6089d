package org.recurrentops.cpu;

/**
 * Room in every step of a slab between the rows of one worker and those of the next, where steps
 * are split by rows. Processors fetch what lies behind the memory that a core goes through; without
 * room, lines that another core has just written, which then has to get them back.
 */
final class RowGaps {
  /** Elements of a gap: more than the 20 cache lines that processors fetch ahead. */
  private static final int GAP = 512;

  private final int workers;
  private final int[] apart;
  private final int[] together;
  private int[] offsets;

  private RowGaps(int workers, int batch) {
    this.workers = workers;
    apart = new int[batch];
    together = new int[batch];
    offsets = together;
    for (int k = 1; k < workers; k++) {
      for (int n = Worker.begin(k, workers, batch, 1); n < batch; n++) {
        apart[n] = k * GAP;
      }
    }
  }

  /** Those of a call, or null where no workers share its rows. */
  static RowGaps of(Crew crew, int batch) {
    return perStep(crew, batch) > 0 ? new RowGaps(crew.threads(), batch) : null;
  }

  /** Elements that all gaps of a step take, 0 where no workers share its rows. */
  static int perStep(Crew crew, int batch) {
    return crew.threads() > 1 && crew.splitsRows(batch) ? crew.threads() * GAP : 0;
  }

  /** Elements that all gaps of a step take. */
  int perStep() {
    return workers * GAP;
  }

  /**
   * Called by every worker before a call; all say the same. Fewer of them than usual have other
   * rows, which then lie side by side, as products expect.
   */
  void takeShares(Worker w) {
    offsets = w.workers() == workers ? apart : together;
  }

  /** Elements of gaps before a row. */
  int before(int row) {
    return offsets[row];
  }
}
