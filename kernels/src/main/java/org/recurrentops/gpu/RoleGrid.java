package org.recurrentops.gpu;

import org.recurrentops.RnnSpec;

/**
 * The division of a loop that shares a launch: weights in shared memory, a barrier per step. The
 * same arithmetic as in {@code persistent_pieces.h}.
 */
final class RoleGrid {
  /** Rows of a thread's tile, units of a group in backward, numbers of a quad. */
  private static final int TILE = PersistentGrid.TILE;

  private RoleGrid() {}

  /** Forward: a group of columns is a unit with all its gates. */
  static PersistentGrid forward(RnnSpec spec, DeviceLimits limits, int batch, boolean stack) {
    int share = ceil(spec.hiddenSize(), limits.computeUnits());
    return of(spec, limits, batch, share, share, spec.cell().gates(), stack ? 2 : 1, share);
  }

  /**
   * Backward: a group is {@link #TILE} units; the depth is that of all gates, one after another.
   */
  static PersistentGrid backward(RnnSpec spec, DeviceLimits limits, int batch, boolean stack) {
    int groups = ceil(spec.hiddenSize(), TILE * limits.computeUnits());
    int slices = spec.cell().gates() * (stack ? 2 : 1);
    return of(spec, limits, batch, TILE * groups, groups, TILE, slices, 2 * TILE * groups);
  }

  /**
   * As many tiles as there are rows for, threads to work on, and memory to hold.
   *
   * @param slices of the weights, those of the input included
   * @param kept numbers of a row
   */
  private static PersistentGrid of(
      RnnSpec spec,
      DeviceLimits limits,
      int batch,
      int share,
      int groups,
      int columns,
      int slices,
      int kept) {
    int most = limits.maxGroupSize();
    int blocks = ceil(spec.hiddenSize(), share);
    int quads = ceil(spec.hiddenSize(), TILE);
    int wanted = Math.max(1, Math.min(ceil(batch, TILE), most / groups));
    PersistentGrid grid = null;
    for (int tiles = wanted; tiles > 0; tiles--) {
      int items = groups * tiles;
      int parts = Math.max(1, Math.min(quads, most / items));
      int threads = Math.min(most, 32 * ceil(items * parts, 32));
      long words =
          (long) TILE * slices * quads * columns * groups
              + (long) TILE * tiles * TILE * (quads | 1)
              + (long) TILE * columns * threads
              + ((long) kept * batch + TILE - 1) / TILE * TILE;
      grid = new PersistentGrid(blocks, threads, share, tiles, Float.BYTES * words);
      if (grid.fits(limits)) {
        return grid;
      }
    }
    return grid;
  }

  private static int ceil(int count, int by) {
    return (int) (((long) count + by - 1) / by);
  }
}
