package org.recurrentops.gpu;

import java.util.List;
import org.recurrentops.MathMode;
import org.recurrentops.RnnSpec;
import org.recurrentops.spi.PlanRequest;

/**
 * How a loop inside clusters is divided: each cluster has the whole layer and some rows, each of
 * its work-groups the weights of {@code share} units in local memory, and what all need of a step
 * twice. The same arithmetic as in {@code persistent_pieces.h} and {@code persistent_cluster.h}; on
 * tensor cores see {@link ClusterTensorGrid}.
 *
 * @param clusters shards of rows
 * @param threads work-items of a work-group
 * @param share units of a work-group
 * @param tiles tiles of {@link PersistentGrid#TILE} rows of a shard, on tensor cores of {@link
 *     TensorGrid#ROW_TILE}
 * @param rows of a shard
 * @param bytes local memory of a work-group
 * @param mostUnits of a work-group: in FP32 a unit is a work-item's, on tensor cores, where items
 *     walk over units, there may be any number
 */
record ClusterGrid(
    int clusters, int threads, int share, int tiles, int rows, long bytes, int mostUnits) {
  private static final int TILE = PersistentGrid.TILE;

  /** What is exchanged in a step, and the step before it. */
  private static final int BUFFERS = 2;

  /**
   * Bytes of the words that count what has come, and of those at the end: {@code CLUSTER_WORDS}.
   */
  static final int WORDS = 80;

  /** Those of the longest calls of a plan. */
  static List<ClusterGrid> all(PlanRequest request, DeviceLimits limits, int size) {
    RnnSpec spec = request.spec();
    int batch = request.options().maxBatch();
    MathMode mode = request.options().mathMode();
    ClusterGrid forward = forward(spec, mode, limits, size, batch);
    return request.options().isTraining()
        ? List.of(forward, backward(spec, mode, limits, size, batch))
        : List.of(forward);
  }

  /** Forward: a group of columns is a unit with all its gates. */
  static ClusterGrid forward(
      RnnSpec spec, MathMode mode, DeviceLimits limits, int size, int batch) {
    if (mode != MathMode.FP32) {
      return ClusterTensorGrid.forward(spec, mode, limits, size, batch);
    }
    return forward(spec, size, false).grid(limits, size, batch);
  }

  /** Backward: a group is {@link #TILE} units; the depth is that of all gates. */
  static ClusterGrid backward(
      RnnSpec spec, MathMode mode, DeviceLimits limits, int size, int batch) {
    if (mode != MathMode.FP32) {
      return ClusterTensorGrid.backward(spec, mode, limits, size, batch);
    }
    return backward(spec, size, false).grid(limits, size, batch);
  }

  /**
   * Of a loop that shares a launch with those of other layers: it has W beside R, what a step of
   * the layer before gives, and backward dy of a step. The same arithmetic as {@code make_input} in
   * {@code cluster_roles.h}.
   *
   * @param limits with as many compute units as the loop has
   */
  static ClusterGrid role(
      RnnSpec spec, MathMode mode, DeviceLimits limits, int size, int batch, boolean forward) {
    if (mode != MathMode.FP32) {
      return ClusterTensorGrid.role(spec, mode, limits, size, batch, forward);
    }
    Division division = forward ? forward(spec, size, true) : backward(spec, size, true);
    return division.grid(limits, size, batch);
  }

  private static Division forward(RnnSpec spec, int size, boolean stacked) {
    int share = ceil(spec.hiddenSize(), size);
    int quads = ceil(spec.hiddenSize(), TILE);
    return new Division(quads, share, share, spec.cell().gates(), 1, 1, stacked ? 1 : 0, 0);
  }

  private static Division backward(RnnSpec spec, int size, boolean stacked) {
    int groups = ceil(spec.hiddenSize(), TILE * size);
    int quads = ceil(spec.hiddenSize(), TILE);
    int gates = spec.cell().gates();
    int inputs = stacked ? 1 : 0;
    return new Division(quads, TILE * groups, groups, TILE, gates, 2, inputs, inputs);
  }

  /**
   * Of the units among work-groups, and of what these multiply.
   *
   * @param inputs 1 if there are weights W, too
   * @param given numbers of dy, of a row and unit
   */
  private record Division(
      int quads, int share, int groups, int columns, int slices, int kept, int inputs, int given) {
    /** As many clusters as live at once, unless memory or threads allow fewer rows. */
    ClusterGrid grid(DeviceLimits limits, int size, int batch) {
      int atOnce = Math.max(1, limits.computeUnits() / size);
      int most = limits.maxGroupSize();
      int wanted = Math.max(1, Math.min(ceil(batch, TILE * atOnce), most / groups));
      ClusterGrid grid = null;
      for (int tiles = wanted; tiles > 0; tiles--) {
        int items = groups * tiles;
        int parts = Math.max(1, Math.min(quads, most / items));
        int threads = Math.min(most, 32 * ceil(items * parts, 32));
        int rows = TILE * tiles;
        long bytes = Float.BYTES * words(rows, threads);
        grid = new ClusterGrid(ceil(batch, rows), threads, share, tiles, rows, bytes, most);
        if (grid.fits(limits)) {
          return grid;
        }
      }
      return grid;
    }

    private long words(int rows, int threads) {
      long weights = 4L * slices * quads * columns * groups;
      long input = Roles.WORDS + weights + (long) rows * 4 * (slices * quads | 1);
      return weights
          + (long) BUFFERS * slices * rows * 4 * (quads | 1)
          + (long) TILE * columns * threads
          + (long) (kept + given) * share * rows
          + inputs * input;
    }
  }

  /**
   * As a grid of so many loops.
   *
   * @param size work-groups of a cluster
   */
  PersistentGrid times(int loops, int size) {
    int blocks = Math.multiplyExact(Math.multiplyExact(loops, clusters), size);
    return new PersistentGrid(blocks, threads, share, tiles, bytes);
  }

  /** Whether a work-group fits. */
  boolean fits(DeviceLimits limits) {
    return bytes + WORDS <= limits.localMemoryBytes() && share <= mostUnits;
  }

  private static int ceil(int count, int by) {
    return (int) (((long) count + by - 1) / by);
  }
}
