package org.recurrentops.gpu;

import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
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
  /** Multiply-adds that a work-group may spend in one launch: under a second even at 1 %. */
  private static final double LAUNCH_BUDGET = 1e9;

  /** Steps of one launch. */
  private static final int MOST_STEPS = 50_000;

  private static final Set<SpecOption> HAVE =
      EnumSet.of(
          SpecOption.MERGE,
          SpecOption.SKIP_INPUT,
          SpecOption.PEEPHOLES,
          SpecOption.COUPLED_INPUT_FORGET,
          SpecOption.CELL_CLIP,
          SpecOption.PRE_ACTIVATION_CLIP,
          SpecOption.ACTIVATIONS,
          SpecOption.DROP_CONNECT);

  private final DeviceLimits limits;
  private final int size;
  private final boolean pushes;
  private final Supplier<Address> errors;

  /**
   * For plans of one queue of a device that has clusters.
   *
   * @param pushes whether bytes are counted, instead of a barrier
   * @param errors where the queue's kernels report
   */
  OneClusterRecurrence(Device device, boolean pushes, Supplier<Address> errors) {
    this.pushes = pushes;
    this.errors = errors;
    limits = device.limits();
    size = device.clusters().orElseThrow().size();
  }

  /** Why it cannot run a request on a device whose driver knows clusters, or empty. */
  static Optional<String> refusal(PlanRequest request, Device device) {
    RnnSpec spec = request.spec();
    Clusters clusters = device.clusters().orElseThrow();
    MathMode mode = request.options().mathMode();
    if (!clusters.lacking().isEmpty()) {
      return refused(clusters.lacking());
    }
    if (request.options().parameterType() != DType.F32) {
      return refused("its kernels compute in F32 only");
    }
    if (mode != MathMode.FP32) {
      return refused("multiplies in FP32 only, got " + mode);
    }
    if (ClusterKernels.of(spec).isEmpty()) {
      return refused(
          "has vanilla, lstm and gru (reset after) cells, got "
              + spec.cell().label()
              + ", which exchanges twice a step");
    }
    String missing =
        spec.options().stream()
            .filter(option -> !HAVE.contains(option))
            .map(SpecOption::label)
            .collect(Collectors.joining(", "));
    if (!missing.isEmpty()) {
      return refused("does not have: " + missing);
    }
    int batch = request.options().maxBatch();
    ClusterGrid grid = ClusterGrid.forward(spec, device.limits(), clusters.size(), batch);
    if (grid.fits(device.limits()) && request.options().isTraining()) {
      grid = ClusterGrid.backward(spec, device.limits(), clusters.size(), batch);
    }
    return grid.fits(device.limits())
        ? Optional.empty()
        : refused(doesNotFit(spec, clusters, grid, device.limits()));
  }

  private static Optional<String> refused(String why) {
    return Optional.of("algorithm one-cluster: " + why + "; use stepped");
  }

  private static String doesNotFit(
      RnnSpec spec, Clusters clusters, ClusterGrid grid, DeviceLimits limits) {
    return "H="
        + spec.hiddenSize()
        + " in a cluster of "
        + clusters.size()
        + " work-groups is "
        + grid.share()
        + " units each, which need "
        + grid.bytes()
        + " bytes of shared memory for their weights and at least "
        + PersistentGrid.TILE
        + " rows; the device has "
        + limits.localMemoryBytes();
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
            .put("limit", PersistentRecurrence.LIMIT_NANOS)
            .arguments(list.device(), kernel, SequenceLaunches.edge(kernel), "count")
            .local(Math.toIntExact(grid.bytes()));
    int groups = Math.multiplyExact(grid.clusters(), size);
    return new SequenceLaunches(
        arguments,
        memory,
        reverse,
        stepsPerLaunch(memory.spec, grid),
        queue -> arguments.launch(queue, groups, 1, grid.threads()));
  }

  private static int stepsPerLaunch(RnnSpec spec, ClusterGrid grid) {
    double depth = (double) spec.cell().gates() * spec.hiddenSize();
    double perStep = depth * grid.share() * PersistentGrid.TILE * grid.tiles();
    return (int) Math.max(1, Math.min(MOST_STEPS, LAUNCH_BUDGET / perStep));
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
        + (pushes ? "each step when its bytes have come;" : "a barrier of the cluster per step;")
        + " not yet proved on hardware, never chosen by auto";
  }
}
