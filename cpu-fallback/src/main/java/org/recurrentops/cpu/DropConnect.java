package org.recurrentops.cpu;

import org.recurrentops.ParameterSlice.Kind;
import org.recurrentops.Philox;
import org.recurrentops.Tensor;
import org.recurrentops.spi.RunState;

/**
 * The mask of weight_hh in training, see {@link org.recurrentops.RnnSpecBuilder#dropConnect}, and
 * the plan's memory for the masked matrix, or for the gradient of it.
 */
final class DropConnect {
  private final long threshold;
  private final float scale;
  private final Rows masked;
  private final int rows;
  private final int columns;
  private long seed;

  private DropConnect(PlanShape shape, Tensor memory) {
    float p = shape.spec.cellOptions().dropConnect();
    threshold = (long) Math.floor((double) p * 4294967296.0);
    scale = 1f / (1f - p);
    rows = shape.cell.gateRows;
    columns = shape.cell.state;
    masked = new Rows(memory.reshape(rows, columns));
  }

  /** With the matrix at an element of the workspace; null for plans that mask nothing. */
  static DropConnect of(PlanShape shape, Tensor workspace, long at) {
    long count = matrix(shape);
    return count == 0 ? null : new DropConnect(shape, workspace.slice(0, at, at + count));
  }

  /** Elements of a masked matrix, 0 for plans that mask nothing. */
  static long matrix(PlanShape shape) {
    boolean masks = shape.training && shape.spec.cellOptions().dropConnect() > 0;
    return masks ? Math.multiplyExact((long) shape.cell.gateRows, (long) shape.cell.state) : 0;
  }

  void of(RunState state) {
    seed = state.seed();
  }

  /** The plan's memory. */
  Rows matrix() {
    return masked;
  }

  /** The same parameters with the masked matrix for weight_hh. */
  ParameterRows replaced(ParameterRows parameters) {
    return parameters.with(Kind.WEIGHT_HH, masked);
  }

  /** Masks this worker's rows of weight_hh. */
  void fill(Worker w, ParameterRows parameters, int layer, int direction) {
    Rows from = parameters.get(Kind.WEIGHT_HH);
    int to = w.to(rows, 1);
    for (int r = w.from(rows, 1); r < to; r++) {
      for (int c = 0; c < columns; c += Worker.LANE) {
        int count = Math.min(Worker.LANE, columns - c);
        float[] a = w.lane(0);
        from.read(r, c, count, a, 0);
        mask(w, a, layer, direction, r, c, count);
        masked.write(r, c, count, a, 0);
      }
    }
  }

  /**
   * Writes or adds this worker's rows of the gradient of weight_hh, from that of the masked one.
   */
  void gradient(Worker w, Rows target, int layer, int direction, boolean accumulate) {
    int to = w.to(rows, 1);
    for (int r = w.from(rows, 1); r < to; r++) {
      for (int c = 0; c < columns; c += Worker.LANE) {
        int count = Math.min(Worker.LANE, columns - c);
        float[] a = w.lane(0);
        masked.read(r, c, count, a, 0);
        mask(w, a, layer, direction, r, c, count);
        if (accumulate) {
          float[] sum = w.lane(1);
          target.read(r, c, count, sum, 0);
          for (int k = 0; k < count; k++) {
            a[k] = sum[k] + a[k];
          }
        }
        target.write(r, c, count, a, 0);
      }
    }
  }

  /** Columns start at multiples of a lane, so that blocks of four words are whole. */
  private void mask(Worker w, float[] a, int layer, int direction, int row, int c, int count) {
    int[] words = w.words();
    for (int k = 0; k < count; k++) {
      if ((k & 3) == 0) {
        Philox.block(seed, 3 << 16 | layer, direction, row, (c + k) >> 2, words);
      }
      boolean kept = Integer.toUnsignedLong(words[k & 3]) >= threshold;
      a[k] = kept ? a[k] * scale : 0;
    }
  }
}
