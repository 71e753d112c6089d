package org.recurrentops.cpu;

import org.recurrentops.Tensor;

/** Initial and final states, and their gradients, of one layer and direction. */
final class States {
  private States() {}

  /** Rows [N,·] or [T,N,·] of one layer and direction of a state tensor, or null. */
  static Rows of(Tensor states, int index) {
    return states == null ? null : new Rows(states.select(index));
  }

  /**
   * Loads this worker's rows of a state into the place of a step.
   *
   * @param from the caller's state, or null for zero
   */
  static void load(Worker w, Rows from, Slab slab, int t, int batch) {
    int end = w.to(batch, 1);
    for (int n = w.from(batch, 1); n < end; n++) {
      int to = slab.at(t, n);
      if (from == null) {
        java.util.Arrays.fill(slab.data, to, to + slab.width, 0f);
      } else {
        from.read(n, 0, slab.width, slab.data, to);
      }
    }
  }

  /**
   * Stores this worker's rows of a state from the place of a step.
   *
   * @param to the caller's state, or null
   */
  static void store(Worker w, Slab slab, int t, int batch, Rows to) {
    if (to == null) {
      return;
    }
    int end = w.to(batch, 1);
    for (int n = w.from(batch, 1); n < end; n++) {
      to.write(n, 0, slab.width, slab.data, slab.at(t, n));
    }
  }
}
