package org.recurrentops.cpu;

import org.recurrentops.Philox;
import org.recurrentops.spi.RunState;

/**
 * Units of one state of one layer and direction that keep their value: m∘new + (1−m)∘old with a
 * mask m in training, and 1 − p for m in inference, see {@link
 * org.recurrentops.RnnSpecBuilder#zoneout}.
 */
final class Zoneout {
  static final int HIDDEN = 1;
  static final int CELL = 2;

  private final boolean training;
  private final float p;
  private final long threshold;
  private final int kindAndLayer;
  private final int firstUnit;
  private final int width;
  private long seed;
  private long stepOffset;

  /** For kind {@link #HIDDEN} or {@link #CELL}. */
  Zoneout(boolean training, float p, int kind, int layer, int direction, int width) {
    this.training = training;
    this.p = p;
    this.threshold = (long) Math.floor((double) p * 4294967296.0);
    this.kindAndLayer = kind << 16 | layer;
    this.firstUnit = direction * width;
    this.width = width;
  }

  void of(RunState state) {
    seed = state.seed();
    stepOffset = state.stepOffset();
  }

  /** Share of the new value for some units. */
  private void shares(Worker w, float[] m, int t, int n, int u, int count) {
    if (!training) {
      java.util.Arrays.fill(m, 0, count, 1 - p);
      return;
    }
    int[] words = w.words();
    for (int k = 0; k < count; k++) {
      int j = firstUnit + u + k;
      if (k == 0 || (j & 3) == 0) {
        Philox.block(seed, kindAndLayer, (int) (stepOffset + t), n, j >> 2, words);
      }
      m[k] = Integer.toUnsignedLong(words[j & 3]) >= threshold ? 1 : 0;
    }
  }

  /** after = m∘fresh + (1−m)∘before. */
  Stage forward(Slab fresh, Slab before, Slab after) {
    return new Pointwise(
        width,
        (w, t, n, u, count) -> {
          float[] m = w.lane(0);
          float[] a = w.lane(1);
          float[] b = w.lane(2);
          shares(w, m, t, n, u, count);
          System.arraycopy(fresh.data, fresh.at(t, n) + u, a, 0, count);
          System.arraycopy(before.data, before.at(t, n) + u, b, 0, count);
          for (int k = 0; k < count; k++) {
            a[k] = m[k] == 1 ? a[k] : m[k] == 0 ? b[k] : m[k] * a[k] + (1 - m[k]) * b[k];
          }
          System.arraycopy(a, 0, after.data, after.at(t, n) + u, count);
        });
  }

  /** dFresh = m∘dAfter. */
  Stage toFresh(Slab dAfter, Slab dFresh) {
    return new Pointwise(
        width,
        (w, t, n, u, count) -> {
          float[] m = w.lane(0);
          float[] d = w.lane(1);
          shares(w, m, t, n, u, count);
          System.arraycopy(dAfter.data, dAfter.at(t, n) + u, d, 0, count);
          for (int k = 0; k < count; k++) {
            d[k] = m[k] == 0 ? 0 : m[k] * d[k];
          }
          System.arraycopy(d, 0, dFresh.data, dFresh.at(t, n) + u, count);
        });
  }

  /** dBefore += (1−m)∘dAfter. */
  Stage toBefore(Slab dAfter, Slab dBefore) {
    return new Pointwise(
        width,
        (w, t, n, u, count) -> {
          float[] m = w.lane(0);
          float[] d = w.lane(1);
          float[] sum = w.lane(2);
          shares(w, m, t, n, u, count);
          System.arraycopy(dAfter.data, dAfter.at(t, n) + u, d, 0, count);
          System.arraycopy(dBefore.data, dBefore.at(t, n) + u, sum, 0, count);
          for (int k = 0; k < count; k++) {
            sum[k] = m[k] == 1 ? sum[k] : sum[k] + (1 - m[k]) * d[k];
          }
          System.arraycopy(sum, 0, dBefore.data, dBefore.at(t, n) + u, count);
        });
  }
}
