package org.recurrentops.gpu;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.recurrentops.DType;
import org.recurrentops.ParameterSlice;
import org.recurrentops.ParameterSlice.Kind;
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
  private final Device device;
  private final GpuQueue queue;
  private final PlanRequest request;
  private final PlanLayout layout;
  private final Choice choice;
  private final Algorithm algorithm;
  private final Products products;

  /**
   * What was chosen.
   *
   * @param algorithm its name
   * @param why for people, one or more lines
   */
  record Choice(String algorithm, String why) {}

  GpuPlan(Device device, GpuQueue queue, PlanRequest request, PlanLayout layout, Choice choice) {
    this.device = device;
    this.queue = queue;
    this.request = request;
    this.layout = layout;
    this.choice = choice;
    this.algorithm = Algorithm.of(choice.algorithm(), device);
    this.products = device.products(algorithm.gemmForm(), request.options().mathMode());
    openProducts();
  }

  private void openProducts() {
    try {
      products.open(queue.queue());
    } catch (RuntimeException e) {
      products.close();
      throw e;
    }
  }

  @Override
  public PlanMemory memory() {
    return layout.memory();
  }

  @Override
  public String algorithm() {
    return algorithm.name();
  }

  @Override
  public String describe() {
    return "algorithm "
        + algorithm.name()
        + ": "
        + choice.why()
        + "\ntime loop "
        + algorithm.recurrence().describe(layout.spec)
        + "\nmatrix products "
        + products.describe()
        + ", "
        + request.options().mathMode()
        + (device.describe().isEmpty() ? "" : "\n" + device.describe());
  }

  @Override
  public String tuning() {
    return Tuning.format(algorithm.name());
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
        index,
        list -> SequenceForward.add(list, memory, call, algorithm.recurrence(), errors));
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
    return bind(
        ".backward",
        false,
        list -> SequenceBackward.add(list, memory, call, algorithm.recurrence()));
  }

  private WorkList newList() {
    return new WorkList(device, products);
  }

  private BoundCall bind(String suffix, boolean reports, Consumer<WorkList> builder) {
    WorkList list = newList();
    try {
      builder.accept(list);
    } catch (RuntimeException e) {
      list.close();
      throw e;
    }
    AtomicLong runs = device.counters().launches(algorithm.name() + suffix);
    return new BoundCall() {
      @Override
      public void run(RunState state) {
        if (reports) {
          queue.arm();
        }
        list.enqueue(queue.queue(), state);
        runs.incrementAndGet();
      }

      @Override
      public void close() {
        list.close();
      }
    };
  }

  @Override
  public void pack(Tensor params, Tensor packed) {
    WorkList list = newList();
    try {
      Address src = Address.of(params);
      Address dst = Address.of(packed);
      for (ParameterSlice s : request.parameters().slices()) {
        packSlice(list, s, src.plus(s.offset()), dst);
      }
      list.enqueue(queue.queue(), new RunState(0));
    } finally {
      list.close();
    }
  }

  private void packSlice(WorkList list, ParameterSlice s, Address src, Address packed) {
    int width = Math.toIntExact(s.shape().dim(-1));
    long rows = s.elements() / width;
    RowWork.copy(
        list, Rows.dense(src, rows, 1, width), Rows.dense(packed.plus(s.offset()), rows, 1, width));
    int state = s.layer() * layout.spec.direction().count() + s.direction();
    if (s.kind() == Kind.WEIGHT_HH) {
      WeightTranspose.add(list, s, src, packed.plus(layout.packedWeight[state]));
    } else if (s.kind() == Kind.WEIGHT_HR) {
      WeightTranspose.add(list, s, src, packed.plus(layout.packedProjection[state]));
    }
  }

  @Override
  public void close() {
    products.close(); // bound calls own all other native objects; core has closed them
  }
}
