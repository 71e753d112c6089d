package org.recurrentops.cpu;

import org.recurrentops.Tensor;

/** Initial and final states, and their gradients, of one layer and direction. */
final class States {
  private States() {}

  /** Rows [N,·] of one layer and direction of a state tensor, or null. */
  static Rows of(Tensor states, int index) {
    return states == null ? null : new Rows(states.select(index));
  }

  /**
   * Loads this worker's rows of a state.
   *
   * @param from the caller's state, or null for zero
   * @param wiped lengths of rows that start from zero where they are short, or null
   */
  static void load(
      Worker w, Rows from, float[] data, int at, int width, int batch, RowLengths wiped) {
    int end = w.to(batch, 1);
    for (int n = w.from(batch, 1); n < end; n++) {
      int to = at + n * width;
      if (from == null || wiped != null && wiped.isShort(n)) {
        java.util.Arrays.fill(data, to, to + width, 0f);
      } else {
        from.read(n, 0, width, data, to);
      }
    }
  }

  /**
   * Stores this worker's rows of a state.
   *
   * @param to the caller's state, or null
   * @param wiped lengths of rows that end as zero where they are short, or null
   * @param zeros at least {@code width} zeros
   */
  static void store(
      Worker w,
      float[] data,
      int at,
      int width,
      int batch,
      Rows to,
      RowLengths wiped,
      float[] zeros) {
    if (to == null) {
      return;
    }
    int end = w.to(batch, 1);
    for (int n = w.from(batch, 1); n < end; n++) {
      if (wiped != null && wiped.isShort(n)) {
        to.write(n, 0, width, zeros, 0);
      } else {
        to.write(n, 0, width, data, at + n * width);
      }
    }
  }
}
