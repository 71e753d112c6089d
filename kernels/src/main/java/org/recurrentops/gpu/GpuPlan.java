package org.recurrentops.gpu;

import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.recurrentops.DType;
import org.recurrentops.MathMode;
import org.recurrentops.MergeMode;
import org.recurrentops.PlanOptions;
import org.recurrentops.Tensor;
import org.recurrentops.spi.BackendPlan;
import org.recurrentops.spi.BackwardCall;
import org.recurrentops.spi.BoundCall;
import org.recurrentops.spi.ForwardCall;
import org.recurrentops.spi.PlanMemory;
import org.recurrentops.spi.PlanRequest;
import org.recurrentops.spi.RunState;

/** A plan of the host program: one algorithm over one memory layout. */
final class GpuPlan implements BackendPlan {
  /** Counts runs that leave out rows that have ended. */
  static final String COMPACTED = "compacted_runs";

  private final Device device;
  private final GpuQueue queue;
  private final PlanRequest request;
  private final PlanLayout layout;
  private final Choice choice;
  private final Fallback fallback;
  private final Products products;
  private final WeightPacking packing;
  private SideQueues sides = new SideQueues();
  private GraphCalls graphs;

  /**
   * What was chosen.
   *
   * @param form an algorithm, or one of its forms
   * @param why for people, one or more lines
   */
  record Choice(String form, String why) {
    String algorithm() {
      return Algorithm.ofForm(form);
    }
  }

  GpuPlan(
      Device device,
      GpuQueue queue,
      PlanRequest request,
      PlanLayout layout,
      Choice choice,
      Grids grids) {
    this.device = device;
    this.queue = queue;
    this.request = request;
    this.layout = layout;
    this.choice = choice;
    this.fallback = new Fallback(label(request), choice.algorithm(), device, grids);
    Algorithm algorithm = fallback.now();
    this.packing = new WeightPacking(layout, request.parameters());
    this.products = algorithm.products(device, request.options().mathMode());
    try {
      products.open(queue.queue());
      sides = SideQueues.of(device, layout);
      sides.open(products);
      if (algorithm.isGraph()) {
        graphs = new GraphCalls(device);
        products.open(graphs.queue()); // so that nothing is allocated while a call is recorded
      }
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private static String label(PlanRequest request) {
    PlanOptions o = request.options();
    return request.spec().label() + ", T=" + o.maxSteps() + ", N=" + o.maxBatch();
  }

  @Override
  public PlanMemory memory() {
    return layout.memory();
  }

  @Override
  public String algorithm() {
    return fallback.now().name();
  }

  @Override
  public String describe() {
    Algorithm algorithm = fallback.now();
    return "algorithm "
        + algorithm.name()
        + ": "
        + fallback.describe(choice.why())
        + "\ntime loop "
        + algorithm.recurrence().describe(request)
        + (layout.recompute == 0
            ? ""
            : ", computed again by backward from the state before every "
                + layout.segmentSteps
                + " steps"
                + (DirectionMerge.computesOther(layout) ? ", the second direction twice" : ""))
        + (sides.count() == 0 ? "" : ", on up to " + (sides.count() + 1) + " queues at a time")
        + wave(algorithm)
        + "\n"
        + ragged(algorithm)
        + (graphs == null ? "" : "\n" + graphs.describe())
        + "\nmatrix products "
        + products.describe()
        + ", "
        + arithmetic()
        + (device.describe().isEmpty() ? "" : "\n" + device.describe());
  }

  private String ragged(Algorithm algorithm) {
    if (layout.mostValid > 0 && Algorithm.compacts(algorithm.name())) {
      return String.format(
          Locale.ROOT,
          "rows that have ended are left out where lengths leave at most %.0f %% of all steps",
          100 * layout.mostValid);
    }
    String why =
        layout.recompute > 0
            ? "steps are computed again"
            : layout.spec.merge() == MergeMode.MULTIPLY
                ? "the gradient of a product reads both directions"
                : Algorithm.compacts(algorithm.name())
                    ? "-D" + Compaction.PROPERTY + "=never"
                    : "the loop of " + algorithm.name() + " has all rows in every step";
    return "rows that have ended are computed on and masked: " + why;
  }

  private String wave(Algorithm algorithm) {
    if (algorithm.recurrence().roles().isStack()) {
      return "";
    }
    String wave = WaveModel.describe(request, layout.overlap, algorithm.recurrence());
    return wave.isEmpty() ? "" : "\n" + wave;
  }

  private String arithmetic() {
    MathMode mode = request.options().mathMode();
    boolean converted = products.operands().converts();
    return mode
        + (converted ? " operands, converted by a kernel" : "")
        + (mode == MathMode.FP32 ? "" : ", float32 sums");
  }

  @Override
  public String tuning() {
    return Tuning.format(algorithm(), fallback.now().recurrence().clusterSize());
  }

  @Override
  public BoundCall bindForward(ForwardCall call) {
    Address params = call.params() == null ? null : Address.of(call.params());
    Address packed = call.packed() == null ? null : Address.of(call.packed());
    Address workspace = Address.of(call.workspace());
    Address kept = layout.training ? Address.of(call.reserve()) : workspace;
    CallMemory memory =
        new CallMemory(
            layout,
            request.parameters(),
            call.steps(),
            call.batch(),
            params,
            packed,
            kept,
            workspace);
    boolean index = call.x().dtype() == DType.I32;
    Address errors = index ? queue.errors() : null;
    return bind(
        ".forward",
        CallKey.of(call),
        launches(forwardStages(), call.steps()),
        index,
        memory,
        packed,
        (list, m, recurrence) -> SequenceForward.add(list, m, call, recurrence, errors));
  }

  @Override
  public BoundCall bindBackward(BackwardCall call) {
    CallMemory memory =
        new CallMemory(
            layout,
            request.parameters(),
            call.steps(),
            call.batch(),
            Address.of(call.params()),
            null,
            Address.of(call.reserve()),
            Address.of(call.workspace()));
    boolean again = layout.recompute > 0;
    boolean index = again && call.x().dtype() == DType.I32;
    Address errors = index ? queue.errors() : null;
    long loops = launches(backwardStages(), call.steps());
    long steps = call.steps() + (DirectionMerge.computesOther(layout) ? call.steps() / 2 : 0);
    return bind(
        ".backward",
        CallKey.of(call),
        loops + (again ? launches(forwardStages(), steps) : 0),
        index,
        memory,
        null,
        (list, m, recurrence) -> SequenceBackward.add(list, m, call, recurrence, errors));
  }

  /** Lanes with the plan's products, converting operands in the workspace where that is needed. */
  private Lanes lanes(CallMemory memory, Address packed) {
    Lanes lanes = Lanes.of(device, sides, products, memory, request.options().mathMode());
    for (Products own : lanes.products()) {
      if (packed != null && own instanceof ConvertingProducts) {
        packing.declare(((ConvertingProducts) own).stage(), packed);
      }
    }
    return lanes;
  }

  /** Recorded calls run on the plan's own queue, so they share its lane. */
  private void useScratch(CallMemory memory) {
    Address scratch = memory.scratch(memory.lane().products());
    products.useScratch(queue.queue(), scratch.buffer(), scratch.offset());
    if (graphs != null) {
      products.useScratch(graphs.queue(), scratch.buffer(), scratch.offset());
    }
    sides.useScratch(products, memory);
  }

  /** Fills the list of a call. */
  private interface Builder {
    void fill(WorkList list, CallMemory memory, Recurrence recurrence);
  }

  private BoundCall bind(
      String suffix,
      CallKey key,
      long launches,
      boolean reports,
      CallMemory memory,
      Address packed,
      Builder builder) {
    useScratch(memory);
    Algorithm algorithm = fallback.now();
    if (algorithm.reports() || fallback.isTaken()) {
      FallbackCall call =
          new FallbackCall(
              fallback,
              now -> built(memory, packed, now, builder),
              now -> device.counters().launches(now.name() + suffix));
      return bound(reports, state -> call.run(queue.queue(), state), call::close);
    }
    AtomicLong runs = device.counters().launches(algorithm.name() + suffix);
    if (graphs != null) {
      GraphCall call = graphs.take(key, launches, () -> built(memory, packed, algorithm, builder));
      return bound(
          reports,
          state -> {
            call.run(queue.queue(), state);
            return runs;
          },
          () -> graphs.leave(key, call));
    }
    boolean compacts = layout.mostValid > 0 && Algorithm.compacts(algorithm.name());
    PlainCall call =
        new PlainCall(
            built(memory, packed, algorithm, builder),
            compacts ? new Compaction(memory.steps, memory.batch, layout.mostValid) : null,
            rows -> built(memory.with(rows), packed, algorithm, builder),
            device.counters().launches(COMPACTED));
    return bound(
        reports,
        state -> {
          call.run(queue.queue(), state);
          return runs;
        },
        call::close);
  }

  private int forwardStages() {
    return layout.program.forward().size() + Zoneout.stages(layout.spec);
  }

  private int backwardStages() {
    return layout.program.backward().size() + 2 * Zoneout.stages(layout.spec);
  }

  /** Of the loops of all layers and directions. */
  private long launches(int stages, long steps) {
    return steps * stages * layout.spec.stateCount();
  }

  private WorkList built(CallMemory memory, Address packed, Algorithm algorithm, Builder builder) {
    WorkList list = new WorkList(lanes(memory, packed), 0);
    try {
      builder.fill(list, memory, algorithm.recurrence());
      return list;
    } catch (RuntimeException e) {
      list.close();
      throw e;
    }
  }

  /**
   * A call that is run and released.
   *
   * @param reports whether kernels beside those of the algorithm may report
   * @param work enqueues it and returns the counter of its runs
   */
  private BoundCall bound(boolean reports, Function<RunState, AtomicLong> work, Runnable release) {
    return new BoundCall() {
      @Override
      public void run(RunState state) {
        arm(reports);
        try {
          work.apply(state).incrementAndGet();
        } catch (RuntimeException e) {
          sides.settle(device, queue.queue(), e);
          throw e;
        } finally {
          arm(reports); // again, as another thread may have looked before the launch
        }
      }

      @Override
      public void close() {
        release.run();
      }
    };
  }

  private void arm(boolean reports) {
    if (fallback.now().reports()) {
      queue.arm(fallback);
    } else if (reports) {
      queue.arm();
    }
  }

  @Override
  public void pack(Tensor params, Tensor packed) {
    Address to = Address.of(packed);
    WorkList list = new WorkList(device, products);
    try {
      OperandFormat format = products.operands();
      OperandStage stage = format.converts() ? new OperandStage(device, format, to, to) : null;
      packing.fill(list, stage, Address.of(params), to);
      list.enqueue(queue.queue(), new RunState(0));
    } finally {
      list.close();
    }
  }

  @Override
  public void close() {
    if (graphs != null) {
      graphs.close();
    }
    products.close(); // bound calls own all other native objects; core has closed them
    sides.close(); // after the products that were opened on them
    if (graphs != null) {
      graphs.closeRecorder();
    }
  }
}
