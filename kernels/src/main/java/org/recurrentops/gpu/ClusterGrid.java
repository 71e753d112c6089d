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

  /** Bytes of the words that count what has come. */
  private static final int WORDS = 16;

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
    int share = ceil(spec.hiddenSize(), size);
    return of(spec, limits, size, batch, share, share, spec.cell().gates(), 1, 1);
  }

  /** Backward: a group is {@link #TILE} units; the depth is that of all gates. */
  static ClusterGrid backward(
      RnnSpec spec, MathMode mode, DeviceLimits limits, int size, int batch) {
    if (mode != MathMode.FP32) {
      return ClusterTensorGrid.backward(spec, mode, limits, size, batch);
    }
    int groups = ceil(spec.hiddenSize(), TILE * size);
    return of(spec, limits, size, batch, TILE * groups, groups, TILE, spec.cell().gates(), 2);
  }

  /** As many clusters as live at once, unless memory or threads allow fewer rows. */
  private static ClusterGrid of(
      RnnSpec spec,
      DeviceLimits limits,
      int size,
      int batch,
      int share,
      int groups,
      int columns,
      int slices,
      int kept) {
    int atOnce = Math.max(1, limits.computeUnits() / size);
    int most = limits.maxGroupSize();
    int wanted = Math.max(1, Math.min(ceil(batch, TILE * atOnce), most / groups));
    int quads = ceil(spec.hiddenSize(), TILE);
    ClusterGrid grid = null;
    for (int tiles = wanted; tiles > 0; tiles--) {
      int items = groups * tiles;
      int parts = Math.max(1, Math.min(quads, most / items));
      int threads = Math.min(most, 32 * ceil(items * parts, 32));
      int rows = TILE * tiles;
      long words =
          4L * slices * quads * columns * groups
              + (long) BUFFERS * slices * rows * 4 * (quads | 1)
              + (long) TILE * columns * threads
              + (long) kept * share * rows;
      int clusters = ceil(batch, rows);
      grid = new ClusterGrid(clusters, threads, share, tiles, rows, Float.BYTES * words, most);
      if (grid.fits(limits)) {
        return grid;
      }
    }
    return grid;
  }

  /** Whether a work-group fits. */
  boolean fits(DeviceLimits limits) {
    return bytes + WORDS <= limits.localMemoryBytes() && share <= mostUnits;
  }

  private static int ceil(int count, int by) {
    return (int) (((long) count + by - 1) / by);
  }
}
