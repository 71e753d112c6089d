package org.recurrentops.cpu;

import java.util.Arrays;

/**
 * The gradient of {@link VectorWeights}: that of the argument of a gate times what the weight was
 * multiplied with, summed over all valid steps and rows. Peepholes of i and f see c₋, that of o
 * sees c; independent units see h₋.
 */
final class VectorGradient {
  /** Column of gate i, f or o among the gates i, f, g, o. */
  private static final int[] PEEPHOLE_GATES = {0, 1, 3};

  private final BackwardMemory memory;
  private final int hidden;
  private final int steps;
  private final int batch;
  private final RowLengths lengths;
  private final boolean accumulate;
  private final Rows target;

  VectorGradient(
      BackwardMemory memory,
      int hidden,
      int steps,
      int batch,
      RowLengths lengths,
      boolean accumulate,
      Rows target) {
    this.memory = memory;
    this.hidden = hidden;
    this.steps = steps;
    this.batch = batch;
    this.lengths = lengths;
    this.accumulate = accumulate;
    this.target = target;
  }

  /** Writes or adds this worker's share. */
  void run(Worker w) {
    int to = w.to(hidden, 16);
    int blocks = memory.cAfter() == null ? 1 : PEEPHOLE_GATES.length;
    for (int block = 0; block < blocks; block++) {
      Slab seen = operand(block);
      for (int u = w.from(hidden, 16); u < to; u += Worker.LANE) {
        units(w, block, seen, u, Math.min(Worker.LANE, to - u));
      }
    }
  }

  private Slab operand(int block) {
    if (memory.cAfter() == null) {
      return memory.hBefore();
    }
    return block == VectorWeights.O ? memory.cAfter() : memory.cBefore();
  }

  private void units(Worker w, int block, Slab state, int u, int count) {
    float[] sums = w.lane(0);
    float[] d = w.lane(1);
    float[] c = w.lane(2);
    if (accumulate) {
      target.read(0, block * hidden + u, count, sums, 0);
    } else {
      Arrays.fill(sums, 0, count, 0f);
    }
    Slab gradient = memory.dGates();
    for (int t = 0; t < steps; t++) {
      for (int n = 0; n < batch; n++) {
        if (lengths.isValid(t, n)) {
          int from = gradient.at(t, n) + PEEPHOLE_GATES[block] * hidden + u;
          System.arraycopy(gradient.data, from, d, 0, count);
          System.arraycopy(state.data, state.at(t, n) + u, c, 0, count);
          for (int k = 0; k < count; k++) {
            sums[k] = sums[k] + d[k] * c[k];
          }
        }
      }
    }
    target.write(0, block * hidden + u, count, sums, 0);
  }
}
