package org.recurrentops.gpu;

import java.util.ArrayList;
import java.util.List;
import org.recurrentops.DType;
import org.recurrentops.ParameterSlice.Kind;
import org.recurrentops.PlanOptions;
import org.recurrentops.RnnSpec;
import org.recurrentops.spi.DeviceBuffer;
import org.recurrentops.spi.PlanRequest;
import org.recurrentops.spi.RunState;

/**
 * Runs the time loop of layer 0 and its share of the large products over a few steps on memory of
 * its own, to compare algorithms. The width of x plays no part: the products use H or P instead, so
 * that a large vocabulary costs nothing here.
 */
final class Trial implements AutoCloseable {
  private static final int MOST_STEPS = 8;
  private static final int MOST_RUNS = 5;

  /** Multiply-adds of one run that are aimed at, so that slow devices stay within the budget. */
  private static final double WORK = 1e8;

  private final Device device;
  private final DeviceQueue queue;
  private final PlanLayout layout;
  private final CallMemory memory;
  private final PlanRequest request;
  private final List<DeviceBuffer> buffers = new ArrayList<>();
  private final Address input;
  private final Address gradients;

  /**
   * Times of one algorithm.
   *
   * @param bestNanos of the fastest run
   * @param spentNanos of all timed runs
   */
  record Result(long bestNanos, long spentNanos) {}

  /**
   * Memory for trials.
   *
   * @param meets whether one of them is a grid whose work-groups wait for each other
   */
  Trial(Device device, DeviceQueue queue, PlanRequest full, boolean meets) {
    this.device = device;
    this.queue = queue;
    PlanOptions o = full.options();
    int steps = steps(full.spec(), o);
    PlanOptions few =
        o.isTraining()
            ? PlanOptions.training(steps, o.maxBatch())
            : PlanOptions.inference(steps, o.maxBatch());
    RnnSpec spec = oneLayer(full.spec());
    request =
        new PlanRequest(
            spec, few.mathMode(o.mathMode()), org.recurrentops.ParameterLayout.of(spec));
    long products = Algorithm.productScratchBytes(full, device);
    layout = new PlanLayout(request, Overlap.NONE, products, meets, 0);
    try {
      Address params = fresh(request.parameters().elements());
      Address workspace = fresh(layout.memory().workspace());
      Address kept = layout.training ? fresh(layout.memory().reserve()) : workspace;
      input = fresh((long) steps * o.maxBatch() * spec.inputSize());
      gradients = layout.training ? fresh(request.parameters().elements()) : null;
      memory =
          new CallMemory(
              layout, request.parameters(), steps, o.maxBatch(), params, null, kept, workspace);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /** Layer 0 alone, with an input as wide as its state. */
  private static RnnSpec oneLayer(RnnSpec s) {
    return RnnSpec.of(s.cell(), s.stateSize(), s.hiddenSize())
        .projection(s.projectionSize())
        .bias(s.bias())
        .build();
  }

  private static int steps(RnnSpec spec, PlanOptions o) {
    double perStep =
        (double) o.maxBatch() * spec.cell().gates() * spec.hiddenSize() * spec.stateSize();
    int affordable = (int) Math.max(1, Math.min(MOST_STEPS, WORK / (3 * perStep)));
    return Math.min(affordable, o.maxSteps());
  }

  /** Memory of small numbers: neither denormal nor NaN, which some devices compute slowly. */
  private Address fresh(long elements) {
    DeviceBuffer buffer = device.allocate(DType.F32, Math.max(1, elements));
    buffers.add(buffer);
    Address at = new Address(buffer, 0);
    WorkList list = new WorkList(device, null); // fills only
    try {
      int chunk = 1 << 24;
      for (long first = 0; first < elements; first += chunk) {
        int width = (int) Math.min(chunk, elements - first);
        RowWork.fill(list, Rows.dense(at.plus(first), 1, 1, width), 0.01f);
      }
      list.enqueue(queue, new RunState(0));
    } finally {
      list.close();
    }
    return at;
  }

  private org.recurrentops.MathMode mode() {
    return request.options().mathMode();
  }

  String label() {
    return "at T="
        + memory.steps
        + ", N="
        + memory.batch
        + (layout.training ? ", with backward" : "");
  }

  /** Runs an algorithm once untimed, then until the budget or the number of runs is used up. */
  Result run(Algorithm algorithm, long budgetNanos) {
    GraphRecorder recorder = algorithm.isGraph() ? device.newRecorder() : null;
    Products products = device.products(algorithm.gemmForm(), mode());
    WorkList list = new WorkList(device, ConvertingProducts.over(device, products, memory, mode()));
    try {
      open(products, queue);
      build(list, algorithm.recurrence());
      RunState state = new RunState(memory.batch);
      list.enqueue(queue, state);
      queue.synchronize();
      return recorder == null
          ? timed(() -> list.enqueue(queue, state), budgetNanos)
          : replays(recorder, products, list, budgetNanos);
    } finally {
      list.close();
      products.close();
      if (recorder != null) {
        recorder.close();
      }
    }
  }

  /** On queues whose work takes turns. */
  private void open(Products products, DeviceQueue on) {
    products.open(on);
    Address scratch = memory.scratch(memory.lane().products());
    products.useScratch(on, scratch.buffer(), scratch.offset());
  }

  /** The lengths are in place already, from the untimed run. */
  private Result replays(
      GraphRecorder recorder, Products products, WorkList list, long budgetNanos) {
    open(products, recorder.queue());
    DeviceGraph graph = recorder.record(() -> list.enqueue(recorder.queue(), false));
    try {
      return timed(() -> graph.launch(queue), budgetNanos);
    } finally {
      graph.close();
    }
  }

  private Result timed(Runnable work, long budgetNanos) {
    long best = Long.MAX_VALUE;
    long spent = 0;
    for (int run = 0; run < MOST_RUNS && (run == 0 || spent < budgetNanos / 2); run++) {
      long start = System.nanoTime();
      work.run();
      queue.synchronize();
      long time = System.nanoTime() - start;
      best = Math.min(best, time);
      spent += time;
    }
    return new Result(best, spent);
  }

  private void build(WorkList list, Recurrence recurrence) {
    list.bring(new RunMarks(list, memory, null, null));
    Bindings b = memory.bindings(0, 0);
    b.put("has_y", false).put("y", memory.kept).put("y_step", 0L).put("y_row", 0L);
    b.put("fill", 0f);
    Rows gates = Rows.dense(b.address("gates"), memory.steps, memory.batch, memory.gateRows());
    int width = memory.spec.inputSize();
    Rows x = Rows.dense(input, memory.steps, memory.batch, width);
    RowWork.fill(list, x, 0.01f);
    boolean skips = memory.spec.skipsInput(0);
    if (skips) {
      RowWork.repeatColumns(list, x, gates);
    } else {
      RowWork.project(list, x, memory.weight(Kind.WEIGHT_IH, 0, 0), width, gates, false);
    }
    recurrence.forward(list, memory, b, 0, 0);
    if (layout.training) {
      SequenceBackward.gradientBindings(b, memory, 0, 0);
      b.put("has_dy", false).put("dy", memory.kept).put("dy_step", 0L).put("dy_row", 0L);
      recurrence.backward(list, memory, b, 0, 0);
      Rows dGates = Rows.dense(b.address("dgates"), memory.steps, memory.batch, memory.gateRows());
      if (skips) {
        RowWork.sumBlocks(list, dGates, x, false);
      } else {
        RowWork.outer(list, dGates, x, gradients, width, false);
        RowWork.projectBack(list, dGates, memory.weight(Kind.WEIGHT_IH, 0, 0), width, x, false);
      }
    }
  }

  @Override
  public void close() {
    buffers.forEach(DeviceBuffer::free);
    buffers.clear();
  }
}
