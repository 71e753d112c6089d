package org.recurrentops.gpu;

import java.util.List;
import org.recurrentops.ParameterSlice;
import org.recurrentops.ParameterSlice.Kind;
import org.recurrentops.RnnSpec;

/** Strategy {@code stepped}: the stages of a cell, step by step, as products and kernels. */
final class SteppedRecurrence implements Recurrence {
  @Override
  public void forward(
      WorkList list, CallMemory memory, Bindings bindings, int layer, int direction) {
    if (!memory.isPacked() && !memory.weightsReady()) {
      WeightTranspose.add(list, memory, layer, direction);
      useWeight(list, memory, Kind.WEIGHT_HH, layer, direction, true);
      useWeight(list, memory, Kind.WEIGHT_HR, layer, direction, true);
    }
    boolean reverse = memory.spec.direction().isReverse(direction);
    Loop loop = new Loop(memory, reverse);
    list.add(loop);
    for (CellProgram.StageSpec spec : memory.layout.program.forward()) {
      loop.add(stage(spec, true, list, memory, bindings, layer, direction));
    }
    Zoneout zoneout = new Zoneout(list, memory, bindings, layer, direction);
    zoneout.forward().forEach(loop::add);
  }

  @Override
  public void backward(
      WorkList list, CallMemory memory, Bindings bindings, int layer, int direction) {
    if (!memory.weightsReady()) {
      useWeight(list, memory, Kind.WEIGHT_HH, layer, direction, false);
      useWeight(list, memory, Kind.WEIGHT_HR, layer, direction, false);
    }
    boolean reverse = memory.spec.direction().isReverse(direction);
    Loop loop = new Loop(memory, !reverse);
    list.add(loop);
    for (Stage stage : StateGradients.stages(list, memory, bindings)) {
      loop.add(stage);
    }
    Zoneout zoneout = new Zoneout(list, memory, bindings, layer, direction);
    zoneout.beforeCell().forEach(loop::add);
    for (CellProgram.StageSpec spec : memory.layout.program.backward()) {
      loop.add(stage(spec, false, list, memory, zoneout.cellBindings(), layer, direction));
    }
    zoneout.afterCell().forEach(loop::add);
  }

  /** Every step reads these weights, so they are converted before the first one. */
  private static void useWeight(
      WorkList list, CallMemory memory, Kind kind, int layer, int direction, boolean transposed) {
    ParameterSlice slice = memory.slice(kind, layer, direction);
    if (WeightTranspose.isMatrix(slice)) {
      Address weight =
          transposed
              ? memory.transposed(kind, layer, direction)
              : memory.loopWeight(kind, layer, direction);
      boolean recurrent = kind == Kind.WEIGHT_HH;
      PlanLayout.Lane lane = memory.lane();
      long there = recurrent ? lane.stageWeight() : lane.stageProjection();
      long back = recurrent ? lane.stageWeightBack() : lane.stageProjectionBack();
      list.useWeight(weight, slice.elements(), memory.scratch(transposed ? there : back));
    }
  }

  @Override
  public boolean splits() {
    return true;
  }

  @Override
  public String describe(RnnSpec spec) {
    CellProgram program = CellProgram.of(spec);
    return "stepped: "
        + (program.forward().size() + Zoneout.stages(spec))
        + " launches per step forward, "
        + (program.backward().size() + 2 * Zoneout.stages(spec))
        + " backward";
  }

  private static Stage stage(
      CellProgram.StageSpec spec,
      boolean forward,
      WorkList list,
      CallMemory memory,
      Bindings bindings,
      int layer,
      int direction) {
    if (spec instanceof CellProgram.Pointwise) {
      KernelId kernel = ((CellProgram.Pointwise) spec).kernel();
      return PointwiseStage.of(list, memory, bindings, kernel);
    }
    if (spec instanceof CellProgram.RowWise) {
      return RowWiseStage.of(list, memory, bindings, ((CellProgram.RowWise) spec).kernel());
    }
    CellProgram.Product product = (CellProgram.Product) spec;
    return forward
        ? forwardProduct(product, list, memory, bindings, layer, direction)
        : backwardProduct(product, list, memory, bindings, layer, direction);
  }

  /** c[N, gates·H] = a[N, K] · transposed[K, gates·H]. */
  private static Stage forwardProduct(
      CellProgram.Product p,
      WorkList list,
      CallMemory memory,
      Bindings bindings,
      int layer,
      int direction) {
    boolean recurrent = p.weight() == Kind.WEIGHT_HH;
    int hidden = memory.spec.hiddenSize();
    int depth = recurrent ? memory.spec.stateSize() : hidden;
    int columns = recurrent ? p.gates() * hidden : memory.spec.projectionSize();
    int ldb = recurrent ? memory.gateRows() : columns;
    long first = recurrent ? (long) p.firstGate() * hidden : 0;
    StepAddress a = memory.operand(p.a(), bindings, direction);
    StepAddress c = memory.operand(p.c(), bindings, direction);
    GemmShape shape =
        new GemmShape(
            false,
            false,
            memory.batch,
            columns,
            depth,
            a.leadingDimension(),
            ldb,
            c.leadingDimension(),
            p.accumulate());
    Address b = memory.transposed(p.weight(), layer, direction).plus(first);
    return new ProductStage(
        memory.compaction, list.prepare(shape), shape.k(), a, b, c.column(first));
  }

  /** c[N, K] = a[N, gates·H] · weight[gates·H, K]. */
  private static Stage backwardProduct(
      CellProgram.Product p,
      WorkList list,
      CallMemory memory,
      Bindings bindings,
      int layer,
      int direction) {
    boolean recurrent = p.weight() == Kind.WEIGHT_HH;
    int hidden = memory.spec.hiddenSize();
    int columns = recurrent ? memory.spec.stateSize() : hidden;
    int depth = recurrent ? p.gates() * hidden : memory.spec.projectionSize();
    long first = recurrent ? (long) p.firstGate() * hidden : 0;
    StepAddress a = memory.operand(p.a(), bindings, direction);
    StepAddress c = memory.operand(p.c(), bindings, direction);
    GemmShape shape =
        new GemmShape(
            false,
            false,
            memory.batch,
            columns,
            depth,
            a.leadingDimension(),
            columns,
            c.leadingDimension(),
            p.accumulate());
    Address b = memory.loopWeight(p.weight(), layer, direction).plus(first * columns);
    return new ProductStage(
        memory.compaction, list.prepare(shape), shape.k(), a.column(first), b, c);
  }

  /** The time loop. */
  private static final class Loop implements Work {
    private final Span span;
    private final Compaction compaction;
    private final boolean descending;
    private Stage[] stages = new Stage[0];

    Loop(CallMemory memory, boolean descending) {
      this.span = memory.span;
      this.compaction = memory.compaction;
      this.descending = descending;
    }

    void add(Stage stage) {
      List<Stage> all = new java.util.ArrayList<>(List.of(stages));
      all.add(stage);
      stages = all.toArray(stages);
    }

    @Override
    public void enqueue(DeviceQueue queue, boolean ragged) {
      for (int k = 0; k < span.count(); k++) {
        int t = span.step(k, descending);
        if (compaction == null || compaction.active(t) > 0) {
          step(queue, t);
        }
      }
      queue.flush();
    }

    private void step(DeviceQueue queue, int t) {
      for (Stage s : stages) {
        s.enqueue(queue, t);
      }
    }

    @Override
    public void close() {
      for (Stage s : stages) {
        s.close();
      }
    }
  }

  private static final class ProductStage implements Stage {
    private final Compaction compaction;
    private final Gemm gemm;
    private final int depth;
    private final StepAddress a;
    private final StepAddress c;

    ProductStage(
        Compaction compaction, Gemm gemm, int depth, StepAddress a, Address b, StepAddress c) {
      this.compaction = compaction;
      this.gemm = gemm;
      this.depth = depth;
      this.a = a;
      this.c = c;
      gemm.b(b.buffer(), b.offset());
    }

    @Override
    public void enqueue(DeviceQueue queue, int t) {
      if (compaction != null) {
        gemm.resize(compaction.active(t), depth);
      }
      gemm.a(a.buffer(), a.at(t));
      gemm.c(c.buffer(), c.at(t));
      gemm.run(queue);
    }

    @Override
    public void close() {
      gemm.close();
    }
  }
}
