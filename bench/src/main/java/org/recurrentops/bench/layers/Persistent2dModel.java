package org.recurrentops.bench.layers;

import java.util.OptionalDouble;
import org.recurrentops.CellType;
import org.recurrentops.MathMode;

/**
 * What {@link GpuModel} expects of the algorithm {@code persistent/2d}: as {@link PersistentModel},
 * but each block reads an eighth of what is exchanged, once for all gates, and sends its sums to
 * the other blocks of its cluster; and a step has a barrier of the grid with one block of each
 * cluster in it, two of the cluster around it and one more for each group of rows. Written down
 * before a card was measured.
 *
 * @param card the card without its multiprocessors
 * @param clusters clusters of eight that live at once
 * @param clock GHz
 * @param sharedBytes shared memory of a block
 * @param grid µs of a barrier between clusters
 * @param cluster µs of a barrier of the cluster
 * @param latency µs until the first words from L2 are there
 */
record Persistent2dModel(
    GpuModel card,
    int clusters,
    double clock,
    int sharedBytes,
    double grid,
    double cluster,
    double latency) {
  /** Data sheet; clusters, barriers and latency are assumptions. */
  static final Persistent2dModel H200 =
      new Persistent2dModel(GpuModel.H200, 15, 1.85, 227 << 10, 1.0, 0.3, 0.7);

  private static final int SIZE = 8;

  /** Rows of a thread's tile, and units of a group in backward. */
  private static final int TILE = 4;

  private static final int THREADS = 256;

  /** Multiply-adds of a multiprocessor per clock, and the share that loads leave of them. */
  private static final double RATE = 128 * 0.5;

  /** Bytes per clock that a block writes to its peers. */
  private static final double SENT = 32;

  /** µs for sums, gates and barriers of a block, per group of rows that fits. */
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
    int share = ceil(s.hiddenSize(), SIZE * clusters);
    int units = SIZE * share;
    int groups = backward ? units / TILE : units;
    int slices = backward ? gates : 1;
    int sums = backward ? 1 : gates;
    int tiles = units > THREADS ? 0 : tiles(s, groups, backward ? TILE : gates, slices, sums);
    if (tiles == 0) {
      return Double.NaN;
    }
    int chunks = ceil(s.batch(), TILE * tiles);
    double rows = (double) TILE * ceil(s.batch(), TILE);
    double clocks = clock * 1e3;
    double arithmetic = rows * share * gates * s.hiddenSize() / (RATE * clocks);
    double sent = 4.0 * s.batch() * units * sums * (SIZE - 1) / SIZE;
    double blocks = SIZE * (double) ceil(s.hiddenSize(), units);
    double read = 4.0 * blocks * s.batch() * s.hiddenSize() * slices / SIZE;
    return grid
        + 2 * cluster
        + chunks * (latency + cluster + FINISH)
        + read / (card.cache() * 1e6)
        + sent / (SENT * clocks)
        + arithmetic;
  }

  /** Tiles of rows that fit beside the weights; 0 for none. */
  private int tiles(LayerShape s, int groups, int columns, int slices, int sums) {
    int run = ceil(ceil(s.hiddenSize(), TILE), SIZE);
    int units = groups * columns / sums;
    long fixed =
        4
            + 4L * slices * run * columns * groups
            + (long) TILE * columns * THREADS
            + 2L * units / SIZE * s.batch();
    long tile = (long) TILE * (2L * sums * units + 4L * slices * (run | 1));
    long left = sharedBytes / Float.BYTES - fixed;
    long fit = left < 0 ? 0 : left / tile;
    return (int) Math.min(fit, Math.min(ceil(s.batch(), TILE), THREADS / groups));
  }

  private static int ceil(int count, int by) {
    return (count + by - 1) / by;
  }
}
