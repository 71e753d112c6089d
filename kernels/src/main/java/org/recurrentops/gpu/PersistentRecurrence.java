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
 * Strategy {@code persistent}: one cooperative launch walks the whole sequence, each block keeps
 * the recurrent weights of some units, their c and their gradients of h and c on its
 * multiprocessor, the weights in registers first, and what all need of a step goes through a {@link
 * Mailbox}. Very long sequences are cut so that one launch stays short.
 *
 * <p>In FP32 the order of a sum depends on the shape and the device's multiprocessors only: the
 * quads of a row are split among warps, neighbours to each, and dealt out to the lanes of a warp in
 * turn; a lane adds its quads, the warp its lanes, the block its warps, each in ascending order
 * (backward one gate after another), then W x or what of dh is there.
 *
 * <p>Blocks wait at most {@link OnChip#LIMIT_NANOS} for each other, for the first time before they
 * write anything. If one does not come, all leave, so do launches after that one, the next
 * synchronisation throws, and the plan has another algorithm from then on, see {@link Fallback}.
 */
final class PersistentRecurrence implements Recurrence {
  private static final OnChip KIND = new OnChip(Algorithm.PERSISTENT);

  private final DeviceLimits limits;
  private final Supplier<Address> errors;
  private final boolean proved;
  private final Roles roles;

  /** For plans of one queue. */
  PersistentRecurrence(Grids grids) {
    this.limits = grids.limits().get();
    this.errors = grids.errors();
    this.proved = grids.proved().test(Algorithm.PERSISTENT);
    this.roles = grids.roles().get();
  }

  /**
   * Why it cannot run a request, or empty.
   *
   * @param residency counted only where nothing else refuses
   */
  static Optional<String> refusal(PlanRequest request, DeviceLimits all, Residency residency) {
    RnnSpec spec = request.spec();
    MathMode mode = request.options().mathMode();
    Optional<String> cell = KIND.cellRefusal(spec);
    if (cell.isPresent()) {
      return cell;
    }
    DeviceLimits limits;
    try {
      limits = residency.limits(request);
    } catch (DeviceException e) {
      if (e.sticky()) {
        throw e;
      }
      return KIND.refused("its work-groups could not be counted: " + e.getMessage());
    }
    int rows = mode == MathMode.FP32 ? PersistentGrid.TILE : TensorGrid.ROW_TILE;
    long room = streamWords(request, all);
    return PersistentGrid.all(request, limits).stream()
        .filter(grid -> !grid.fits(limits) || grid.streaming().words(grid.blocks()) > room)
        .findFirst()
        .flatMap(grid -> doesNotFit(spec, grid, rows, limits, all));
  }

  /**
   * Elements of the weights that a plan's loops may read from memory: only those who name it have
   * such loops.
   */
  static long streamWords(PlanRequest request, DeviceLimits limits) {
    if (!Tuning.names(request, Algorithm.PERSISTENT)
        || KIND.cellRefusal(request.spec()).isPresent()) {
      return 0;
    }
    return PersistentGrid.all(request, limits).stream()
        .filter(grid -> grid.fits(limits))
        .mapToLong(grid -> grid.streaming().mostWords(grid.blocks()))
        .max()
        .orElse(0);
  }

  private static Optional<String> doesNotFit(
      RnnSpec spec, PersistentGrid grid, int rows, DeviceLimits limits, DeviceLimits all) {
    int units = limits.computeUnits();
    String where =
        "on "
            + units
            + " multiprocessors"
            + (units < all.computeUnits()
                ? ", of "
                    + all.computeUnits()
                    + " those on which work-groups were resident at once,"
                : "");
    String more = "; of the weights at most " + Streaming.MOST_PERCENT + " % are read from memory";
    return KIND.doesNotFit(spec, where, grid.share(), grid.bytes(), rows, limits, more);
  }

  @Override
  public void forward(
      WorkList list, CallMemory memory, Bindings bindings, int layer, int direction) {
    MathMode mode = memory.layout.mathMode;
    PersistentGrid grid = PersistentGrid.forward(memory.spec, mode, limits, memory.batch);
    KernelId kernel = PersistentKernels.of(memory.spec, mode).orElseThrow().forward();
    bindings.put("weight", memory.weight(Kind.WEIGHT_HH, layer, direction));
    boolean reverse = memory.spec.direction().isReverse(direction);
    list.add(launches(list, memory, bindings, kernel, grid, reverse));
  }

  @Override
  public void backward(
      WorkList list, CallMemory memory, Bindings bindings, int layer, int direction) {
    MathMode mode = memory.layout.mathMode;
    PersistentGrid grid = PersistentGrid.backward(memory.spec, mode, limits, memory.batch);
    KernelId kernel = PersistentKernels.of(memory.spec, mode).orElseThrow().backward();
    bindings.put("weight", memory.weight(Kind.WEIGHT_HH, layer, direction));
    boolean reverse = memory.spec.direction().isReverse(direction);
    List<Stage> perStep = StateGradients.stages(list, memory, bindings);
    list.add(launches(list, memory, bindings, kernel, grid, reverse).before(perStep));
  }

  @Override
  public Roles roles() {
    return roles;
  }

  /** In one launch, or one after the other. */
  @Override
  public void together(WorkList list, List<Loop> loops, boolean forward) {
    RnnSpec spec = loops.get(0).memory().spec;
    MathMode mode = loops.get(0).memory().layout.mathMode;
    KernelId one = PersistentKernels.of(spec).orElseThrow().of(forward);
    RoleKernels kernels = RoleKernels.of(one, mode);
    int together = roles.inTurns() ? 1 : loops.size();
    for (int first = 0; first < loops.size(); first += together) {
      List<Loop> some = loops.subList(first, first + together);
      CallMemory memory = some.get(0).memory();
      PersistentGrid grid = roles.grid(spec, mode, memory.batch, forward).times(together);
      Bindings table = RoleTable.fill(list, some, kernels);
      int gates = roles.rowGates(spec, forward);
      some.forEach(loop -> Mailbox.add(list, loop.memory(), table, gates));
      if (mode == MathMode.FP32) {
        table.put("lanes", StripGrid.roleLanes(spec, roles.limits(), forward));
      } else {
        table.put("format", OperandFormat.roundedTo(mode).code());
      }
      table.put("stacked", roles.isStack());
      double budget = OnChip.budget(mode) / (roles.isStack() ? 2 : 1); // W x beside R h
      boolean reverse = spec.direction().isReverse(some.get(0).direction());
      list.add(
          MeetingLaunches.of(
              list, memory, table, kernels.loops(), grid, 1, errors, reverse, budget));
    }
  }

  private SequenceLaunches launches(
      WorkList list,
      CallMemory memory,
      Bindings bindings,
      KernelId kernel,
      PersistentGrid grid,
      boolean reverse) {
    Bindings own = new Bindings(bindings);
    MathMode mode = memory.layout.mathMode;
    boolean forward = SequenceLaunches.edge(kernel).equals("first");
    if (mode == MathMode.FP32) {
      own.put("lanes", StripGrid.lanes(memory.spec, limits, forward));
    } else {
      own.put("format", OperandFormat.roundedTo(mode).code());
    }
    own.put("held", grid.streaming().held()).put("streamed", grid.streaming().plan());
    own.put("stream", memory.scratch(memory.lane().stream()));
    Mailbox.add(list, memory, own, forward ? 1 : memory.spec.cell().gates());
    double budget = OnChip.budget(mode);
    return MeetingLaunches.of(list, memory, own, kernel, grid, 1, errors, reverse, budget);
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
    return describe(grid(spec, mode), "");
  }

  private PersistentGrid grid(RnnSpec spec, MathMode mode) {
    return roles.isShared()
        ? roles.forward(spec, mode, 1, roles.layers() * roles.directions())
        : PersistentGrid.forward(spec, mode, limits, 1);
  }

  @Override
  public String describe(PlanRequest request) {
    List<PersistentGrid> grids = PersistentGrid.all(request, limits);
    if (roles.isShared() || grids.stream().allMatch(g -> g.streaming().plan() == 0)) {
      RnnSpec spec = request.spec();
      return describe(grid(spec, request.options().mathMode()), Streaming.notAsShared(roles));
    }
    return describe(grids.get(0), StreamingModel.describe(request, grids));
  }

  private String describe(PersistentGrid grid, String streaming) {
    return "persistent: "
        + roles.describe()
        + ", "
        + grid.blocks()
        + " work-groups with the weights of "
        + grid.share()
        + " units each on the chip"
        + streaming
        + ", "
        + Mailbox.describe()
        + OnChip.standing(proved);
  }
}
