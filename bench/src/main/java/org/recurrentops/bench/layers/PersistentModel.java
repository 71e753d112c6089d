package org.recurrentops.bench.layers;

import java.util.OptionalDouble;
import org.recurrentops.CellType;
import org.recurrentops.MathMode;

/**
 * What {@link GpuModel} expects of the algorithm {@code persistent} as it stands: float32, R in
 * shared memory, and per step a barrier of the grid, what all blocks read of the others, and the
 * multiply-adds of the own units. Written down before a card was measured.
 *
 * @param card the card without its multiprocessors
 * @param multiprocessors their number
 * @param clock GHz
 * @param sharedBytes shared memory of a block
 * @param barrier µs of a barrier of the grid
 * @param latency µs until the first words from L2 are there
 */
record PersistentModel(
    GpuModel card,
    int multiprocessors,
    double clock,
    int sharedBytes,
    double barrier,
    double latency) {
  /** Data sheet; barrier and latency are assumptions. */
  static final PersistentModel H200 =
      new PersistentModel(GpuModel.H200, 132, 1.85, 227 << 10, 1.3, 0.7);

  /** Rows of a thread's tile, and units of a group in backward. */
  private static final int TILE = 4;

  private static final int THREADS = 256;

  /** Multiply-adds of a multiprocessor per clock, and the share that loads leave of them. */
  private static final double RATE = 128 * 0.5;

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
    int units = ceil(s.hiddenSize(), multiprocessors);
    int groups = backward ? ceil(units, TILE) : units;
    int share = backward ? TILE * groups : units;
    int slices = backward ? gates : 1;
    int tiles = tiles(s, groups, backward ? TILE : gates, slices, backward ? 2 * share : share);
    if (tiles == 0) {
      return Double.NaN;
    }
    int chunks = ceil(s.batch(), TILE * tiles);
    double rows = (double) TILE * ceil(s.batch(), TILE);
    double arithmetic = rows * share * gates * s.hiddenSize() / (RATE * clock * 1e3);
    double blocks = ceil(s.hiddenSize(), share);
    double bytes = 4.0 * blocks * s.batch() * s.hiddenSize() * slices;
    double reading = chunks * slices * latency + bytes / (card.cache() * 1e6);
    return barrier + reading + arithmetic + chunks * FINISH;
  }

  /** Tiles of rows that fit beside the weights; 0 for none. */
  private int tiles(LayerShape s, int groups, int columns, int slices, int kept) {
    int quads = ceil(s.hiddenSize(), TILE);
    long fixed =
        4L * slices * quads * columns * groups
            + (long) TILE * columns * THREADS
            + (long) kept * s.batch();
    long left = sharedBytes / Float.BYTES - fixed;
    long fit = left < 0 ? 0 : left / (4L * TILE * (quads | 1));
    return (int) Math.min(fit, Math.min(ceil(s.batch(), TILE), THREADS / groups));
  }

  private static int ceil(int count, int by) {
    return (count + by - 1) / by;
  }
}
