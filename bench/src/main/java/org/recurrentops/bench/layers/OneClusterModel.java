package org.recurrentops.bench.layers;

import static org.recurrentops.bench.layers.PersistentModel.ceil;

import java.util.List;
import java.util.OptionalDouble;
import org.recurrentops.CellType;
import org.recurrentops.MathMode;

/**
 * What {@link GpuModel} expects of the algorithm {@code one-cluster}: R on the chip of the fewest
 * blocks that hold it, and per step a barrier of the cluster, what travels between their shared
 * memories, and the multiply-adds of the own units; on tensor cores {@link ClusterTensorModel}.
 * Written down before a card was measured.
 *
 * @param card the card without its multiprocessors
 * @param clock GHz
 * @param sharedBytes shared memory of a block
 * @param barrier µs of a barrier of the cluster
 */
record OneClusterModel(GpuModel card, double clock, int sharedBytes, double barrier) {
  /** Data sheet; the barrier is an assumption. */
  static final OneClusterModel H200 = new OneClusterModel(GpuModel.H200, 1.85, 227 << 10, 0.3);

  /** Blocks of a cluster. */
  static final List<Integer> SIZES = List.of(1, 2, 4, 8, 16);

  private static final int TILE = 4;
  private static final int THREADS = 256;

  /** Multiply-adds of a multiprocessor per clock, and the share that loads leave of them. */
  private static final double RATE = 128 * 0.5;

  /** Bytes per clock that a block writes to its peers. */
  static final double SENT = 32;

  /** µs for sums, gates and barriers of a block. */
  static final double FINISH = 0.3;

  /**
   * Predicted time of a call in the fewest blocks.
   *
   * @return milliseconds; empty where the algorithm refuses the shape
   */
  OptionalDouble millis(LayerShape s, Pass pass, MathMode mode) {
    return millis(s, pass, mode, SIZES);
  }

  /** The same in the first of some sizes that holds the layer. */
  OptionalDouble millis(LayerShape s, Pass pass, MathMode mode, List<Integer> sizes) {
    if (s.cell() == CellType.GRU_RESET_BEFORE) {
      return OptionalDouble.empty();
    }
    return sizes.stream()
        .mapToDouble(size -> callMicros(s, pass, mode, size))
        .filter(step -> !Double.isNaN(step))
        .limit(1)
        .map(step -> card.aroundChain(s, pass, mode) + s.steps() * step * 1e-3)
        .findFirst();
  }

  /** Of a step and, in training, of one back; NaN where R does not fit. */
  double callMicros(LayerShape s, Pass pass, MathMode mode, int size) {
    double forward = stepMicros(s, mode, size, false);
    return pass == Pass.FORWARD ? forward : forward + stepMicros(s, mode, size, true);
  }

  /** NaN where R does not fit. */
  double stepMicros(LayerShape s, MathMode mode, int size, boolean backward) {
    return stepMicros(s, mode, size, backward, 1);
  }

  /**
   * The same where so many layers share a launch and have clusters of their own, each with W beside
   * R; NaN also where these do not all live at once.
   */
  double stepMicros(LayerShape s, MathMode mode, int size, boolean backward, int layers) {
    return mode == MathMode.FP32
        ? stepMicros(s, size, backward, layers)
        : new ClusterTensorModel(this).stepMicros(s, mode, size, backward, layers);
  }

  /** Milliseconds of a stack layer after layer; empty where one is refused. */
  OptionalDouble inTurn(LayerShape first, int layers, Pass pass, MathMode mode) {
    OptionalDouble lowest = millis(first, pass, mode);
    OptionalDouble upper = millis(StackModel.inner(first), pass, mode);
    return lowest.isPresent() && upper.isPresent()
        ? OptionalDouble.of(lowest.getAsDouble() + (layers - 1) * upper.getAsDouble())
        : OptionalDouble.empty();
  }

  /** As a wavefront of T + L - 1 steps in the fewest blocks; empty where these do not fit. */
  OptionalDouble inWave(LayerShape first, int layers, Pass pass, MathMode mode) {
    double around = card.aroundChain(first, pass, mode);
    if (pass != Pass.FORWARD) { // dW of both sides; all else of an upper layer is in the steps
      around += (layers - 1) * 2e-3 * card.productMicros(first, first.hiddenSize(), mode);
    }
    double outside = around;
    return SIZES.stream()
        .mapToDouble(
            size -> {
              double forward = stepMicros(first, mode, size, false, layers);
              boolean both = pass != Pass.FORWARD;
              return both ? forward + stepMicros(first, mode, size, true, layers) : forward;
            })
        .filter(step -> !Double.isNaN(step))
        .limit(1)
        .map(step -> outside + (first.steps() + layers - 1) * step * 1e-3)
        .findFirst();
  }

  /** Clusters that live at once: GPCs of 16 or 18 multiprocessors, 132 in all; assumed. */
  static int clusters(int size) {
    return size <= 2 ? 132 / size : size == 16 ? 7 : 120 / size;
  }

  /** Of a step at its end, and where stacked for the sums of W x. */
  double meeting(int size, boolean stacked) {
    return (size == 1 ? 0 : barrier) + card.pace().finish() * FINISH * (stacked ? 2 : 1);
  }

  private double stepMicros(LayerShape s, int size, boolean backward, int layers) {
    int gates = s.cell().gates();
    int units = ceil(s.hiddenSize(), size);
    int groups = backward ? ceil(units, TILE) : units;
    int share = backward ? TILE * groups : units;
    int slices = backward ? gates : 1;
    int clusters = clusters(size) / layers;
    if (clusters == 0) {
      return Double.NaN;
    }
    int wanted = Math.min(ceil(s.batch(), TILE * clusters), THREADS / Math.max(1, groups));
    boolean stacked = layers > 1;
    int tiles = Math.min(Math.max(1, wanted), fit(s, groups, share, backward, stacked));
    if (tiles == 0 || share > THREADS) {
      return Double.NaN;
    }
    int rows = TILE * tiles;
    double inTurn = ceil(ceil(s.batch(), rows), clusters);
    if (stacked && inTurn > 1) {
      return Double.NaN;
    }
    double one = card.pace().float32() * rows * share * gates * s.hiddenSize() / RATE;
    double arithmetic = stacked ? 2 * one : one;
    double sending = size == 1 ? 0 : card.pace().peers() * 4 * size * rows * share * slices / SENT;
    return inTurn * (meeting(size, stacked) + (arithmetic + sending) / (clock * 1e3));
  }

  /** Tiles of rows that fit beside the weights, of R and where stacked of W; 0 for none. */
  private int fit(LayerShape s, int groups, int share, boolean backward, boolean stacked) {
    int slices = backward ? s.cell().gates() : 1;
    int columns = backward ? TILE : s.cell().gates();
    int quads = ceil(s.hiddenSize(), TILE);
    long weights = (stacked ? 8L : 4L) * slices * quads * columns * groups;
    long fixed = weights + (long) TILE * columns * THREADS;
    long input = stacked ? 4L * (slices * quads | 1) + (backward ? share : 0) : 0;
    long row = 2L * slices * 4 * (quads | 1) + (backward ? 2L : 1L) * share + input;
    long tile = TILE * row;
    long left = sharedBytes / Float.BYTES - fixed;
    return (int) (left < 0 ? 0 : Math.min(Integer.MAX_VALUE, left / tile));
  }
}
