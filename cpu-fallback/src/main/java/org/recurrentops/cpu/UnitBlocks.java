package org.recurrentops.cpu;

/** A pointwise stage for which there is a kernel that takes many units of many rows at once. */
final class UnitBlocks implements Stage {
  /** Units of a block, whose gates and states stay in the first-level cache between passes. */
  private static final int BLOCK = 512;

  /** Arithmetic on units {@code from … from + count} of some rows that follow one another. */
  @FunctionalInterface
  interface Block {
    void run(int t, int firstRow, int rows, int from, int count);
  }

  private final int width;
  private final Block block;
  private final OutputSink output;
  private final Slab h;

  UnitBlocks(int width, Block block) {
    this(width, block, null, null);
  }

  /**
   * With a place for outputs.
   *
   * @param output where they go in blocks, or null
   * @param h what the units are written to
   */
  UnitBlocks(int width, Block block, OutputSink output, Slab h) {
    this.width = width;
    this.block = block;
    this.output = output;
    this.h = h;
  }

  @Override
  public boolean storesOutput() {
    return output != null;
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
    int left = w.unitFrom(width);
    int right = w.unitTo(width);
    for (int u = left; u < right; u += BLOCK) {
      int count = Math.min(BLOCK, right - u);
      int most = BLOCK / count;
      for (int k = 0; k < w.rowCount(); ) {
        int n = w.row(k);
        int rows = 1;
        while (rows < most && k + rows < w.rowCount() && w.row(k + rows) == n + rows) {
          rows++;
        }
        block.run(t, n, rows, u, count);
        if (output != null) {
          output.storeBlock(h, t, n, rows, u, count);
        }
        k += rows;
      }
    }
  }
}
