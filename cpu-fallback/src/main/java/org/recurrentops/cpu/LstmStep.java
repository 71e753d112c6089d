package org.recurrentops.cpu;

import org.recurrentops.cpu.math.LstmUnits;

/** The pointwise stage of an LSTM without options, where there is a kernel for blocks of rows. */
final class LstmStep implements Stage {
  /** Units of a block, whose gates and states stay in the first-level cache between passes. */
  private static final int BLOCK = 512;

  private final LstmUnits units;
  private final int hidden;
  private final ForwardMemory memory;
  private final Slab out;

  LstmStep(LstmUnits units, int hidden, ForwardMemory memory, Slab out) {
    this.units = units;
    this.hidden = hidden;
    this.memory = memory;
    this.out = out;
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
  public void run(Worker w, int t) {
    int left = w.unitFrom(hidden);
    int right = w.unitTo(hidden);
    for (int u = left; u < right; u += BLOCK) {
      int count = Math.min(BLOCK, right - u);
      int most = BLOCK / count;
      for (int k = 0; k < w.rowCount(); ) {
        int n = w.row(k);
        int rows = 1;
        while (rows < most && k + rows < w.rowCount() && w.row(k + rows) == n + rows) {
          rows++;
        }
        block(t, n, rows, u, count);
        k += rows;
      }
    }
  }

  private void block(int t, int n, int rows, int u, int count) {
    Slab before = memory.cBefore();
    Slab after = memory.cAfter();
    units.forward(
        hidden,
        rows,
        count,
        memory.gates().data,
        memory.gates().at(t, n) + u,
        before.data,
        before.at(t, n) + u,
        after.data,
        after.at(t, n) + u,
        out.data,
        out.at(t, n) + u);
  }
}
