package org.recurrentops.gpu;

import java.util.List;
import org.recurrentops.RnnSpec;
import org.recurrentops.spi.PlanRequest;

/**
 * How a persistent kernel is divided where clusters of blocks divide the depth of the product, too:
 * a cluster has the units of its blocks, each of which owns {@code share} of them and has for all
 * of the cluster's the weights of a run of the depth. The same arithmetic as {@code make_portion}
 * in {@code persistent_2d.h}.
 *
 * <p>What that saves, for P blocks in clusters of p, G gates and float32: of h a block reads N·H/p
 * words a step instead of N·H, of the gate gradients G·N·H/p instead of G·N·H, so that all blocks
 * together load P·N·H·4/p bytes from L2 forward and G times that backward. Instead it writes
 * (p−1)·G·N·share words into its peers' shared memory forward, and (p−1)·N·share backward. All
 * weights of a block are in its shared memory; a tile of rows needs 1/p of the room.
 */
final class Persistent2dGrid {
  private static final int TILE = PersistentGrid.TILE;

  /** Sums that have come, and those that come. */
  private static final int BUFFERS = 2;

  /** Words for the verdict of a meeting, so that all that follows is aligned. */
  private static final int VERDICT = 4;

  private Persistent2dGrid() {}

  /** Those of the longest calls of a plan, on a device of at least one cluster. */
  static List<PersistentGrid> all(PlanRequest request, DeviceLimits limits, int size) {
    RnnSpec spec = request.spec();
    int batch = request.options().maxBatch();
    PersistentGrid forward = forward(spec, limits, size, batch);
    return request.options().isTraining()
        ? List.of(forward, backward(spec, limits, size, batch))
        : List.of(forward);
  }

  /** Forward: a group of columns is a unit with all its gates. */
  static PersistentGrid forward(RnnSpec spec, DeviceLimits limits, int size, int batch) {
    int gates = spec.cell().gates();
    return of(spec, limits, size, batch, gates, 1, gates);
  }

  /** Backward: a group is {@link #TILE} units; the depth is that of all gates beside each other. */
  static PersistentGrid backward(RnnSpec spec, DeviceLimits limits, int size, int batch) {
    return of(spec, limits, size, batch, TILE, spec.cell().gates(), 1);
  }

  /**
   * A grid.
   *
   * @param columns of a group
   * @param slices of the depth, one for each gate
   * @param sums of a unit that blocks exchange
   */
  private static PersistentGrid of(
      RnnSpec spec, DeviceLimits limits, int size, int batch, int columns, int slices, int sums) {
    int hidden = spec.hiddenSize();
    int most = limits.maxGroupSize();
    int share = ceil(hidden, limits.computeUnits() / size * size);
    int units = Math.multiplyExact(size, share);
    int groups = units * sums / columns;
    int run = ceil(ceil(hidden, TILE), size);
    int wanted = Math.max(1, Math.min(ceil(batch, TILE), most / groups));
    PersistentGrid grid = null;
    for (int tiles = wanted; tiles > 0; tiles--) {
      int items = groups * tiles;
      int parts = Math.max(1, Math.min(run, most / items));
      int threads = Math.min(most, 32 * ceil(items * parts, 32));
      int rows = TILE * tiles;
      long words =
          VERDICT
              + (long) BUFFERS * sums * rows * units
              + 4L * slices * run * columns * groups
              + (long) slices * rows * 4 * (run | 1)
              + (long) TILE * columns * threads
              + 2L * share * batch;
      int blocks = size * ceil(hidden, units);
      grid = new PersistentGrid(blocks, threads, share, tiles, Float.BYTES * words);
      if (grid.fits(limits)) {
        return grid;
      }
    }
    return grid;
  }

  /** Whether a block has threads for all groups of columns of its cluster. */
  static boolean hasThreads(PersistentGrid grid, DeviceLimits limits, int size) {
    return (long) size * grid.share() <= limits.maxGroupSize();
  }

  private static int ceil(int count, int by) {
    return (int) (((long) count + by - 1) / by);
  }
}
