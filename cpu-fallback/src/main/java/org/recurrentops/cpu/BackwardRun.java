package org.recurrentops.cpu;

import java.util.ArrayList;
import java.util.List;
import org.recurrentops.DType;
import org.recurrentops.ParameterSlice;
import org.recurrentops.ParameterSlice.Kind;
import org.recurrentops.spi.BackwardCall;
import org.recurrentops.spi.BoundCall;
import org.recurrentops.spi.RunState;

/**
 * A bound backward call. Per layer and direction: the reverse-time recurrence, then weight, bias
 * and input gradients over all timesteps at once.
 */
final class BackwardRun implements BoundCall, Program {
  private final PlanShape shape;
  private final PlanLayout layout;
  private final Crew crew;
  private final CallCounts counts;
  private final Program program;
  private final BackwardCall call;
  private final int steps;
  private final int batch;
  private final RowLengths lengths;
  private final RowGaps gaps;
  private final Dropout dropout;
  private final Indices indices;
  private final float[] work;
  private final int workAt;
  private final float[] kept;
  private final int keptAt;
  private final BackwardWeights[] weights;
  private final ParameterRows[] parameters;
  private final ParameterRows[] maskedParameters;
  private final BackwardMemory[] memories;
  private final DirectionBackward[] directions;
  private final ParameterGradient[] parameterGradients;
  private final NormGradient[] normGradients;
  private final InputGradient[] inputGradients;
  private final SkipGradient skipGradient;
  private final Slab[] dInputs;
  private final InputSources inputs;
  private final Recomputation[] recomputations;
  private final ZoneoutStages[] zoneout;
  private final DropConnect dropConnect;
  private final DropConnect dropConnectGradient;

  BackwardRun(PlanShape shape, PlanLayout layout, Crew crew, CallCounts counts, BackwardCall call) {
    this.shape = shape;
    this.layout = layout;
    this.crew = crew;
    this.counts = counts;
    this.program = counts.counted(this, crew.threads());
    this.call = call;
    steps = call.steps();
    batch = call.batch();
    lengths = new RowLengths(steps, batch);
    gaps = RowGaps.of(crew, batch);
    dropout = shape.dropsOut() ? new Dropout(shape.spec.dropout(), batch) : null;
    indices = call.x().dtype() == DType.I32 ? new Indices(call.x()) : null;
    work = PlanArray.of("workspace", call.workspace());
    workAt = (int) call.workspace().offset();
    kept = PlanArray.of("reserve", call.reserve());
    keptAt = (int) call.reserve().offset();
    int states = shape.spec.stateCount();
    int layers = shape.spec.layers();
    weights = new BackwardWeights[states];
    parameters = new ParameterRows[states];
    maskedParameters = new ParameterRows[states];
    memories = new BackwardMemory[states];
    directions = new DirectionBackward[states];
    parameterGradients = new ParameterGradient[states];
    normGradients = new NormGradient[states];
    inputGradients = new InputGradient[layers];
    dInputs = new Slab[layers];
    zoneout = new ZoneoutStages[states];
    dropConnect = DropConnect.of(shape, call.workspace(), layout.backwardMasked);
    dropConnectGradient = DropConnect.of(shape, call.workspace(), layout.dMasked);
    boolean skips = shape.spec.skipsInput(0) && call.dx() != null;
    skipGradient = skips ? new SkipGradient(steps * batch, new Rows(call.dx())) : null;
    for (int l = 0; l < layers; l++) {
      bindInputGradient(l);
    }
    recomputations = new Recomputation[states];
    int copies = workAt + (int) layout.inputAgain;
    inputs =
        new InputSources(shape, batch, lengths, call.x(), indices, layerInputs(), work, copies);
    for (int s = 0; s < states; s++) {
      bind(s);
    }
  }

  private void bindInputGradient(int l) {
    if (l > 0) {
      int at = workAt + (int) layout.dOutput[(l - 1) % 2];
      dInputs[l] = new Slab(work, at, batch, shape.spec.outputSize(), steps + 1);
    }
    if (l > 0 || call.dx() != null && !shape.spec.skipsInput(l)) {
      Rows dx = l > 0 ? null : new Rows(call.dx());
      inputGradients[l] =
          new InputGradient(shape.math.gemm(), steps * batch, batch, lengths, dInputs[l], dx);
    }
  }

  private Slab[] layerInputs() {
    Slab[] all = new Slab[shape.spec.layers()];
    for (int l = 1; l < all.length; l++) {
      int at = keptAt + (int) layout.layerInput[l];
      all[l] = new Slab(kept, at, batch, shape.spec.outputSize(), steps + 1);
    }
    return all;
  }

  private void bind(int s) {
    int layer = s / shape.directions;
    int d = s % shape.directions;
    boolean reverse = shape.spec.direction().isReverse(d);
    weights[s] = new BackwardWeights(shape, layer, work, workAt + (int) layout.backwardWeights);
    parameters[s] = new ParameterRows(shape.request.parameters(), call.params(), layer, d);
    maskedParameters[s] = dropConnect == null ? null : dropConnect.replaced(parameters[s]);
    ParameterRows used = dropConnect == null ? parameters[s] : maskedParameters[s];
    zoneout[s] = new ZoneoutStages(shape, layer, d);
    if (shape.recompute > 0) {
      recomputations[s] =
          new Recomputation(layout, s, steps, inputs, used, zoneout[s], workAt, kept, keptAt);
    }
    BackwardMemory m = memory(s, reverse);
    BackwardMemory inner = inner(s, m);
    memories[s] = inner;
    OutputMerge merge = OutputMerge.of(shape.spec, d);
    Slab other = merge.needsOther() ? output(s - d + 1 - d, !reverse) : null;
    OutputGradient outputGradient =
        layer + 1 < dInputs.length
            ? OutputGradient.fromNextLayer(dInputs[layer + 1], merge, other, batch)
            : OutputGradient.fromCaller(
                shape,
                call.dy() == null ? null : new Rows(call.dy()),
                merge,
                other,
                batch,
                reverse);
    Rows dc = States.of(call.dcSequence(), s);
    Rows dh = States.of(call.dhSequence(), s);
    directions[s] =
        new DirectionBackward(
            shape,
            zoneout[s].backward(shape.cell(d).backward(shape.math, inner), m, inner),
            lengths,
            steps,
            batch,
            reverse,
            m,
            recomputations[s],
            outputGradient,
            dc == null ? null : OutputGradient.ofCells(dc, batch),
            dh == null ? null : new HiddenGradientSink(dh, batch),
            States.of(call.dhN(), s),
            States.of(call.dcN(), s),
            States.of(call.dh0(), s),
            States.of(call.dc0(), s));
    if (shape.cell.norm() != null) {
      normGradients[s] =
          new NormGradient(shape.cell, inner, steps, batch, lengths, call.accumulate());
    }
    if (call.dParams() != null) {
      parameterGradients[s] = parameterGradient(layer, d, inner, normGradients[s]);
    }
  }

  private ParameterGradient parameterGradient(
      int layer, int d, BackwardMemory m, NormGradient norm) {
    int rows = steps * batch;
    boolean add = call.accumulate();
    ParameterRows target = new ParameterRows(shape.request.parameters(), call.dParams(), layer, d);
    List<WeightPart> parts = new ArrayList<>();
    IndexGradient index = null;
    if (layer == 0 && indices != null) {
      int sums = weights[d].input.offset();
      index = new IndexGradient(indices, lengths, rows, batch, add, work, sums);
    } else if (target.get(Kind.WEIGHT_IH) != null) {
      SequenceOperand input =
          layer > 0
              ? SequenceOperand.of(inputs.layerInputs()[layer])
              : SequenceOperand.of(new Rows(call.x()));
      Slab g = m.dGates();
      parts.add(new WeightPart(g, 0, g.width, input, target.get(Kind.WEIGHT_IH), 0, add));
    }
    addUses(parts, m, target);
    int panels = workAt + (int) layout.operandPanels;
    ParameterSlice.Kind vectorKind = VectorWeights.kind(shape.spec);
    VectorGradient vectors =
        vectorKind == null
            ? null
            : new VectorGradient(
                m, shape.cell.hidden, steps, batch, lengths, add, target.get(vectorKind));
    return new ParameterGradient(
        shape.cell,
        m,
        new BiasGradient(add),
        index,
        new WeightGradients(
            shape.math.gemm(), rows, shape.gradientRows, lengths, parts, work, panels),
        add,
        target,
        vectors,
        norm,
        rows);
  }

  /** The gradients of what a cell multiplies in every step; equal operands are the same object. */
  private void addUses(List<WeightPart> parts, BackwardMemory m, ParameterRows target) {
    WeightUse[] uses = shape.cell.weightUses();
    SequenceOperand[] operands = new SequenceOperand[uses.length];
    for (int i = 0; i < uses.length; i++) {
      WeightUse use = uses[i];
      int same = 0;
      while (!uses[same].sharesOperand(use)) {
        same++;
      }
      Slab slab = use.usesSaved() ? m.saved() : m.hBefore();
      operands[i] = same < i ? operands[same] : SequenceOperand.of(slab, use.columns());
      boolean masked = dropConnectGradient != null && use.kind() == Kind.WEIGHT_HH;
      parts.add(
          new WeightPart(
              use.gradientInSecond() ? m.dSecond() : m.dGates(),
              use.gradientColumn(),
              use.rows(),
              operands[i],
              masked ? dropConnectGradient.matrix() : target.get(use.kind()),
              use.fromRow(),
              call.accumulate() && !masked));
    }
  }

  private BackwardMemory memory(int s, boolean reverse) {
    Cell cell = shape.cell;
    int all = steps + 1;
    int before = reverse ? 1 : 0;
    int after = 1 - before;
    Recomputation again = recomputations[s];
    Slab gates = null;
    if (cell.savesGates()) {
      gates =
          again != null ? again.gates : slab(kept, keptAt + layout.gates[s], cell.gateRows, all);
    }
    Slab saved =
        again != null ? again.saved : slab(kept, keptAt + layout.saved[s], cell.savedWidth(), all);
    Slab h =
        again != null
            ? again.h
            : new Slab(kept, keptAt + (int) layout.h[s], batch, cell.state, all);
    Slab dh = new Slab(work, workAt + (int) layout.dh, batch, cell.state, 2, gaps);
    Slab c = null;
    Slab dc = null;
    if (shape.spec.cell().hasCellState()) {
      c =
          again != null
              ? again.c
              : new Slab(kept, keptAt + (int) layout.c[s], batch, cell.hidden, all);
      dc = new Slab(work, workAt + (int) layout.dc, batch, cell.hidden, 2, gaps);
    }
    return new BackwardMemory(
        gates,
        saved,
        h.shifted(before),
        h.shifted(after),
        c == null ? null : c.shifted(before),
        c == null ? null : c.shifted(after),
        slab(work, workAt + layout.dGates, cell.gateRows, all),
        slab(work, workAt + layout.dSecond, cell.secondGradientWidth(), all),
        slab(work, workAt + layout.scratch, cell.scratchWidth(), 1),
        dh.shifted(after),
        dh.shifted(before),
        dc == null ? null : dc.shifted(after),
        dc == null ? null : dc.shifted(before),
        weights[s].uses,
        weights[s].vectors);
  }

  /** The memory as the cell sees it: states before zoneout, and their gradients. */
  private BackwardMemory inner(int s, BackwardMemory m) {
    Cell cell = shape.cell;
    Recomputation again = recomputations[s];
    return zoneout[s].inner(
        m,
        again != null
            ? again.freshH
            : new Slab(kept, keptAt + (int) layout.freshH[s], batch, cell.state, steps + 1),
        again != null
            ? again.freshC
            : new Slab(kept, keptAt + (int) layout.freshC[s], batch, cell.hidden, steps + 1),
        new Slab(work, workAt + (int) layout.dFreshH, batch, cell.state, 1),
        new Slab(work, workAt + (int) layout.dFreshC, batch, cell.hidden, 1));
  }

  /** h after each step of a layer and direction. */
  private Slab output(int s, boolean reverse) {
    boolean again = shape.recompute > 0;
    int at =
        again ? workAt + (int) layout.hAgain[s % shape.directions] : keptAt + (int) layout.h[s];
    Slab h = new Slab(again ? work : kept, at, batch, shape.cell.state, steps + 1);
    return h.shifted(reverse ? 0 : 1);
  }

  private Slab slab(float[] data, long at, int width, int period) {
    return width == 0 ? null : new Slab(data, (int) at, batch, width, period);
  }

  @Override
  public void run(RunState state) {
    if (call.usesDeviceLengths()) {
      lengths.recallLengths(kept, keptAt + (int) layout.lengths);
    } else if (call.usesDeviceMask()) {
      lengths.recallMask(kept, keptAt + (int) layout.lengths);
    } else {
      lengths.of(state);
    }
    if (indices != null) {
      indices.require("backward: x", shape.spec.inputSize(), batch, lengths);
    }
    if (dropout != null) {
      dropout.of(state);
    }
    for (ZoneoutStages zones : zoneout) {
      zones.of(state);
    }
    if (dropConnect != null) {
      dropConnect.of(state);
      dropConnectGradient.of(state);
    }
    crew.run(program, steps, batch, 2);
    counts.launched();
  }

  @Override
  public void run(Worker w) {
    crew.splitSteps(w, batch);
    if (gaps != null) {
      gaps.takeShares(w);
    }
    for (int layer = dInputs.length - 1; layer >= 0; layer--) {
      InputGradient dInput = inputGradients[layer];
      if (shape.computesOther() && (call.dy() != null || layer + 1 < dInputs.length)) {
        computeAgain(w, layer * shape.directions + 1);
      }
      for (int d = 0; d < shape.directions; d++) {
        int s = layer * shape.directions + d;
        w.phase(Phase.PACKING);
        weights[s].pack(w, parameters(w, s), dInput != null);
        if (recomputations[s] != null) {
          recomputations[s].pack(w);
        }
        w.barrier();
        directions[s].run(w);
        w.barrier();
        w.phase(Phase.BIAS_GRADIENTS);
        if (parameterGradients[s] != null) {
          parameterGradients[s].vectors(w);
        }
        if (normGradients[s] != null) {
          w.barrier();
          normGradients[s].input(w);
          w.barrier();
        }
        w.phase(Phase.WEIGHT_GRADIENTS);
        if (parameterGradients[s] != null) {
          parameterGradients[s].matrices(w, dropConnectGradient, layer, d);
        }
        w.phase(Phase.INPUT_GRADIENTS);
        if (dInput != null) {
          dInput.run(w, memories[s].dGates(), weights[s].input, d > 0);
        }
        if (layer == 0 && skipGradient != null) {
          skipGradient.run(w, memories[s].dGates(), d > 0);
        }
        w.barrier();
      }
      if (layer > 0 && dropout != null) {
        w.phase(Phase.COPIES);
        dropout.apply(w, dInputs[layer], layer - 1, steps * batch, lengths);
        w.barrier();
      }
    }
  }

  /** The steps of a layer's second direction, of which the first one's gradient reads h. */
  private void computeAgain(Worker w, int s) {
    w.phase(Phase.PACKING);
    parameters(w, s);
    recomputations[s].pack(w);
    w.barrier();
    recomputations[s].all(w, steps);
    w.barrier();
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
