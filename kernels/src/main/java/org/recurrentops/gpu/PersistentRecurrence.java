package org.recurrentops.gpu;

import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.recurrentops.DeviceException;
import org.recurrentops.MathMode;
import org.recurrentops.ParameterSlice.Kind;
import org.recurrentops.PlanOptions;
import org.recurrentops.RnnSpec;
import org.recurrentops.SpecOption;
import org.recurrentops.spi.PlanRequest;

/**
 * Strategy {@code persistent}: one cooperative launch walks the whole sequence, each block keeps
 * the recurrent weights of some units, their c and their gradients of h and c on its
 * multiprocessor, and what all need of a step goes through memory and a barrier of the grid, in the
 * modes of tensor cores through {@link TensorMail}. Very long sequences are cut so that one launch
 * stays short.
 *
 * <p>Blocks wait at most {@link #LIMIT_NANOS} for each other, for the first time before they write
 * anything. If one does not come, all leave, so do launches after that one, the next
 * synchronisation throws, and the plan has another algorithm from then on, see {@link Fallback}.
 */
final class PersistentRecurrence implements Recurrence {
  /** The counter, the abort word and the verdict of a grid, see persistent_pieces.h. */
  static final int SYNC_WORDS = 3;

  /** How long a block waits for another, in nanoseconds. */
  static final long LIMIT_NANOS = 500_000_000;

  /** Multiply-adds that a block may spend in one launch: under a second even at 1 % of a peak. */
  private static final double LAUNCH_BUDGET = 1e9;

  /** The same on tensor cores, whose products are at least eight times as fast. */
  private static final double TENSOR_BUDGET = 8e9;

  /** Steps of one launch, for barriers of up to 10 µs. */
  private static final int MOST_STEPS = 50_000;

  private static final Set<SpecOption> HAVE =
      EnumSet.of(
          SpecOption.MERGE,
          SpecOption.SKIP_INPUT,
          SpecOption.PEEPHOLES,
          SpecOption.COUPLED_INPUT_FORGET,
          SpecOption.CELL_CLIP,
          SpecOption.PRE_ACTIVATION_CLIP,
          SpecOption.ACTIVATIONS);

  private final DeviceLimits limits;
  private final Supplier<Address> errors;
  private final boolean proved;

  /** For plans of one queue. */
  PersistentRecurrence(Grids grids) {
    this.limits = grids.limits().get();
    this.errors = grids.errors();
    this.proved = grids.proved();
  }

  /** Whether a request names it, as algorithm or by a decision handed back. */
  static boolean isNamed(PlanRequest request) {
    PlanOptions o = request.options();
    return o.algorithm().equals(Algorithm.PERSISTENT)
        || o.algorithm().equals(PlanOptions.AUTO)
            && Tuning.parse(o.tuning(), List.of(Algorithm.PERSISTENT)).isPresent();
  }

  /**
   * Why it cannot run a request, or empty.
   *
   * @param residency counted only where nothing else refuses
   */
  static Optional<String> refusal(PlanRequest request, DeviceLimits all, Residency residency) {
    RnnSpec spec = request.spec();
    MathMode mode = request.options().mathMode();
    if (PersistentKernels.of(spec, mode).isEmpty()) {
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
    DeviceLimits limits;
    try {
      limits = residency.limits(request);
    } catch (DeviceException e) {
      if (e.sticky()) {
        throw e;
      }
      return refused("its work-groups could not be counted: " + e.getMessage());
    }
    int rows = mode == MathMode.FP32 ? PersistentGrid.TILE : TensorGrid.ROW_TILE;
    return PersistentGrid.all(request, limits).stream()
        .filter(grid -> !grid.fits(limits))
        .findFirst()
        .flatMap(grid -> refused(doesNotFit(spec, grid, rows, limits, all)));
  }

  private static Optional<String> refused(String why) {
    return Optional.of("algorithm persistent: " + why + "; use stepped");
  }

  private static String doesNotFit(
      RnnSpec spec, PersistentGrid grid, int rows, DeviceLimits limits, DeviceLimits all) {
    int units = limits.computeUnits();
    return "H="
        + spec.hiddenSize()
        + " on "
        + units
        + " multiprocessors"
        + (units < all.computeUnits()
            ? ", of " + all.computeUnits() + " those on which work-groups were resident at once,"
            : "")
        + " is "
        + grid.share()
        + " units each, which need "
        + grid.bytes()
        + " bytes of shared memory for their weights and at least "
        + rows
        + " rows; the device has "
        + limits.localMemoryBytes();
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

  /** The words where the grid meets are cleared before each launch. */
  private SequenceLaunches launches(
      WorkList list,
      CallMemory memory,
      Bindings bindings,
      KernelId kernel,
      PersistentGrid grid,
      boolean reverse) {
    Address sync = memory.scratch(memory.lane().sync());
    Bindings own =
        new Bindings(bindings)
            .put("share", grid.share())
            .put("tiles", grid.tiles())
            .put("sync", sync)
            .put("errors", errors.get())
            .put("limit", LIMIT_NANOS);
    MathMode mode = memory.layout.mathMode;
    if (mode != MathMode.FP32) {
      int gates = SequenceLaunches.edge(kernel).equals("last") ? memory.spec.cell().gates() : 1;
      TensorMail.add(list, memory, own, gates);
    }
    LaunchArguments arguments =
        own.arguments(list.device(), kernel, SequenceLaunches.edge(kernel), "count")
            .local(Math.toIntExact(grid.bytes()));
    WorkList clear = list.another();
    RowWork.fill(clear, Rows.dense(sync, 1, 1, SYNC_WORDS), 0);
    list.add(closing(clear));
    return new SequenceLaunches(
        arguments,
        memory,
        reverse,
        stepsPerLaunch(memory.spec, mode, grid, memory.batch),
        queue -> {
          clear.enqueue(queue, false);
          arguments.launchTogether(queue, grid.blocks(), grid.threads());
        });
  }

  /** Enqueues nothing where it stands; releases a list that another work enqueues. */
  private static Work closing(WorkList list) {
    return new Work() {
      @Override
      public void enqueue(DeviceQueue queue, boolean ragged) {}

      @Override
      public void close() {
        list.close();
      }
    };
  }

  private static int stepsPerLaunch(RnnSpec spec, MathMode mode, PersistentGrid grid, int batch) {
    double depth = (double) spec.cell().gates() * spec.hiddenSize();
    double perStep = depth * grid.share() * Math.max(1, batch);
    double budget = mode == MathMode.FP32 ? LAUNCH_BUDGET : TENSOR_BUDGET;
    return (int) Math.max(1, Math.min(MOST_STEPS, budget / perStep));
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
    PersistentGrid grid = PersistentGrid.forward(spec, mode, limits, 1);
    return "persistent: one cooperative launch per direction, "
        + grid.blocks()
        + " work-groups with the weights of "
        + grid.share()
        + " units each on the chip, "
        + (mode == MathMode.FP32 ? "a barrier of the grid per step" : TensorMail.describe())
        + (proved ? "" : "; not yet proved on hardware, never chosen by auto");
  }
}
