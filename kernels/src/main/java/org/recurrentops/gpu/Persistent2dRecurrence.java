package org.recurrentops.gpu;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.recurrentops.DeviceException;
import org.recurrentops.MathMode;
import org.recurrentops.ParameterSlice.Kind;
import org.recurrentops.RnnSpec;
import org.recurrentops.spi.PlanRequest;

/**
 * Strategy {@code persistent/2d}: one cooperative launch walks the whole sequence in float32, as in
 * {@link PersistentRecurrence}, but on a grid of clusters that divide the product in two ways, R in
 * shared memory. A cluster has some units, and each of its blocks multiplies a run of h (backward:
 * of the gate gradients) by the weights that all of them have for it; the sums go over the
 * cluster's shared memory to the block that owns the unit. So a block reads a part of what is
 * exchanged only, see {@link Persistent2dGrid}, which backward, where that is G times as much,
 * needs most. What all need of a step goes through memory and a barrier in which one block speaks
 * for its cluster.
 *
 * <p>Residency, handshake, bounded waits and what happens if somebody does not come are those of
 * {@link PersistentRecurrence}; the blocks of a cluster give up all together or not at all.
 */
final class Persistent2dRecurrence implements Recurrence {
  private static final OnChip KIND = new OnChip(Algorithm.PERSISTENT_2D);

  private final DeviceLimits limits;
  private final int size;
  private final Supplier<Address> errors;
  private final boolean proved;

  /** For plans of one queue of a device that has clusters. */
  Persistent2dRecurrence(Device device, Grids grids) {
    limits = grids.clustered().get();
    size = device.clusters().orElseThrow().size();
    errors = grids.errors();
    proved = grids.proved().test(Algorithm.PERSISTENT_2D);
  }

  /**
   * Why it cannot run a request on a device whose driver knows clusters, or empty.
   *
   * @param residency counted only where nothing else refuses
   */
  static Optional<String> refusal(PlanRequest request, Device device, Residency residency) {
    RnnSpec spec = request.spec();
    Clusters clusters = device.clusters().orElseThrow();
    MathMode mode = request.options().mathMode();
    if (!clusters.lacking().isEmpty()) {
      return KIND.refused(clusters.lacking());
    }
    if (mode != MathMode.FP32) {
      return KIND.refused("multiplies in FP32 only, got " + mode);
    }
    Optional<String> cell = KIND.cellRefusal(spec);
    if (cell.isPresent()) {
      return cell;
    }
    DeviceLimits limits;
    try {
      limits = residency.clustered(request);
    } catch (DeviceException e) {
      if (e.sticky()) {
        throw e;
      }
      return KIND.refused("its work-groups could not be counted: " + e.getMessage());
    }
    return sizeRefusal(request, limits, clusters.size(), device.limits().computeUnits());
  }

  /**
   * Why a grid is too large.
   *
   * @param limits with the multiprocessors on which blocks were resident at once
   * @param all multiprocessors
   */
  private static Optional<String> sizeRefusal(
      PlanRequest request, DeviceLimits limits, int size, int all) {
    int units = limits.computeUnits();
    if (units < size) {
      String why = "needs a cluster of " + size + " work-groups, on " + all;
      return KIND.refused(why + " multiprocessors were resident at once " + units);
    }
    String where = "in " + units / size + " clusters of " + size + " work-groups";
    where += units < all ? ", of " + all / size + " those that were resident at once," : "";
    for (PersistentGrid grid : Persistent2dGrid.all(request, limits, size)) {
      if (!Persistent2dGrid.hasThreads(grid, limits, size)) {
        return KIND.refused(
            "H="
                + request.spec().hiddenSize()
                + " "
                + where
                + " is "
                + (long) size * grid.share()
                + " units of a cluster, expected at most "
                + limits.maxGroupSize());
      }
      if (!grid.fits(limits)) {
        return KIND.doesNotFit(
            request.spec(), where, grid.share(), grid.bytes(), PersistentGrid.TILE, limits);
      }
    }
    return Optional.empty();
  }

  @Override
  public void forward(
      WorkList list, CallMemory memory, Bindings bindings, int layer, int direction) {
    PersistentGrid grid = Persistent2dGrid.forward(memory.spec, limits, size, memory.batch);
    KernelId kernel = ClusterKernels.dividing(memory.spec).orElseThrow().forward();
    bindings.put("weight", memory.weight(Kind.WEIGHT_HH, layer, direction));
    list.add(launches(list, memory, bindings, kernel, grid, direction));
  }

  @Override
  public void backward(
      WorkList list, CallMemory memory, Bindings bindings, int layer, int direction) {
    PersistentGrid grid = Persistent2dGrid.backward(memory.spec, limits, size, memory.batch);
    KernelId kernel = ClusterKernels.dividing(memory.spec).orElseThrow().backward();
    bindings.put("weight", memory.weight(Kind.WEIGHT_HH, layer, direction));
    List<Stage> perStep = StateGradients.stages(list, memory, bindings);
    list.add(launches(list, memory, bindings, kernel, grid, direction).before(perStep));
  }

  private SequenceLaunches launches(
      WorkList list,
      CallMemory memory,
      Bindings bindings,
      KernelId kernel,
      PersistentGrid grid,
      int direction) {
    boolean reverse = memory.spec.direction().isReverse(direction);
    double budget = OnChip.LAUNCH_BUDGET;
    return MeetingLaunches.of(list, memory, bindings, kernel, grid, errors, reverse, budget);
  }

  @Override
  public boolean splits() {
    return false;
  }

  @Override
  public String describe(RnnSpec spec) {
    PersistentGrid grid = Persistent2dGrid.forward(spec, limits, size, 1);
    return "persistent/2d: one cooperative launch per direction, "
        + grid.blocks() / size
        + " clusters of "
        + size
        + " work-groups that divide the depth of the product, of "
        + grid.share()
        + " units each, a barrier of the grid per step"
        + OnChip.standing(proved);
  }
}
