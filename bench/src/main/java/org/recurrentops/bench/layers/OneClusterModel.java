package org.recurrentops.bench.layers;

import java.util.OptionalDouble;
import org.recurrentops.CellType;
import org.recurrentops.MathMode;

/**
 * What {@link GpuModel} expects of the algorithm {@code one-cluster}: float32, R in the shared
 * memory of eight blocks, and per step a barrier of the cluster, what travels between their shared
 * memories, and the multiply-adds of the own units. Written down before a card was measured.
 *
 * @param card the card without its multiprocessors
 * @param clusters clusters of eight that live at once
 * @param clock GHz
 * @param sharedBytes shared memory of a block
 * @param barrier µs of a barrier of the cluster
 */
record OneClusterModel(GpuModel card, int clusters, double clock, int sharedBytes, double barrier) {
  /** Data sheet; clusters and barrier are assumptions. */
  static final OneClusterModel H200 = new OneClusterModel(GpuModel.H200, 15, 1.85, 227 << 10, 0.3);

  private static final int SIZE = 8;
  private static final int TILE = 4;
  private static final int THREADS = 256;

  /** Multiply-adds of a multiprocessor per clock, and the share that loads leave of them. */
  private static final double RATE = 128 * 0.5;

  /** Bytes per clock that a block writes to its peers. */
  private static final double SENT = 32;

  /** µs for sums, gates and barriers of a block. */
  private static final double FINISH = 0.3;

  /**
   * Predicted time of a call.
   *
   * @return milliseconds; empty where the algorithm refuses the shape
   */
  OptionalDouble millis(LayerShape s, Pass pass, MathMode mode) {
    if (mode != MathMode.FP32 || s.cell() == CellType.GRU_RESET_BEFORE) {
      return OptionalDouble.empty();
    }
    double forward = stepMicros(s, false);
    double step = pass == Pass.FORWARD ? forward : forward + stepMicros(s, true);
    return Double.isNaN(step)
        ? OptionalDouble.empty()
        : OptionalDouble.of(card.aroundChain(s, pass, mode) + s.steps() * step * 1e-3);
  }

  /** NaN where R does not fit. */
  private double stepMicros(LayerShape s, boolean backward) {
    int gates = s.cell().gates();
    int units = ceil(s.hiddenSize(), SIZE);
    int groups = backward ? ceil(units, TILE) : units;
    int share = backward ? TILE * groups : units;
    int slices = backward ? gates : 1;
    int wanted = Math.min(ceil(s.batch(), TILE * clusters), THREADS / Math.max(1, groups));
    int tiles = Math.min(Math.max(1, wanted), fit(s, groups, share, backward));
    if (tiles == 0 || share > THREADS) {
      return Double.NaN;
    }
    int rows = TILE * tiles;
    double inTurn = ceil(ceil(s.batch(), rows), clusters);
    double arithmetic = (double) rows * share * gates * s.hiddenSize() / RATE;
    double sending = 4.0 * SIZE * rows * share * slices / SENT;
    return inTurn * (barrier + FINISH + (arithmetic + sending) / (clock * 1e3));
  }

  /** Tiles of rows that fit beside the weights; 0 for none. */
  private int fit(LayerShape s, int groups, int share, boolean backward) {
    int slices = backward ? s.cell().gates() : 1;
    int columns = backward ? TILE : s.cell().gates();
    int quads = ceil(s.hiddenSize(), TILE);
    long fixed = 4L * slices * quads * columns * groups + (long) TILE * columns * THREADS;
    long tile = (long) TILE * (2L * slices * 4 * (quads | 1) + (backward ? 2L : 1L) * share);
    long left = sharedBytes / Float.BYTES - fixed;
    return (int) (left < 0 ? 0 : Math.min(Integer.MAX_VALUE, left / tile));
  }

  private static int ceil(int count, int by) {
    return (count + by - 1) / by;
  }
}
