package org.recurrentops.gpu;

import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.recurrentops.DeviceException;
import org.recurrentops.MathMode;
import org.recurrentops.ParameterSlice.Kind;
import org.recurrentops.RnnSpec;
import org.recurrentops.spi.PlanRequest;

/**
 * Strategy {@code persistent/2d}: one cooperative launch walks the whole sequence, as in {@link
 * PersistentRecurrence} and through the same {@link Mailbox}, but on a grid of clusters that divide
 * the product in two ways. A cluster has some units, and each of its blocks multiplies a run of h
 * (backward: of the gate gradients) by the weights that all of them have for it, in registers
 * first, then in shared memory; the sums go over the cluster's shared memory to the block that owns
 * the unit, which goes on when their bytes have come. So a block reads a part of what is exchanged
 * only, see {@link Persistent2dGrid}, which backward, where that is G times as much, needs most.
 *
 * <p>A sum is over the elements of a run as the form divides it among threads, then over the runs,
 * always in the same order; both forms of the exchange give the same bits.
 *
 * <p>Residency, handshake, bounded waits and what happens if somebody does not come are those of
 * {@link PersistentRecurrence}; a block that gives up stays until all that its cluster has sent to
 * it has come.
 */
final class Persistent2dRecurrence implements Recurrence {
  private static final OnChip KIND = new OnChip(Algorithm.PERSISTENT_2D);

  /** Passes of a plan. */
  private static final List<Boolean> FORWARD = List.of(true);

  private static final List<Boolean> ALL = List.of(true, false);

  private final IntFunction<DeviceLimits> limits;
  private final int most;
  private final Supplier<Address> errors;
  private final boolean proved;

  /** For plans of one queue of a device that has clusters. */
  Persistent2dRecurrence(Device device, Grids grids) {
    limits = grids.clustered();
    most = device.clusters().orElseThrow().size();
    errors = grids.errors();
    proved = grids.proved().test(Algorithm.PERSISTENT_2D);
  }

  /**
   * Why it cannot run a request on a device whose driver knows clusters, or empty.
   *
   * @param residency counted only where nothing else refuses
   */
  static Optional<String> refusal(PlanRequest request, Device device, Residency residency) {
    Clusters clusters = device.clusters().orElseThrow();
    if (!clusters.lacking().isEmpty()) {
      return KIND.refused(clusters.lacking());
    }
    Optional<String> cell = KIND.cellRefusal(request.spec());
    if (cell.isPresent()) {
      return cell;
    }
    MathMode mode = request.options().mathMode();
    for (boolean forward : request.options().isTraining() ? ALL : FORWARD) {
      int size = Persistent2dGrid.size(mode, forward, clusters.size());
      Optional<String> refusal = refusal(request, device, residency, size);
      if (refusal.isPresent()) {
        return refusal;
      }
    }
    return Optional.empty();
  }

  private static Optional<String> refusal(
      PlanRequest request, Device device, Residency residency, int size) {
    Optional<String> lacking = size > 1 ? residency.clusterRefusal(size) : Optional.empty();
    if (lacking.isPresent()) {
      return KIND.refused("clusters of " + size + ": " + lacking.get());
    }
    try {
      DeviceLimits limits = residency.clustered(request, size);
      return sizeRefusal(request, limits, size, device);
    } catch (DeviceException e) {
      if (e.sticky()) {
        throw e;
      }
      return KIND.refused("its work-groups could not be counted: " + e.getMessage());
    }
  }

  /**
   * Why a grid is too large.
   *
   * @param limits with the multiprocessors on which blocks were resident at once
   */
  private static Optional<String> sizeRefusal(
      PlanRequest request, DeviceLimits limits, int size, Device device) {
    int units = limits.computeUnits();
    int all = device.limits().computeUnits();
    if (units < size) {
      String why = "needs a cluster of " + size + " work-groups, on " + all;
      return KIND.refused(why + " multiprocessors were resident at once " + units);
    }
    String where = "in " + units / size + " clusters of " + size + " work-groups";
    where += units < all ? ", of " + all / size + " those that were resident at once," : "";
    MathMode mode = request.options().mathMode();
    int rows = mode == MathMode.FP32 ? PersistentGrid.TILE : TensorGrid.ROW_TILE;
    int most = device.clusters().orElseThrow().size();
    for (PersistentGrid grid : Persistent2dGrid.all(request, limits, size, most)) {
      if (!grid.fits(limits)) {
        return KIND.doesNotFit(request.spec(), where, grid.share(), grid.bytes(), rows, limits);
      }
    }
    return Optional.empty();
  }

  @Override
  public void forward(
      WorkList list, CallMemory memory, Bindings bindings, int layer, int direction) {
    MathMode mode = memory.layout.mathMode;
    KernelId kernel = ClusterKernels.dividing(memory.spec, mode).orElseThrow().forward();
    bindings.put("weight", memory.weight(Kind.WEIGHT_HH, layer, direction));
    list.add(launches(list, memory, bindings, kernel, direction, true));
  }

  @Override
  public void backward(
      WorkList list, CallMemory memory, Bindings bindings, int layer, int direction) {
    MathMode mode = memory.layout.mathMode;
    KernelId kernel = ClusterKernels.dividing(memory.spec, mode).orElseThrow().backward();
    bindings.put("weight", memory.weight(Kind.WEIGHT_HH, layer, direction));
    List<Stage> perStep = StateGradients.stages(list, memory, bindings);
    list.add(launches(list, memory, bindings, kernel, direction, false).before(perStep));
  }

  private SequenceLaunches launches(
      WorkList list,
      CallMemory memory,
      Bindings bindings,
      KernelId kernel,
      int direction,
      boolean forward) {
    MathMode mode = memory.layout.mathMode;
    int size = Persistent2dGrid.size(mode, forward, most);
    Persistent2dGrid division =
        Persistent2dGrid.of(memory.spec, mode, limits.apply(size), size, forward);
    Bindings own = new Bindings(bindings);
    if (mode == MathMode.FP32) {
      own.put("lanes", division.lanes());
    } else {
      own.put("format", OperandFormat.roundedTo(mode).code());
    }
    Mailbox.add(list, memory, own, forward ? 1 : memory.spec.cell().gates());
    PersistentGrid grid = division.grid(limits.apply(size), memory.batch);
    boolean reverse = memory.spec.direction().isReverse(direction);
    double budget = OnChip.budget(mode);
    return MeetingLaunches.of(list, memory, own, kernel, grid, size, errors, reverse, budget);
  }

  @Override
  public boolean splits() {
    return false;
  }

  @Override
  public String describe(RnnSpec spec) {
    return describe(spec, MathMode.FP32);
  }

  @Override
  public String describe(RnnSpec spec, MathMode mode) {
    int size = Persistent2dGrid.size(mode, true, most);
    DeviceLimits some = limits.apply(size);
    PersistentGrid grid = Persistent2dGrid.of(spec, mode, some, size, true).grid(some, 1);
    return "persistent/2d: one cooperative launch per direction, "
        + grid.blocks() / size
        + " clusters of "
        + size
        + " work-groups that divide the depth of the product"
        + (size < most ? " (backward of " + most + ")" : "")
        + ", of "
        + grid.share()
        + " units each, "
        + Mailbox.describe()
        + OnChip.standing(proved);
  }
}
