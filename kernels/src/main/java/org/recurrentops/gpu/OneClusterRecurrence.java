package org.recurrentops.gpu;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.recurrentops.DType;
import org.recurrentops.MathMode;
import org.recurrentops.ParameterSlice.Kind;
import org.recurrentops.RnnSpec;
import org.recurrentops.SpecOption;
import org.recurrentops.spi.PlanRequest;

/**
 * Strategy {@code one-cluster}: the whole layer inside one cluster of work-groups, which keep the
 * recurrent weights in their local memory and write what all need of a step into each other's. Each
 * cluster has some rows of the batch and knows nothing of the others, so launches are ordinary
 * ones: directions may run side by side, and no more clusters than one need to live at a time. Very
 * long sequences are cut so that one launch stays short.
 *
 * <p>There are two forms with the same bits. In the first a step ends with a barrier of the
 * cluster; in the second each work-group goes on as soon as the bytes of all have come.
 */
final class OneClusterRecurrence implements Recurrence {
  private static final OnChip KIND = new OnChip(Algorithm.ONE_CLUSTER, SpecOption.DROP_CONNECT);

  private final DeviceLimits limits;
  private final int size;
  private final boolean pushes;
  private final Supplier<Address> errors;
  private final boolean proved;

  /**
   * For plans of one queue of a device that has clusters.
   *
   * @param name {@link Algorithm#ONE_CLUSTER}, or {@link Algorithm#ONE_CLUSTER_PUSH} to count bytes
   *     instead of a barrier
   * @param grids where the queue's kernels report
   */
  OneClusterRecurrence(Device device, String name, Grids grids) {
    pushes = name.equals(Algorithm.ONE_CLUSTER_PUSH);
    errors = grids.errors();
    proved = grids.proved().test(name);
    limits = device.limits();
    size = device.clusters().orElseThrow().size();
  }

  /** Why it cannot run a request on a device whose driver knows clusters, or empty. */
  static Optional<String> refusal(PlanRequest request, Device device) {
    RnnSpec spec = request.spec();
    Clusters clusters = device.clusters().orElseThrow();
    MathMode mode = request.options().mathMode();
    if (!clusters.lacking().isEmpty()) {
      return KIND.refused(clusters.lacking());
    }
    if (request.options().parameterType() != DType.F32) {
      return KIND.refused("its kernels compute in F32 only");
    }
    if (mode != MathMode.FP32) {
      return KIND.refused("multiplies in FP32 only, got " + mode);
    }
    Optional<String> cell = KIND.cellRefusal(spec);
    if (cell.isPresent()) {
      return cell;
    }
    int batch = request.options().maxBatch();
    ClusterGrid grid = ClusterGrid.forward(spec, device.limits(), clusters.size(), batch);
    if (grid.fits(device.limits()) && request.options().isTraining()) {
      grid = ClusterGrid.backward(spec, device.limits(), clusters.size(), batch);
    }
    return grid.fits(device.limits())
        ? Optional.empty()
        : KIND.doesNotFit(
            spec,
            "in a cluster of " + clusters.size() + " work-groups",
            grid.share(),
            grid.bytes(),
            PersistentGrid.TILE,
            device.limits());
  }

  @Override
  public void forward(
      WorkList list, CallMemory memory, Bindings bindings, int layer, int direction) {
    ClusterGrid grid = ClusterGrid.forward(memory.spec, limits, size, memory.batch);
    KernelId kernel = ClusterKernels.of(memory.spec).orElseThrow().forward();
    bindings.put("weight", memory.loopWeight(Kind.WEIGHT_HH, layer, direction));
    boolean reverse = memory.spec.direction().isReverse(direction);
    list.add(launches(list, memory, bindings, kernel, grid, reverse));
  }

  @Override
  public void backward(
      WorkList list, CallMemory memory, Bindings bindings, int layer, int direction) {
    ClusterGrid grid = ClusterGrid.backward(memory.spec, limits, size, memory.batch);
    KernelId kernel = ClusterKernels.of(memory.spec).orElseThrow().backward();
    bindings.put("weight", memory.loopWeight(Kind.WEIGHT_HH, layer, direction));
    boolean reverse = memory.spec.direction().isReverse(direction);
    List<Stage> perStep = StateGradients.stages(list, memory, bindings);
    list.add(launches(list, memory, bindings, kernel, grid, reverse).before(perStep));
  }

  private SequenceLaunches launches(
      WorkList list,
      CallMemory memory,
      Bindings bindings,
      KernelId kernel,
      ClusterGrid grid,
      boolean reverse) {
    LaunchArguments arguments =
        new Bindings(bindings)
            .put("share", grid.share())
            .put("tiles", grid.tiles())
            .put("pushes", pushes)
            .put("errors", errors.get())
            .put("limit", OnChip.LIMIT_NANOS)
            .arguments(list.device(), kernel, SequenceLaunches.edge(kernel), "count")
            .local(Math.toIntExact(grid.bytes()));
    int groups = Math.multiplyExact(grid.clusters(), size);
    int rows = PersistentGrid.TILE * grid.tiles();
    return new SequenceLaunches(
        arguments,
        memory,
        reverse,
        OnChip.stepsPerLaunch(OnChip.LAUNCH_BUDGET, memory.spec, grid.share(), rows),
        queue -> arguments.launch(queue, groups, 1, grid.threads()));
  }

  @Override
  public boolean splits() {
    return false;
  }

  @Override
  public String describe(RnnSpec spec) {
    ClusterGrid grid = ClusterGrid.forward(spec, limits, size, 1);
    return "one-cluster: one launch per direction, a cluster of "
        + size
        + " work-groups per shard of rows with the weights of "
        + grid.share()
        + " units each on the chip, "
        + (pushes ? "each step when its bytes have come" : "a barrier of the cluster per step")
        + OnChip.standing(proved);
  }
}
