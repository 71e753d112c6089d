package org.recurrentops.gpu;

import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
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
  private final ClusterSize cluster;
  private final boolean pushes;
  private final Supplier<Address> errors;
  private final boolean proved;
  private final Roles roles;

  /**
   * For plans of one queue of a device that has clusters.
   *
   * @param name {@link Algorithm#ONE_CLUSTER}, or {@link Algorithm#ONE_CLUSTER_PUSH} to count bytes
   *     instead of a barrier
   * @param grids where the queue's kernels report, and how large a cluster is
   */
  OneClusterRecurrence(Device device, String name, Grids grids) {
    pushes = name.equals(Algorithm.ONE_CLUSTER_PUSH);
    errors = grids.errors();
    limits = device.limits();
    cluster = grids.cluster().apply(name);
    roles = grids.roles().get();
    proved = !roles.isStack() && grids.proved().test(Algorithm.form(name, cluster.size()));
  }

  /**
   * Why it cannot run a request on a device whose driver knows clusters, or empty.
   *
   * @param name of its form
   * @param residency asks the driver for clusters where nothing else refuses
   * @param proved whether a result file proves a size
   */
  static Optional<String> refusal(
      String name,
      PlanRequest request,
      Device device,
      Residency residency,
      Predicate<String> proved) {
    Clusters clusters = device.clusters().orElseThrow();
    if (!clusters.lacking().isEmpty()) {
      return KIND.refused(clusters.lacking());
    }
    if (request.options().parameterType() != DType.F32) {
      return KIND.refused("its kernels compute in F32 only");
    }
    Optional<String> cell = KIND.cellRefusal(request.spec());
    if (cell.isPresent()) {
      return cell;
    }
    String size = ClusterSize.of(name, request, device, residency, proved).refusal();
    return size.isEmpty() ? Optional.empty() : KIND.refused(size);
  }

  @Override
  public void forward(
      WorkList list, CallMemory memory, Bindings bindings, int layer, int direction) {
    MathMode mode = memory.layout.mathMode;
    ClusterGrid grid = ClusterGrid.forward(memory.spec, mode, limits, cluster.size(), memory.batch);
    KernelId kernel = ClusterKernels.of(memory.spec, mode).orElseThrow().forward();
    bindings.put("weight", memory.loopWeight(Kind.WEIGHT_HH, layer, direction));
    boolean reverse = memory.spec.direction().isReverse(direction);
    list.add(launches(list, memory, bindings, kernel, grid, reverse));
  }

  @Override
  public void backward(
      WorkList list, CallMemory memory, Bindings bindings, int layer, int direction) {
    MathMode mode = memory.layout.mathMode;
    ClusterGrid grid =
        ClusterGrid.backward(memory.spec, mode, limits, cluster.size(), memory.batch);
    KernelId kernel = ClusterKernels.of(memory.spec, mode).orElseThrow().backward();
    bindings.put("weight", memory.loopWeight(Kind.WEIGHT_HH, layer, direction));
    boolean reverse = memory.spec.direction().isReverse(direction);
    List<Stage> perStep = StateGradients.stages(list, memory, bindings);
    list.add(launches(list, memory, bindings, kernel, grid, reverse).before(perStep));
  }

  @Override
  public Roles roles() {
    return roles;
  }

  /** In one launch, see {@link ClusterRoles}. */
  @Override
  public void together(WorkList list, List<Loop> loops, boolean forward) {
    CallMemory memory = loops.get(0).memory();
    RnnSpec spec = memory.spec;
    MathMode mode = memory.layout.mathMode;
    int size = roles.cluster();
    ClusterGrid grid = ClusterGrid.role(spec, mode, roles.limits(), size, memory.batch, forward);
    KernelId one = PersistentKernels.of(spec).orElseThrow().of(forward);
    RoleKernels kernels = RoleKernels.inClusters(one, mode);
    Bindings table = RoleTable.fill(list, loops, kernels);
    int gates = forward ? 1 : spec.cell().gates();
    loops.forEach(loop -> Mailbox.add(list, loop.memory(), table, gates));
    table.put("pushes", pushes);
    if (mode != MathMode.FP32) {
      table.put("format", OperandFormat.roundedTo(mode).code());
    }
    int rows = Math.max(1, Math.min(grid.rows(), memory.batch)); // of the batch that a cluster has
    double budget = OnChip.budget(mode) / 2 * memory.batch / rows; // W x beside R h
    boolean reverse = spec.direction().isReverse(loops.get(0).direction());
    PersistentGrid whole = grid.times(loops.size(), size);
    list.add(
        MeetingLaunches.of(
            list, memory, table, kernels.loops(), whole, size, errors, reverse, budget));
  }

  private SequenceLaunches launches(
      WorkList list,
      CallMemory memory,
      Bindings bindings,
      KernelId kernel,
      ClusterGrid grid,
      boolean reverse) {
    MathMode mode = memory.layout.mathMode;
    Bindings own =
        new Bindings(bindings)
            .put("share", grid.share())
            .put("tiles", grid.tiles())
            .put("pushes", pushes)
            .put("errors", errors.get())
            .put("limit", OnChip.LIMIT_NANOS);
    if (mode != MathMode.FP32) {
      own.put("format", OperandFormat.roundedTo(mode).code());
    }
    LaunchArguments arguments =
        own.arguments(list.device(), kernel, SequenceLaunches.edge(kernel), "count");
    if (cluster.size() > 1) {
      arguments.cluster(cluster.size());
    }
    arguments.local(Math.toIntExact(grid.bytes()));
    int groups = Math.multiplyExact(grid.clusters(), cluster.size());
    return new SequenceLaunches(
        arguments,
        memory,
        reverse,
        OnChip.stepsPerLaunch(OnChip.budget(mode), memory.spec, grid.share(), grid.rows()),
        queue -> arguments.launch(queue, groups, 1, grid.threads()));
  }

  @Override
  public boolean splits() {
    return false;
  }

  @Override
  public int clusterSize() {
    return roles.isStack() ? roles.cluster() : cluster.size();
  }

  @Override
  public String describe(RnnSpec spec) {
    return describe(spec, MathMode.FP32);
  }

  @Override
  public String describe(RnnSpec spec, MathMode mode) {
    ClusterGrid grid =
        roles.isStack()
            ? ClusterGrid.role(spec, mode, roles.limits(), roles.cluster(), 1, true)
            : ClusterGrid.forward(spec, mode, limits, cluster.size(), 1);
    return "one-cluster: "
        + ClusterRoles.describe(roles)
        + (roles.isStack()
            ? ""
            : ", a cluster of " + cluster.size() + " work-groups (" + cluster.why() + ")")
        + " per shard of "
        + (mode == MathMode.FP32 ? "" : "at least " + TensorGrid.ROW_TILE + " ")
        + "rows with the weights of "
        + grid.share()
        + " units each on the chip"
        + (mode == MathMode.FP32 ? ", " : " as operands of tensor cores, ")
        + (pushes ? "each step when its bytes have come" : "a barrier of the cluster per step")
        + OnChip.standing(proved);
  }
}
