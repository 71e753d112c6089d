package org.recurrentops.gpu;

import java.util.List;
import org.recurrentops.CellOptions;
import org.recurrentops.DType;
import org.recurrentops.MathMode;
import org.recurrentops.MergeMode;
import org.recurrentops.ParameterLayout;
import org.recurrentops.ParameterSlice.Kind;
import org.recurrentops.RnnSpec;
import org.recurrentops.SequenceLayout;
import org.recurrentops.spi.PlanMemory;
import org.recurrentops.spi.PlanRequest;

/**
 * Where everything of a plan lies, for its largest T and N; smaller calls use a part of each slice.
 * <em>Kept</em> slices hold what forward leaves for backward: in the reserve for training, one per
 * state; in the workspace for inference, shared by all layers. Where backward computes steps again
 * the states of the loops lie in the workspace, too, shared by all layers and directions. All
 * offsets are elements of the plan's type, float32 or float64.
 */
final class PlanLayout {
  /** Most chunks of a column sum. */
  static final int SUM_CHUNKS = 32;

  final RnnSpec spec;
  final boolean training;

  /** Whether everything is float64; ints lie in that, too. */
  final boolean wide;

  /** Steps between states that are kept; 0 if everything is kept, and for inference. */
  final int recompute;

  /** Steps that gates have places for. */
  final int segmentSteps;

  /** Whether there is room for a copy of x; without, uneven x is multiplied step by step. */
  final boolean stagesInput;

  /** Largest share of valid steps where rows that have ended are left out; 0 for never. */
  final double mostValid;

  final CellProgram program;

  // kept, by state l·D + d
  final long[] gates;
  final long[] h;
  final long[] c;
  final long[] saved;
  final Norms[] norms;
  final long[] freshCell;
  final long[] output;

  // kept, only where steps are computed again: states before each segment
  final long[] hCheckpoint;
  final long[] cCheckpoint;

  final long lengths;
  final long rowMarks;
  final long marks;

  // workspace
  final Lane[] lanes;
  final GateGradients[][] back;
  final long inputStage;
  final long[] dOutput = new long[2];
  final long random;

  // workspace, only where rows that have ended are left out, see packing.h
  final long ranks;
  final long ends;
  final long places;
  final long sites;

  /** What loops that share a launch work on, see {@link RoleTable}. */
  final long roleTable;

  /** The arithmetic of products. */
  final MathMode mathMode;

  // packed: parameters, then per state R transposed, W_p transposed
  final long[] packedWeight;
  final long[] packedProjection;

  // packed, only where operands are converted: copies of W, R transposed and W_p transposed
  final long[] packedInputCopy;
  final long[] packedWeightCopy;
  final long[] packedProjectionCopy;

  /** Whether products may take operands in another format than float32. */
  final boolean converts;

  /** Directions that may run at the same time: all or one. */
  final int directionsApart;

  /** Layers that may run at the same time: one, or as many as a wave has. */
  final int layersApart;

  /** What the device offers for that. */
  final Overlap overlap;

  private final PlanMemory memory;

  /** Elements of a loop's mailbox and of its weights in memory, 0 where it has none. */
  private final long mailWords;

  private final long streamWords;

  /**
   * Scratch of what runs on one lane, that of its products first. A direction's part of a merged
   * output, or of its gradient, is there only where outputs are merged; the stages only where
   * operands are converted: any left or right one, R and W_p as a loop reads them and as one in
   * reverse time does. The next four only for DropConnect and zoneout, the next one for states
   * beside gate gradients where rows that have ended are left out, the last three are where the
   * grid of a persistent kernel meets, its mailbox, and weights that it reads from memory.
   */
  record Lane(
      long products,
      long recurrent,
      long weightTransposed,
      long projectionTransposed,
      long dh,
      long dc,
      long dScratch,
      long partialSums,
      long directionPart,
      long stageLeft,
      long stageRight,
      long stageWeight,
      long stageProjection,
      long stageWeightBack,
      long stageProjectionBack,
      long maskedWeight,
      long maskedGradient,
      long keptHidden,
      long keptCell,
      long besideGates,
      long sync,
      long mail,
      long stream) {}

  /** What a loop in reverse time leaves for the products over all steps. */
  record GateGradients(long dGates, long dRecurrent, long dhSeq, NormGradients norms) {}

  /** x̂ of W x, of R h₋ and of c, and what these were divided by; training only. */
  record Norms(long input, long recurrent, long cell, long inverses) {}

  /**
   * Gradients of what is normalised, times gains, before they are carried through it: of the gates'
   * arguments on both sides, of one side only where they are the same, and of c.
   */
  record NormGradients(long arguments, long recurrentArguments, long cell) {}

  /**
   * Lays out a plan.
   *
   * @param overlap whether directions, layers, and weight gradients beside the loop of the layer
   *     below have memory of their own, so that they may run at the same time; loops that share a
   *     launch have it, too
   * @param productBytes scratch of the products on one lane
   * @param meets whether loops may be grids whose work-groups wait for each other
   * @param streamWords elements of the weights that such a loop reads from memory
   */
  PlanLayout(
      PlanRequest request, Overlap overlap, long productBytes, boolean meets, long streamWords) {
    this.overlap = overlap;
    this.streamWords = streamWords;
    spec = request.spec();
    training = request.options().isTraining();
    wide = request.options().parameterType() == DType.F64;
    recompute = request.options().recompute();
    int most = request.options().maxSteps();
    segmentSteps = recompute == 0 ? most : Math.max(1, Math.min(recompute, most));
    program = CellProgram.of(spec);
    mostValid = Compaction.mostValid(request);
    long t = request.options().maxSteps();
    long n = request.options().maxBatch();
    int states = spec.stateCount();
    gates = new long[states];
    h = new long[states];
    c = new long[states];
    saved = new long[states];
    norms = new Norms[states];
    freshCell = new long[states];
    output = new long[spec.layers()];
    hCheckpoint = new long[states];
    cCheckpoint = new long[states];
    packedWeight = new long[states];
    packedProjection = new long[states];
    packedInputCopy = new long[states];
    packedWeightCopy = new long[states];
    packedProjectionCopy = new long[states];
    mathMode = request.options().mathMode();
    converts = mathMode != MathMode.FP32;
    boolean apart = overlap.queues() && recompute == 0; // else in turns, in the same memory
    directionsApart = apart ? spec.direction().count() : overlap.roles().directions();
    boolean waves = WaveModel.refusal(request, overlap).isEmpty();
    layersApart = waves ? Math.min(spec.layers(), WaveModel.MOST_LAYERS) : overlap.roles().layers();
    Workspace scratch = new Workspace();
    Workspace reserve = training ? new Workspace() : scratch;
    keepOutputs(reserve, Workspace.product(t, n));
    if (recompute == 0) {
      keepStates(reserve, t, n);
    } else {
      keepCheckpoints(reserve, t, n);
    }
    lengths = reserve.take(n);
    rowMarks = reserve.take(n);
    marks = reserve.take(Workspace.product(t, n));

    long tn = Workspace.product(t, n);
    stagesInput = training || request.options().layout() == SequenceLayout.BATCH_MAJOR;
    inputStage =
        scratch.take(
            stagesInput || mostValid > 0
                ? Workspace.product(tn, Math.max(spec.inputSize(), 3))
                : 0);
    back = gateGradients(scratch, tn, apart ? 2 : 1);
    if (recompute > 0) {
      keepStates(
          scratch, t, n); // gates beyond dgates: their address less any step's is none below 0
    }
    // Where rows are left out, the top layer's dy and dx have a place there, too.
    int widest = mostValid > 0 ? Math.max(spec.outputSize(), spec.inputSize()) : spec.outputSize();
    int between = mostValid > 0 ? 2 : spec.layers() - 1;
    long gradient = training ? Workspace.product(tn, widest) : 0;
    dOutput[0] = scratch.take(between > 0 ? gradient : 0);
    dOutput[1] = scratch.take(between > 1 ? gradient : 0);
    ranks = scratch.take(mostValid > 0 ? n : 0);
    ends = scratch.take(mostValid > 0 ? t : 0);
    places = scratch.take(mostValid > 0 ? tn : 0);
    sites = scratch.take(mostValid > 0 ? tn : 0);
    random = scratch.take(RunRandom.WORDS);
    roleTable = scratch.take(overlap.roles().tableWords());
    mailWords = meets ? Mailbox.words(request, overlap.roles()) : 0;
    lanes = new Lane[loopLanes() + (apart && training ? 1 : 0)];
    for (int lane = 0; lane < lanes.length; lane++) {
      long products = lane == 0 || overlap.queues() ? productBytes : 0;
      lanes[lane] = lane(scratch, products, t, n, lane < loopLanes(), meets);
    }
    long packed = pack(request.parameters());
    memory = new PlanMemory(scratch.elements(), training ? reserve.elements() : 0, packed);
  }

  /** Loops that may run at the same time, of directions or of layers. */
  private int loopLanes() {
    return Math.max(directionsApart, layersApart);
  }

  /** The lane of weight gradients; the first one where nothing runs beside it. */
  int gradientLane() {
    return lanes.length > loopLanes() ? lanes.length - 1 : 0;
  }

  /** The chunks of the loops of layers that run beside each other; one if they do not. */
  Chunks chunks(int steps, int layers, List<CellProgram.StageSpec> stages) {
    return overlap.queues() && layersApart > 1
        ? WaveModel.chunks(steps, layers, stages.size(), overlap)
        : Chunks.whole(steps);
  }

  /** The lane of a direction. */
  int laneOf(int direction) {
    return directionsApart > 1 ? direction : 0;
  }

  /**
   * By layer and direction: those of all layers that run at the same time are alive, or of so many
   * where weight gradients lag.
   */
  private GateGradients[][] gateGradients(Workspace w, long tn, int alive) {
    long gates = training ? Workspace.product(tn, spec.cell().gates(), spec.hiddenSize()) : 0;
    boolean keepsState = spec.projectionSize() > 0 || spec.isLayerNormalised();
    long state = training && keepsState ? Workspace.product(tn, spec.stateSize()) : 0;
    int layers = Math.min(spec.layers(), Math.max(alive, layersApart));
    GateGradients[][] all = new GateGradients[layers][spec.direction().count()];
    for (GateGradients[] layer : all) {
      for (int d = 0; d < layer.length; d++) {
        layer[d] =
            d < directionsApart
                ? new GateGradients(
                    w.take(gates),
                    w.take(program.separateRecurrent() ? gates : 0),
                    w.take(state),
                    normGradients(w, gates, tn))
                : layer[0];
      }
    }
    return all;
  }

  private NormGradients normGradients(Workspace w, long gates, long tn) {
    boolean cell = spec.cell().hasCellState();
    boolean used = training && spec.isLayerNormalised();
    return new NormGradients(
        w.take(used ? gates : 0),
        w.take(used && !cell ? gates : 0),
        w.take(used && cell ? Workspace.product(tn, spec.hiddenSize()) : 0));
  }

  /** Weight gradients take only sums and stages, loops everything. */
  private Lane lane(Workspace w, long productBytes, long t, long n, boolean loops, boolean meets) {
    int element = wide ? Double.BYTES : Float.BYTES;
    long products = w.take((productBytes + element - 1) / element);
    long hidden = spec.hiddenSize();
    long state = spec.stateSize();
    long rows = Workspace.product(spec.cell().gates(), hidden);
    long projection = Workspace.product(spec.projectionSize(), hidden);
    long tn = Workspace.product(t, n);
    long widest = widestInput();
    long left = Workspace.product(tn, Math.max(widest, training ? rows : spec.outputSize()));
    long right = training ? Workspace.product(tn, widest) : 0;
    boolean back = training && loops;
    long weight = w.take(converts && loops ? Workspace.product(rows, state) : 0);
    long projected = w.take(converts && loops ? projection : 0);
    boolean both = recompute > 0 && converts && loops; // a segment's loops follow each other
    CellOptions options = spec.cellOptions();
    return new Lane(
        products,
        w.take(loops && program.separateRecurrent() ? Workspace.product(n, rows) : 0),
        w.take(loops ? Workspace.product(rows, state) : 0),
        w.take(loops ? projection : 0),
        w.take(back ? n * state : 0),
        w.take(back ? n * hidden : 0),
        w.take(back ? n * hidden : 0),
        w.take(training ? SUM_CHUNKS * rows : 0),
        w.take(loops && spec.merge() != MergeMode.CONCAT ? Workspace.product(tn, state) : 0),
        w.take(converts ? left : 0),
        w.take(converts ? Math.max(right, Workspace.product(rows, widest)) : 0),
        weight,
        projected,
        both ? w.take(Workspace.product(rows, state)) : weight,
        both ? w.take(projection) : projected,
        w.take(loops && DropConnect.masks(this) ? Workspace.product(rows, state) : 0),
        w.take(DropConnect.masks(this) ? Workspace.product(rows, state) : 0),
        w.take(back && options.zoneoutHidden() > 0 ? n * state : 0),
        w.take(back && options.zoneoutCell() > 0 ? n * hidden : 0),
        w.take(training && mostValid > 0 ? Workspace.product(tn, Math.max(state, hidden)) : 0),
        w.take(loops && meets ? MeetingLaunches.SYNC_WORDS : 0),
        w.take(loops ? mailWords : 0),
        w.take(loops ? streamWords : 0));
  }

  private long widestInput() {
    long widest = Math.max(spec.hiddenSize(), spec.stateSize());
    for (int l = 0; l < spec.layers(); l++) {
      widest = Math.max(widest, spec.inputSize(l));
    }
    return widest;
  }

  /** What a loop leaves: one of each for every state, or for as many as run at the same time. */
  private void keepStates(Workspace w, long t, long n) {
    long tn = Workspace.product(t, n);
    long hidden = spec.hiddenSize();
    long slots = Workspace.product(t + 1, n);
    boolean cell = spec.cell().hasCellState();
    boolean extra = program.saved() != null;
    boolean each = training && recompute == 0;
    long gateRows = Workspace.product(segmentSteps, n, spec.cell().gates());
    boolean fresh = training && spec.cellOptions().zoneoutCell() > 0;
    // Layers of a wave use the same gates: each writes those of a chunk when the one below is done,
    // but if they share a launch nobody knows when that is.
    int gateLanes = overlap.roles().isStack() ? loopLanes() : directionsApart;
    for (int s = 0; s < gates.length; s++) {
      boolean own = each || s < loopLanes();
      int other = s % loopLanes();
      boolean ownGates = each || s < gateLanes;
      gates[s] = ownGates ? w.take(Workspace.product(gateRows, hidden)) : gates[s % gateLanes];
      h[s] = own ? w.take(Workspace.product(slots, spec.stateSize())) : h[other];
      c[s] = own ? w.take(cell ? Workspace.product(slots, hidden) : 0) : c[other];
      saved[s] =
          own ? w.take(extra ? Workspace.product(training ? tn : n, hidden) : 0) : saved[other];
      norms[s] = own ? norms(w, training && spec.isLayerNormalised() ? tn : 0) : norms[other];
      freshCell[s] = own ? w.take(fresh ? Workspace.product(tn, hidden) : 0) : freshCell[other];
    }
  }

  private void keepOutputs(Workspace w, long tn) {
    for (int l = 0; l < spec.layers() - 1; l++) {
      boolean own = training || l < 2;
      output[l] = own ? w.take(Workspace.product(tn, spec.outputSize())) : output[l - 2];
    }
  }

  private void keepCheckpoints(Workspace w, long t, long n) {
    long slots = Workspace.product((t + segmentSteps - 1) / segmentSteps, n);
    long hidden = spec.cell().hasCellState() ? spec.hiddenSize() : 0;
    for (int s = 0; s < hCheckpoint.length; s++) {
      hCheckpoint[s] = w.take(Workspace.product(slots, spec.stateSize()));
      cCheckpoint[s] = w.take(Workspace.product(slots, hidden));
    }
  }

  private Norms norms(Workspace w, long rows) {
    long width = Workspace.product(rows, spec.cell().gates(), spec.hiddenSize());
    long cell = spec.cell().hasCellState() ? Workspace.product(rows, spec.hiddenSize()) : 0;
    return new Norms(w.take(width), w.take(width), w.take(cell), w.take(3 * rows));
  }

  private long pack(ParameterLayout parameters) {
    Workspace w = new Workspace();
    w.take(parameters.elements());
    int directions = spec.direction().count();
    for (int s = 0; s < packedWeight.length; s++) {
      int layer = s / directions;
      int direction = s % directions;
      packedWeight[s] = w.take(parameters.find(Kind.WEIGHT_HH, layer, direction).elements());
      packedProjection[s] =
          spec.projectionSize() == 0
              ? -1
              : w.take(parameters.find(Kind.WEIGHT_HR, layer, direction).elements());
      if (converts) {
        packedInputCopy[s] =
            spec.skipsInput(layer)
                ? -1
                : w.take(parameters.find(Kind.WEIGHT_IH, layer, direction).elements());
        packedWeightCopy[s] = w.take(parameters.find(Kind.WEIGHT_HH, layer, direction).elements());
        packedProjectionCopy[s] =
            spec.projectionSize() == 0
                ? -1
                : w.take(parameters.find(Kind.WEIGHT_HR, layer, direction).elements());
      }
    }
    return Math.max(1, w.elements());
  }

  PlanMemory memory() {
    return memory;
  }
}
