package org.recurrentops.gpu;

import java.util.List;
import java.util.Optional;
import org.recurrentops.MathMode;
import org.recurrentops.RnnSpec;
import org.recurrentops.spi.PlanRequest;

/**
 * How a persistent kernel is divided among the blocks and threads of a grid that lives as a whole:
 * one block per multiprocessor, of those that {@link Residency} has found to be there, each with
 * the weights of {@code share} units in its registers and shared memory, see {@link StripGrid} and
 * {@link TensorGrid}.
 *
 * @param blocks work-groups
 * @param threads work-items of each
 * @param share units of a block
 * @param tiles tiles that a block multiplies at a time: of {@link #TILE} rows, on tensor cores of
 *     columns
 * @param bytes shared memory of a block
 * @param streaming weights that are in neither
 */
record PersistentGrid(
    int blocks, int threads, int share, int tiles, long bytes, Streaming streaming) {
  /** Rows of a thread's tile. */
  static final int TILE = 4;

  /** One that has all weights on the chip. */
  PersistentGrid(int blocks, int threads, int share, int tiles, long bytes) {
    this(blocks, threads, share, tiles, bytes, Streaming.NONE);
  }

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

  /** Forward: a block has its units with all their gates. */
  static PersistentGrid forward(RnnSpec spec, MathMode mode, DeviceLimits limits, int batch) {
    if (mode != MathMode.FP32) {
      return TensorGrid.forward(spec, mode, limits, batch);
    }
    return StripGrid.forward(spec, limits, batch);
  }

  /** Backward: the depth is that of all gates, one after another. */
  static PersistentGrid backward(RnnSpec spec, MathMode mode, DeviceLimits limits, int batch) {
    if (mode != MathMode.FP32) {
      return TensorGrid.backward(spec, mode, limits, batch);
    }
    return StripGrid.backward(spec, limits, batch);
  }

  /** As many grids in one. */
  PersistentGrid times(int loops) {
    return new PersistentGrid(loops * blocks, threads, share, tiles, bytes, streaming);
  }

  /** That a block has more units than a device takes, behind who has them, or empty. */
  Optional<String> tooManyUnits(DeviceLimits limits) {
    return share <= limits.maxGroupSize()
        ? Optional.empty()
        : Optional.of(
            share
                + " units for each work-group, which takes at most "
                + limits.maxGroupSize()
                + ", one for each work-item");
  }

  /** Whether a block fits on a multiprocessor. */
  boolean fits(DeviceLimits limits) {
    return bytes <= limits.localMemoryBytes() && tooManyUnits(limits).isEmpty();
  }
}
