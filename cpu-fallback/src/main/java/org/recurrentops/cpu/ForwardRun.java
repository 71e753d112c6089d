package org.recurrentops.cpu;

import org.recurrentops.DType;
import org.recurrentops.Tensor;
import org.recurrentops.spi.BoundCall;
import org.recurrentops.spi.ForwardCall;
import org.recurrentops.spi.RunState;

/** A bound forward call: all layers and directions, one after the other, each by all workers. */
final class ForwardRun implements BoundCall, Program {
  private final PlanShape shape;
  private final PlanLayout layout;
  private final Crew crew;
  private final CallCounts counts;
  private final Program program;
  private final int steps;
  private final int batch;
  private final RowLengths lengths;
  private final RowGaps gaps;
  private final Dropout dropout;
  private final Indices indices;
  private final Tensor deviceLengths;
  private final Tensor deviceMask;
  private final float[] work;
  private final int workAt;
  private final float[] kept;
  private final int keptAt;
  private final ForwardWeights[] weights;
  private final ParameterRows[] parameters;
  private final ParameterRows[] maskedParameters;
  private final JoinedInput[] joined;
  private final DirectionForward[] directions;

  /** The same with vectors of batch rows, or null; for calls in which no row ends early. */
  private final DirectionForward[] laneDirections;

  private final LaneMemory[] lanes;
  private final Slab[] layerInputs;
  private final InputSources inputs;
  private final ZoneoutStages[] zoneout;
  private final DropConnect dropConnect;

  ForwardRun(PlanShape shape, PlanLayout layout, Crew crew, CallCounts counts, ForwardCall call) {
    this.shape = shape;
    this.layout = layout;
    this.crew = crew;
    this.counts = counts;
    this.program = counts.counted(this, crew.threads());
    steps = call.steps();
    batch = call.batch();
    lengths = new RowLengths(steps, batch);
    boolean fits = shape.chunkSlots(batch) <= shape.chunkSlots(shape.maxBatch);
    gaps = shape.keepsSteps() || !fits ? null : RowGaps.of(crew, batch);
    dropout = shape.dropsOut() ? new Dropout(shape.spec.dropout(), batch) : null;
    boolean index = call.x().dtype() == DType.I32;
    indices = index ? new Indices(call.x()) : null;
    deviceLengths = call.deviceLengths();
    deviceMask = call.deviceMask();
    work = PlanArray.of("workspace", call.workspace());
    workAt = (int) call.workspace().offset();
    kept = call.reserve() == null ? null : PlanArray.of("reserve", call.reserve());
    keptAt = call.reserve() == null ? 0 : (int) call.reserve().offset();
    int states = shape.spec.stateCount();
    weights = new ForwardWeights[states];
    parameters = new ParameterRows[states];
    maskedParameters = new ParameterRows[states];
    joined = new JoinedInput[states];
    directions = new DirectionForward[states];
    laneDirections = new DirectionForward[states];
    lanes = new LaneMemory[states];
    zoneout = new ZoneoutStages[states];
    dropConnect = DropConnect.of(shape, call.workspace(), layout.forwardMasked);
    layerInputs = new Slab[shape.spec.layers()];
    for (int l = 1; l < layerInputs.length; l++) {
      layerInputs[l] = layerInput(l);
    }
    int copies = workAt + (int) layout.chunkInput;
    inputs = new InputSources(shape, batch, lengths, call.x(), indices, layerInputs, work, copies);
    for (int s = 0; s < states; s++) {
      bindWeights(call, s);
      bindDirection(call, s);
    }
  }

  private Slab layerInput(int l) {
    int width = shape.spec.outputSize();
    if (shape.training) {
      return new Slab(kept, keptAt + (int) layout.layerInput[l], batch, width, steps + 1);
    }
    return new Slab(work, workAt + (int) layout.passed[(l - 1) % 2], batch, width, steps + 1);
  }

  private void bindWeights(ForwardCall call, int s) {
    int layer = s / shape.directions;
    if (call.packed() != null) {
      float[] data = PlanArray.of("weights", call.packed());
      int base = (int) (call.packed().offset() + layout.packed[s]);
      weights[s] = new ForwardWeights(shape, layer, data, base);
      return;
    }
    weights[s] = new ForwardWeights(shape, layer, work, workAt + (int) layout.forwardWeights);
    parameters[s] =
        new ParameterRows(shape.request.parameters(), call.params(), layer, s % shape.directions);
    maskedParameters[s] = dropConnect == null ? null : dropConnect.replaced(parameters[s]);
  }

  private void bindDirection(ForwardCall call, int s) {
    int layer = s / shape.directions;
    int d = s % shape.directions;
    boolean reverse = shape.spec.direction().isReverse(d);
    OutputMerge merge = OutputMerge.of(shape.spec, d);
    OutputSink sink =
        layer + 1 < layerInputs.length
            ? OutputSink.toNextLayer(layerInputs[layer + 1], merge, batch)
            : OutputSink.toCaller(
                shape, call.y() == null ? null : new Rows(call.y()), merge, batch, reverse);
    ForwardMemory m = memory(s, reverse, sink, gaps);
    Projection projection = inputs.projection(layer, weights[s], m.gates(), m.input());
    directions[s] = direction(call, s, reverse, stages(s, layer, d, m), m, projection, sink);
    SequenceOperand rows = inputs.inLanes(layer);
    if (rows != null) {
      lanes[s] = laneMemory(layer);
      ForwardMemory outer = memory(s, reverse, sink, null);
      Slab h = outer.hBefore();
      LaneInput input = new LaneInput(lanes[s], rows, steps, reverse, h, outer.cBefore());
      Stage[] stages = laneStages(call, s, input, outer, sink.takesBlocks() ? sink : null);
      laneDirections[s] = direction(call, s, reverse, stages, outer, input, sink);
    }
  }

  private LaneMemory laneMemory(int layer) {
    return new LaneMemory(
        shape.math.batchLanes(),
        shape.laneCell,
        batch,
        shape.spec.inputSize(layer),
        shape.cell.hidden,
        work,
        workAt + (int) layout.lanes);
  }

  private Stage[] laneStages(
      ForwardCall call, int s, LaneInput input, ForwardMemory outer, OutputSink output) {
    LaneCell cell = shape.cell(s % shape.directions).inLanes(shape.math);
    boolean cells = States.of(call.cSequence(), s) != null;
    return new Stage[] {
      new LaneProducts(lanes[s], weights[s].lanes, cell.products(), outer.hBefore()),
      new LaneUnits(lanes[s], cell, input, output, outer.hAfter(), outer.cAfter(), cells)
    };
  }

  private DirectionForward direction(
      ForwardCall call,
      int s,
      boolean reverse,
      Stage[] stages,
      ForwardMemory m,
      Projection projection,
      OutputSink sink) {
    return new DirectionForward(
        shape,
        stages,
        lengths,
        steps,
        batch,
        reverse,
        m,
        projection,
        checkpoints(s, m),
        sink,
        cellSink(call, s),
        States.of(call.h0(), s),
        States.of(call.c0(), s),
        States.of(call.hN(), s),
        States.of(call.cN(), s));
  }

  private Checkpoints checkpoints(int s, ForwardMemory m) {
    return shape.recompute == 0
        ? null
        : Checkpoints.of(shape, layout, s, steps, batch, m, kept, keptAt);
  }

  /** The stages of a step. */
  private Stage[] stages(int s, int layer, int d, ForwardMemory m) {
    ZoneoutStages zones = new ZoneoutStages(shape, layer, d);
    zoneout[s] = zones;
    boolean keeps = shape.keepsSteps();
    float[] data = keeps ? kept : work;
    int hAt = keeps ? keptAt + (int) layout.freshH[s] : workAt + (int) layout.stepFreshH;
    int cAt = keeps ? keptAt + (int) layout.freshC[s] : workAt + (int) layout.stepFreshC;
    int period = keeps ? steps + 1 : 1;
    Slab freshH = new Slab(data, hAt, batch, shape.cell.state, period);
    Slab freshC = new Slab(data, cAt, batch, shape.cell.hidden, period);
    return zones.forward(shape.cell(d), shape.math, m, freshH, freshC);
  }

  private OutputSink cellSink(ForwardCall call, int s) {
    Rows cells = States.of(call.cSequence(), s);
    return cells == null ? null : OutputSink.ofCells(cells, batch);
  }

  /** Where everything is kept for backward each step has a place; else a chunk of steps has. */
  private ForwardMemory memory(int s, boolean reverse, OutputSink output, RowGaps gaps) {
    Cell cell = shape.cell;
    joined[s] = inputs.joined(s / shape.directions, weights[s]);
    boolean keeps = shape.keepsSteps();
    int chunk = shape.chunkSteps(batch);
    float[] data = keeps ? kept : work;
    int at = keeps ? keptAt : workAt;
    int all = steps + 1;
    Slab gates =
        keeps && cell.savesGates()
            ? new Slab(kept, keptAt + (int) layout.gates[s], batch, cell.gateRows, all)
            : new Slab(
                work,
                workAt + (int) layout.chunkGates,
                batch,
                cell.gateRows,
                chunk,
                gateGaps(s, gaps));
    Slab saved = null;
    if (cell.savedWidth() > 0) {
      int from = at + (int) (keeps ? layout.saved[s] : layout.chunkSaved);
      saved = new Slab(data, from, batch, cell.savedWidth(), keeps ? all : 1, gaps);
    }
    int slots = keeps ? all : chunk + 1;
    int hAt = at + (int) (keeps ? layout.h[s] : layout.chunkH);
    Slab h = new Slab(data, hAt, batch, cell.state, slots, gaps);
    Slab c = null;
    if (shape.spec.cell().hasCellState()) {
      int cAt = at + (int) (keeps ? layout.c[s] : layout.chunkC);
      c = new Slab(data, cAt, batch, cell.hidden, slots, gaps);
    }
    // Where a step's products leave no room in the cache, a store for each unit waits for memory.
    OutputSink blocks = joined[s] != null && output.takesBlocks() ? output : null;
    return ForwardMemory.of(gates, saved, h, c, weights[s], blocks, joined[s], reverse);
  }

  private RowGaps gateGaps(int s, RowGaps gaps) {
    boolean apart = inputs.keepsRowsApart(s / shape.directions, joined[s], crew.threads());
    return apart ? gaps : null;
  }

  @Override
  public void run(RunState state) {
    if (deviceLengths != null) {
      lengths.ofLengths(deviceLengths);
    } else if (deviceMask != null) {
      lengths.ofMask(deviceMask);
    } else {
      lengths.of(state);
    }
    if (indices != null) {
      indices.require("forward: x", shape.spec.inputSize(), batch, lengths);
    }
    if (kept != null && (deviceLengths != null || deviceMask != null)) {
      lengths.keep(kept, keptAt + (int) layout.lengths);
    }
    if (dropout != null) {
      dropout.of(state);
    }
    for (ZoneoutStages zones : zoneout) {
      zones.of(state);
    }
    if (dropConnect != null) {
      dropConnect.of(state);
    }
    crew.run(program, steps, batch, 1);
    counts.launched();
  }

  @Override
  public void run(Worker w) {
    if (gaps != null) {
      gaps.takeShares(w);
    }
    for (int s = 0; s < directions.length; s++) {
      boolean inLanes = laneDirections[s] != null && !lengths.ragged();
      if (parameters[s] != null) {
        w.phase(Phase.PACKING);
        ForwardWeights.Forms forms = inLanes ? ForwardWeights.Forms.LANES : inputs.forms(joined[s]);
        weights[s].pack(w, parameters(w, s), forms);
        w.barrier();
      }
      w.splitSteps(!inLanes && crew.splitsRows(batch), batch);
      (inLanes ? laneDirections[s] : directions[s]).run(w);
      w.barrier();
      int layer = s / shape.directions;
      boolean layerDone = (s + 1) % shape.directions == 0;
      if (layerDone && dropout != null && layer + 1 < layerInputs.length) {
        w.phase(Phase.COPIES);
        dropout.apply(w, layerInputs[layer + 1], layer, steps * batch, lengths);
        w.barrier();
      }
    }
  }

  private ParameterRows parameters(Worker w, int s) {
    if (dropConnect == null) {
      return parameters[s];
    }
    int layer = s / shape.directions;
    dropConnect.fill(w, parameters[s], layer, s % shape.directions);
    w.barrier();
    return maskedParameters[s];
  }

  @Override
  public void close() {
    // Holds nothing.
  }
}
