package org.recurrentops.gpu;

import org.recurrentops.MathMode;
import org.recurrentops.RnnSpec;

/**
 * How a loop inside clusters is divided on tensor cores: a work-group has an even number of units,
 * its warps split the columns of the product first, four tiles to each, then the chunks of the
 * depth. The same arithmetic as {@code make_shard} in {@code cluster_tensor.h}.
 */
final class ClusterTensorGrid {
  private static final int LANES = 32;
  private static final int MOST_WARPS = 8;
  private static final int COLUMN_TILE = 8;
  private static final int CHUNK_WORDS = 16;
  private static final int QUAD_BYTES = 16;

  /** Fragments that the kernels have registers for: the template parameters in their files. */
  private static final TensorGrid.Held HELD = new TensorGrid.Held(8, 4);

  /** What loops that share a launch have of R, and as many of W. */
  private static final TensorGrid.Held ROLE_HELD = new TensorGrid.Held(4, 4);

  /** The same backward, where dy takes registers, too. */
  private static final TensorGrid.Held ROLE_HELD_BACK = new TensorGrid.Held(4, 3);

  private ClusterTensorGrid() {}

  static ClusterGrid forward(
      RnnSpec spec, MathMode mode, DeviceLimits limits, int size, int batch) {
    return of(spec, mode, limits, size, batch, spec.cell().gates(), 1, HELD, 0);
  }

  static ClusterGrid backward(
      RnnSpec spec, MathMode mode, DeviceLimits limits, int size, int batch) {
    return of(spec, mode, limits, size, batch, 1, spec.cell().gates(), HELD, 0);
  }

  /** Of a loop that shares a launch, see {@link ClusterGrid#role}. */
  static ClusterGrid role(
      RnnSpec spec, MathMode mode, DeviceLimits limits, int size, int batch, boolean forward) {
    int gates = spec.cell().gates();
    return forward
        ? of(spec, mode, limits, size, batch, gates, 1, ROLE_HELD, 0)
        : of(spec, mode, limits, size, batch, 1, gates, ROLE_HELD_BACK, 1);
  }

  /**
   * A grid: as many clusters as live at once, unless memory allows fewer rows.
   *
   * @param columns of the product, of a unit
   * @param gates of a row of what is exchanged
   * @param registers what they hold; but for {@link #HELD} there are weights W, too
   * @param dy numbers of it that a row and unit has on the chip
   */
  private static ClusterGrid of(
      RnnSpec spec,
      MathMode mode,
      DeviceLimits limits,
      int size,
      int batch,
      int columns,
      int gates,
      TensorGrid.Held registers,
      int dy) {
    boolean stacked = !registers.equals(HELD);
    int share = 2 * ceil(spec.hiddenSize(), 2 * size);
    int chunks = TensorGrid.rowWords(spec, mode, gates) / CHUNK_WORDS;
    int most = Math.min(MOST_WARPS, limits.maxGroupSize() / LANES);
    int groups = Math.min(ceil(columns * share, COLUMN_TILE * registers.tiles()), most);
    int parts = Math.min(most / groups, chunks);
    int mine = ceil(chunks, parts);
    int tiles = ceil(columns * share, COLUMN_TILE * groups);
    int threads = LANES * groups * parts;
    long held = (long) Math.min(registers.chunks(), mine) * Math.min(registers.tiles(), tiles);
    long width = (long) COLUMN_TILE * groups * tiles;
    long fixed =
        QUAD_BYTES * (stacked ? 2 : 1) * ((long) mine * tiles - held) * threads
            + 2L * Float.BYTES * parts * TensorGrid.ROW_TILE * width
            + (stacked ? Float.BYTES * Roles.WORDS : 0);
    long row =
        2L * Float.BYTES * (share + (long) CHUNK_WORDS * (chunks | 1)) + Float.BYTES * dy * share;
    int atOnce = Math.max(1, limits.computeUnits() / size);
    ClusterGrid grid = null;
    for (int t = Math.max(1, ceil(batch, TensorGrid.ROW_TILE * atOnce)); t > 0; t--) {
      int rows = TensorGrid.ROW_TILE * t;
      long bytes = fixed + row * Math.max(1, Math.min(batch, rows));
      grid = new ClusterGrid(ceil(batch, rows), threads, share, t, rows, bytes, Integer.MAX_VALUE);
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
