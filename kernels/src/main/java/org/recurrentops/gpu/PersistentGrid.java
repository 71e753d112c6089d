package org.recurrentops.gpu;

import java.util.List;
import org.recurrentops.MathMode;
import org.recurrentops.RnnSpec;
import org.recurrentops.spi.PlanRequest;

/**
 * How a persistent kernel is divided among the blocks and threads of a grid that lives as a whole:
 * one block per multiprocessor, of those that {@link Residency} has found to be there, each with
 * the weights of {@code share} units in its shared memory. The same arithmetic as in {@code
 * persistent_pieces.h}.
 *
 * @param blocks work-groups
 * @param threads work-items of each
 * @param share units of a block
 * @param tiles tiles that a block multiplies at a time: of {@link #TILE} rows, on tensor cores of
 *     columns
 * @param bytes shared memory of a block
 */
record PersistentGrid(int blocks, int threads, int share, int tiles, long bytes) {
  /** Rows of a thread's tile, units of a group in backward, and bytes of a quad in words. */
  static final int TILE = 4;

  /** Those of the longest calls of a plan. */
  static List<PersistentGrid> all(PlanRequest request, DeviceLimits limits) {
    RnnSpec spec = request.spec();
    int batch = request.options().maxBatch();
    MathMode mode = request.options().mathMode();
    PersistentGrid forward = forward(spec, mode, limits, batch);
    return request.options().isTraining()
        ? List.of(forward, backward(spec, mode, limits, batch))
        : List.of(forward);
  }

  /** Forward: a group of columns is a unit with all its gates. */
  static PersistentGrid forward(RnnSpec spec, MathMode mode, DeviceLimits limits, int batch) {
    if (mode != MathMode.FP32) {
      return TensorGrid.forward(spec, mode, limits, batch);
    }
    int share = ceil(spec.hiddenSize(), limits.computeUnits());
    return of(spec, limits, batch, share, share, spec.cell().gates(), 1, 1);
  }

  /**
   * Backward: a group is {@link #TILE} units; the depth is that of all gates, one after another.
   */
  static PersistentGrid backward(RnnSpec spec, MathMode mode, DeviceLimits limits, int batch) {
    if (mode != MathMode.FP32) {
      return TensorGrid.backward(spec, mode, limits, batch);
    }
    int groups = ceil(spec.hiddenSize(), TILE * limits.computeUnits());
    return of(spec, limits, batch, TILE * groups, groups, TILE, spec.cell().gates(), 2);
  }

  /** As many tiles as there are rows for, threads to work on, and memory to hold. */
  private static PersistentGrid of(
      RnnSpec spec,
      DeviceLimits limits,
      int batch,
      int share,
      int groups,
      int columns,
      int slices,
      int kept) {
    int hidden = spec.hiddenSize();
    int most = limits.maxGroupSize();
    int wanted = Math.max(1, Math.min(ceil(batch, TILE), most / groups));
    PersistentGrid grid = null;
    for (int tiles = wanted; tiles > 0; tiles--) {
      int items = groups * tiles;
      int quads = ceil(hidden, TILE);
      int parts = Math.max(1, Math.min(quads, most / items));
      int threads = Math.min(most, 32 * ceil(items * parts, 32));
      long words =
          4L * slices * quads * columns * groups
              + (long) TILE * tiles * 4 * (quads | 1)
              + (long) TILE * columns * threads
              + (long) kept * share * batch;
      grid = new PersistentGrid(ceil(hidden, share), threads, share, tiles, Float.BYTES * words);
      if (grid.bytes <= limits.localMemoryBytes()) {
        return grid;
      }
    }
    return grid;
  }

  /** Whether a block fits on a multiprocessor. */
  boolean fits(DeviceLimits limits) {
    return bytes <= limits.localMemoryBytes() && share <= limits.maxGroupSize();
  }

  private static int ceil(int count, int by) {
    return (int) (((long) count + by - 1) / by);
  }
}
