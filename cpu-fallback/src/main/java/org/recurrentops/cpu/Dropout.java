package org.recurrentops.cpu;

import org.recurrentops.Philox;
import org.recurrentops.spi.RunState;

/**
 * Inter-layer dropout: element j of row n at step t is kept iff word j mod 4 of Philox at counter
 * (layer, stepOffset + t, n, j/4) is at least ⌊p·2³²⌋, and then scaled by 1/(1−p). Forward applies
 * it to values, backward to gradients.
 */
final class Dropout {
  private final long threshold;
  private final float scale;
  private final int batch;
  private long seed;
  private long stepOffset;

  Dropout(float p, int batch) {
    threshold = (long) Math.floor((double) p * 4294967296.0);
    scale = p < 1 ? 1f / (1f - p) : 0f;
    this.batch = batch;
  }

  void of(RunState state) {
    seed = state.seed();
    stepOffset = state.stepOffset();
  }

  /** Applies the mask of a layer's output to this worker's share of rows. */
  void apply(Worker w, Slab values, int layer, int rows, RowLengths lengths) {
    int end = w.to(rows, 1);
    for (int r = w.from(rows, 1); r < end; r++) {
      int t = r / batch;
      int n = r % batch;
      if (lengths.isValid(t, n)) {
        int step = (int) (stepOffset + t);
        row(w.words(), values.data, values.atRow(r), values.width, layer, step, n);
      }
    }
  }

  private void row(int[] words, float[] data, int at, int width, int layer, int step, int n) {
    for (int j = 0; j < width; j++) {
      if ((j & 3) == 0) {
        Philox.block(seed, layer, step, n, j >> 2, words);
      }
      boolean kept = Integer.toUnsignedLong(words[j & 3]) >= threshold;
      data[at + j] = kept ? data[at + j] * scale : 0f;
    }
  }
}
