package org.recurrentops.cpu;

import org.recurrentops.cpu.math.Activations;

/** A stage that treats every unit of every row by itself, in blocks that fit lanes. */
final class Pointwise implements Stage {
  private static final int BLOCK = 512;

  /** Arithmetic on units {@code from … from + count} of one row at one step. */
  @FunctionalInterface
  interface Units {
    void run(Worker worker, int t, int row, int from, int count);
  }

  private final int width;
  private final Units units;
  private final Activations activations;
  private final Slab[] cleared;

  Pointwise(int width, Units units) {
    this(width, units, null);
  }

  /**
   * With slabs that the units are written to, one or more values for each unit, in blocks: those of
   * them that are subnormal become 0. States that decay, and their gradients, would stay subnormal
   * for many steps.
   */
  Pointwise(int width, Units units, Activations activations, Slab... cleared) {
    this.width = width;
    this.units = units;
    this.activations = activations;
    this.cleared = cleared;
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
    int to = w.unitTo(width);
    for (int k = 0; k < w.rowCount(); k++) {
      int n = w.row(k);
      for (int u = w.unitFrom(width); u < to; u += BLOCK) {
        int count = Math.min(BLOCK, to - u);
        units.run(w, t, n, u, count);
        for (Slab slab : cleared) {
          for (int block = 0; block < slab.width; block += width) {
            activations.clearSubnormals(slab.data, slab.at(t, n) + block + u, count);
          }
        }
      }
    }
  }
}
