package org.recurrentops.gpu;

import org.recurrentops.BiasMode;
import org.recurrentops.ParameterLayout;
import org.recurrentops.ParameterSlice;
import org.recurrentops.ParameterSlice.Kind;
import org.recurrentops.RnnSpec;
import org.recurrentops.gpu.Compaction.Place;

/** Addresses of one bound call: the plan's slices, cut for this call's T and N. */
final class CallMemory {
  final PlanLayout layout;
  final RnnSpec spec;
  final ParameterLayout parameters;
  final int steps;
  final int batch;

  /** The steps that a loop runs: all of them, or a segment. */
  final Span span;

  final Address params;
  final Address kept;
  final Address workspace;
  private final Address packed;
  private final PlanLayout.Lane lane;
  private final boolean weightsReady;

  /** How many rows each step has where those that have ended are left out; null if none are. */
  final Compaction compaction;

  /**
   * For a call.
   *
   * @param kept reserve, or workspace for inference
   * @param params flat parameters, or null
   * @param packed packed weights, or null
   */
  CallMemory(
      PlanLayout layout,
      ParameterLayout parameters,
      int steps,
      int batch,
      Address params,
      Address packed,
      Address kept,
      Address workspace) {
    this.lane = layout.lanes[0];
    this.layout = layout;
    this.spec = layout.spec;
    this.parameters = parameters;
    this.steps = steps;
    this.batch = batch;
    this.span = new Span(0, steps);
    this.params = params != null ? params : packed; // packed weights start with the parameters
    this.packed = packed;
    this.kept = kept;
    this.workspace = workspace;
    this.weightsReady = false;
    this.compaction = null;
  }

  private CallMemory(
      CallMemory m, PlanLayout.Lane lane, Span span, boolean weightsReady, Compaction compaction) {
    this.compaction = compaction;
    this.lane = lane;
    this.layout = m.layout;
    this.spec = m.spec;
    this.parameters = m.parameters;
    this.steps = m.steps;
    this.batch = m.batch;
    this.span = span;
    this.params = m.params;
    this.packed = m.packed;
    this.kept = m.kept;
    this.workspace = m.workspace;
    this.weightsReady = weightsReady;
  }

  /** The same call with the scratch of a lane. */
  CallMemory on(int otherLane) {
    return new CallMemory(this, layout.lanes[otherLane], span, weightsReady, compaction);
  }

  /** The same call for a loop over some of the steps. */
  CallMemory during(Span some) {
    return new CallMemory(this, lane, some, weightsReady, compaction);
  }

  /** The same call for a loop whose weights an earlier one on this lane has prepared. */
  CallMemory withWeightsReady() {
    return new CallMemory(this, lane, span, true, compaction);
  }

  /** The same call for runs that leave out rows that have ended. */
  CallMemory with(Compaction rows) {
    return new CallMemory(this, lane, span, weightsReady, rows);
  }

  /** Whether rows that have ended are left out. */
  boolean compacts() {
    return compaction != null;
  }

  /** What kernels ask for that find rows by {@code packing.h}. */
  Bindings places() {
    return new Bindings()
        .put("ranks", scratch(layout.ranks))
        .put("ends", scratch(layout.ends))
        .put("places", scratch(layout.places))
        .put("sites", scratch(layout.sites))
        .put("lengths", lengths())
        .put("batch", batch);
  }

  /** Whether a loop finds its weights transposed and converted. */
  boolean weightsReady() {
    return weightsReady;
  }

  /** Scratch that nothing else uses at the same time. */
  PlanLayout.Lane lane() {
    return lane;
  }

  long plane(long width) {
    return batch * width;
  }

  long rows() {
    return (long) steps * batch;
  }

  int gateRows() {
    return spec.cell().gates() * spec.hiddenSize();
  }

  /** Whether outputs of inner layers are multiplied by masks. */
  boolean drops() {
    return layout.training && spec.dropout() > 0 && spec.layers() > 1 && steps > 0;
  }

  /** Whether a run's seed decides anything. */
  boolean draws() {
    return drops() || DropConnect.masks(layout) || Zoneout.draws(layout);
  }

  /** Where gates, h, c and what the cell saves lie. */
  Address states() {
    return layout.recompute > 0 ? workspace : kept;
  }

  /** Lengths of a run as they came, [N] ints. */
  Address lengths() {
    return kept.plus(layout.lengths);
  }

  /** What each step of each row is, [T,N] ints, see masking.h. */
  Address marks() {
    return kept.plus(layout.marks);
  }

  /** What each row is, [N] ints, see masking.h. */
  Address rowMarks() {
    return kept.plus(layout.rowMarks);
  }

  Address scratch(long slice) {
    return workspace.plus(slice);
  }

  /** Output of an inner layer [T,N,D·H], the input of the next one. */
  Rows layerOutput(int layer) {
    return Rows.dense(kept.plus(layout.output[layer]), steps, batch, spec.outputSize());
  }

  /** Gradient with respect to an inner layer's output [T,N,D·H]. */
  Rows layerOutputGradient(int layer) {
    Address at = scratch(layout.dOutput[layer & 1]);
    return Rows.dense(at, steps, batch, spec.outputSize());
  }

  ParameterSlice slice(Kind kind, int layer, int direction) {
    return parameters.find(kind, layer, direction);
  }

  Address weight(Kind kind, int layer, int direction) {
    return params.plus(slice(kind, layer, direction).offset());
  }

  /** A weight as the time loop reads it: R with its mask where there is one. */
  Address loopWeight(Kind kind, int layer, int direction) {
    return kind == Kind.WEIGHT_HH && DropConnect.masks(layout)
        ? scratch(lane.maskedWeight())
        : weight(kind, layer, direction);
  }

  /** c as each step computed it, before zoneout [T,N,H]. */
  Address freshCell(int layer, int direction) {
    int s = layer * spec.direction().count() + direction;
    boolean reverse = spec.direction().isReverse(direction);
    return layout.training && spec.cellOptions().zoneoutCell() > 0
        ? states().plus(layout.freshCell[s])
        : states().plus(layout.c[s] + (reverse || compacts() ? 0 : plane(spec.hiddenSize())));
  }

  boolean isPacked() {
    return packed != null;
  }

  /** R transposed [H or P, G·H], or W_p transposed [H,P]. */
  Address transposed(Kind kind, int layer, int direction) {
    int s = layer * spec.direction().count() + direction;
    boolean recurrent = kind == Kind.WEIGHT_HH;
    if (packed != null) {
      return packed.plus(recurrent ? layout.packedWeight[s] : layout.packedProjection[s]);
    }
    return scratch(recurrent ? lane.weightTransposed() : lane.projectionTransposed());
  }

  /** What every kernel of one layer and direction may ask for, but y, dy and gradients. */
  Bindings bindings(int layer, int direction) {
    int s = layer * spec.direction().count() + direction;
    boolean training = layout.training;
    long hiddenPlane = plane(spec.hiddenSize());
    Bindings b = new Bindings();
    b.put("gates", states().plus(layout.gates[s]));
    b.put("h_seq", states().plus(layout.h[s]));
    b.put("c_seq", states().plus(layout.c[s])).put("c_step", training ? hiddenPlane : 0L);
    for (String saved : new String[] {"q", "s", "m"}) {
      b.put(saved + "_seq", states().plus(layout.saved[s]));
      b.put(saved + "_step", training ? hiddenPlane : 0L);
    }
    b.put("c_fresh", freshCell(layer, direction));
    b.put("recurrent", scratch(lane.recurrent()));
    b.put("marks", compacts() ? scratch(layout.sites) : marks()).put("row_marks", rowMarks());
    b.put("batch", compacts() ? batch : 0);
    b.put("masking", spec.masking().ordinal());
    b.put("reverse", spec.direction().isReverse(direction));
    b.put("rows", batch).put("steps", steps);
    b.put("hidden", spec.hiddenSize()).put("width", spec.stateSize());
    b.put("biases", spec.bias().count());
    b.put("bias_ih", bias(Kind.BIAS_IH, BiasMode.SINGLE, layer, direction));
    b.put("bias_hh", bias(Kind.BIAS_HH, BiasMode.DOUBLE, layer, direction));
    boolean peepholes = spec.hasPeepholes();
    b.put("peepholes", peepholes ? weight(Kind.PEEPHOLES, layer, direction) : params);
    b.put("own", weight(Kind.WEIGHT_HH, layer, direction));
    OptionFlags.put(b, spec, direction);
    if (spec.isLayerNormalised()) {
      NormBindings.put(b, this, layer, direction);
    }
    return b;
  }

  private Address bias(Kind kind, BiasMode least, int layer, int direction) {
    return spec.bias().count() >= least.count() ? weight(kind, layer, direction) : params;
  }

  /** One state's rows in a caller's tensor [L·D,N,width]. */
  static Rows state(org.recurrentops.Tensor t, int index) {
    return Rows.of(t.select(index));
  }

  /** Binds a matrix of each step. */
  StepAddress operand(Operand operand, Bindings b, int direction) {
    StepAddress dense = dense(operand, b, direction);
    return compacts() ? dense.packed(compaction, place(operand, direction)) : dense;
  }

  private Place place(Operand operand, int direction) {
    boolean reverse = spec.direction().isReverse(direction);
    switch (operand) {
      case RECURRENT:
      case DSCRATCH:
        return Place.FIXED;
      case H_BEFORE:
        return reverse ? Place.NEXT_SLOT : Place.SLOT;
      case H_AFTER:
        return reverse ? Place.SLOT : Place.NEXT_SLOT;
      case SAVED:
        return layout.training ? Place.STEP : Place.FIXED;
      case DH:
        return Place.ROW;
      default:
        return Place.STEP;
    }
  }

  private StepAddress dense(Operand operand, Bindings b, int direction) {
    int hidden = spec.hiddenSize();
    int state = spec.stateSize();
    int gate = gateRows();
    boolean reverse = spec.direction().isReverse(direction);
    long keptStep = layout.training ? plane(hidden) : 0;
    switch (operand) {
      case GATES:
        return StepAddress.of(b.address("gates"), plane(gate), gate);
      case RECURRENT:
        return StepAddress.of(b.address("recurrent"), 0, gate);
      case H_BEFORE:
        return StepAddress.of(
            b.address("h_seq").plus(reverse && !compacts() ? plane(state) : 0),
            plane(state),
            state);
      case H_AFTER:
        return StepAddress.of(
            b.address("h_seq").plus(reverse || compacts() ? 0 : plane(state)), plane(state), state);
      case SAVED:
        return StepAddress.of(b.address(layout.program.saved()), keptStep, hidden);
      case DGATES:
        return StepAddress.of(b.address("dgates"), plane(gate), gate);
      case DRECURRENT:
        return StepAddress.of(b.address("drecurrent"), plane(gate), gate);
      case DH:
        return StepAddress.of(b.address("dh"), 0, state);
      case DH_SEQ:
        return StepAddress.of(b.address("dh_seq"), plane(state), state);
      case DSCRATCH:
        return StepAddress.of(b.address(layout.program.scratch()), 0, hidden);
      default:
        throw new IllegalArgumentException("operand " + operand);
    }
  }
}
