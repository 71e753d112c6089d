package org.recurrentops.bench.layers;

import static org.recurrentops.bench.layers.PersistentModel.SHARED_BYTES_PER_CLOCK;
import static org.recurrentops.bench.layers.PersistentModel.ceil;

import java.util.OptionalDouble;
import org.recurrentops.CellType;
import org.recurrentops.MathMode;

/**
 * What {@link GpuModel} expects of the algorithm {@code persistent/2d}: through the mailbox of
 * {@link PersistentModel}, but each block reads one part of a plane, each word once, and sends its
 * sums to the other blocks of its cluster. A step has, per portion of rows, a barrier of the block
 * when words are staged, the wait for the bytes of all runs, and a barrier of the block after it.
 * Written down before a card was measured.
 *
 * @param flat the card
 * @param clusters clusters of eight that live at once, each of which may be two of four
 * @param hop µs from the last sum sent to the wait that has it
 */
record Persistent2dModel(PersistentModel flat, int clusters, double hop) {
  /** Clusters and hop are assumptions. */
  static final Persistent2dModel H200 = new Persistent2dModel(PersistentModel.H200, 15, 0.25);

  /** Blocks of the largest clusters. */
  static final int SIZE = 8;

  private static final int THREADS = 256;
  private static final int QUAD_BYTES = 16;
  private static final int CHUNK_BYTES = 64;

  /** Quads of a thread that are asked for at the same time. */
  private static final int ASKED = 8;

  /** Bytes of weights that a block's registers hold: 32 quads of each thread. */
  private static final int HELD = 32 * QUAD_BYTES * THREADS;

  /** Multiply-adds per clock: FP32, and 16 bits by mma.sync; what is reached of them. */
  private static final double RATE = 128 * 0.7;

  private static final double TENSOR_RATE = 1024 * 0.7;

  /** Bytes per clock that a block writes to its peers. */
  private static final double SENT = 32;

  /** µs for gates and barriers of a block, per portion of rows; in FP32 for each tile, too. */
  private static final double FINISH = 0.25;

  private static final double TILE_BARRIER = 0.03;

  /**
   * Predicted time of a call.
   *
   * @return milliseconds; empty where the algorithm refuses the shape
   */
  OptionalDouble millis(LayerShape s, Pass pass, MathMode mode) {
    if (s.cell() == CellType.GRU_RESET_BEFORE) {
      return OptionalDouble.empty();
    }
    boolean half = mode == MathMode.BF16 || mode == MathMode.FP16;
    double step = stepMicros(s, mode, false, half ? SIZE / 2 : SIZE);
    step += pass == Pass.FORWARD ? 0 : stepMicros(s, mode, true, SIZE);
    return Double.isNaN(step)
        ? OptionalDouble.empty()
        : OptionalDouble.of(flat.card().aroundChain(s, pass, mode) + s.steps() * step * 1e-3);
  }

  /** NaN where R does not fit, in clusters of a size. */
  double stepMicros(LayerShape s, MathMode mode, boolean backward, int size) {
    boolean tensor = mode != MathMode.FP32;
    int number = mode == MathMode.FP32 || mode == MathMode.TF32 ? 4 : 2;
    int grain = (tensor ? CHUNK_BYTES : QUAD_BYTES) / number;
    int padded = grain * ceil(s.hiddenSize(), grain);
    int gates = s.cell().gates();
    int sums = backward ? 1 : gates;
    int quantum = sums == 1 ? 4 : tensor ? 2 : 1;
    int share = quantum * ceil(padded, quantum * SIZE * clusters);
    int columns = 4 * ceil(sums * share, 4) * size; // of the cluster
    int run = grain * ceil(padded * (backward ? gates : 1) / grain, size);
    double weights = (double) columns * run * number;
    double inMemory = Math.max(0, weights - HELD);
    int tile = tensor ? 16 : 4;
    double row = 2.0 * columns * Float.BYTES + run * number + (tensor ? CHUNK_BYTES : 0);
    double fixed = inMemory + 8.0 * s.batch() * share + (tensor ? 0 : 128.0 * THREADS);
    int wanted = ceil(s.batch(), tile);
    int fit = (int) Math.min(wanted, (flat.sharedBytes() - fixed) / (tile * row));
    if (fit < 1) {
      return Double.NaN;
    }
    int portions = ceil(wanted, fit);
    int together = tile * ceil(wanted, portions);
    int rounds =
        portions * ceil(Math.min(together, s.batch()) * run * number, ASKED * QUAD_BYTES * THREADS);
    double blocks = size * (double) ceil(padded, size * share);
    double rate = tensor ? TENSOR_RATE / (number / 2) : RATE;
    double rows = s.batch() == 1 && !tensor ? 1 : (double) tile * wanted;
    Pace pace = flat.card().pace();
    double clocks =
        pace.products(mode) * rows * columns * run / rate
            + pace.shared() * wanted * inMemory / SHARED_BYTES_PER_CLOCK
            + pace.peers() * s.batch() * columns * Float.BYTES * (size - 1) / size / SENT;
    return flat.published()
        + rounds * flat.latency()
        + flat.reading(blocks * s.batch() * run * number)
        + portions * (hop + pace.finish() * FINISH)
        + (tensor ? 0 : pace.finish() * wanted * TILE_BARRIER)
        + clocks / (flat.clock() * 1e3);
  }
}
