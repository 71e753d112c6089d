package org.recurrentops.gpu;

import org.recurrentops.MathMode;
import org.recurrentops.ParameterLayout;
import org.recurrentops.ParameterSlice.Kind;
import org.recurrentops.RnnSpec;
import org.recurrentops.SequenceLayout;
import org.recurrentops.spi.PlanMemory;
import org.recurrentops.spi.PlanRequest;

/**
 * Where everything of a plan lies, for its largest T and N; smaller calls use a part of each slice.
 * <em>Kept</em> slices hold what forward leaves for backward: in the reserve for training, one per
 * state; in the workspace for inference, shared by all layers. All offsets are float32 elements.
 */
final class PlanLayout {
  /** Most chunks of a column sum. */
  static final int SUM_CHUNKS = 32;

  final RnnSpec spec;
  final boolean training;

  /** Whether there is room for a copy of x; without, uneven x is multiplied step by step. */
  final boolean stagesInput;

  final CellProgram program;

  // kept, by state l·D + d
  final long[] gates;
  final long[] h;
  final long[] c;
  final long[] saved;
  final long[] output;
  final long lengths;
  final long rowMarks;
  final long marks;

  // workspace
  final long recurrent;
  final long weightTransposed;
  final long projectionTransposed;
  final long inputStage;
  final long dGates;
  final long dRecurrent;
  final long dh;
  final long dc;
  final long dScratch;
  final long dhSeq;
  final long[] dOutput = new long[2];
  final long partialSums;

  // packed: parameters, then per state R transposed, W_p transposed
  final long[] packedWeight;
  final long[] packedProjection;

  // packed, only where operands are converted: copies of W, R transposed and W_p transposed
  final long[] packedInputCopy;
  final long[] packedWeightCopy;
  final long[] packedProjectionCopy;

  // workspace, only where operands are converted: any left or right one, R and W_p as the loop
  // reads them
  final long stageLeft;
  final long stageRight;
  final long stageWeight;
  final long stageProjection;

  /** Whether products may take operands in another format than float32. */
  final boolean converts;

  private final PlanMemory memory;

  PlanLayout(PlanRequest request) {
    spec = request.spec();
    training = request.options().isTraining();
    program = CellProgram.of(spec);
    long t = request.options().maxSteps();
    long n = request.options().maxBatch();
    int states = spec.stateCount();
    gates = new long[states];
    h = new long[states];
    c = new long[states];
    saved = new long[states];
    output = new long[spec.layers()];
    packedWeight = new long[states];
    packedProjection = new long[states];
    packedInputCopy = new long[states];
    packedWeightCopy = new long[states];
    packedProjectionCopy = new long[states];
    converts = request.options().mathMode() != MathMode.FP32;
    Workspace scratch = new Workspace();
    Workspace reserve = training ? new Workspace() : scratch;
    keep(reserve, t, n);
    lengths = reserve.take(n);
    rowMarks = reserve.take(n);
    marks = reserve.take(Workspace.product(t, n));

    long tn = Workspace.product(t, n);
    long hidden = spec.hiddenSize();
    long state = spec.stateSize();
    long rows = Workspace.product(spec.cell().gates(), hidden);
    recurrent = scratch.take(program.separateRecurrent() ? Workspace.product(n, rows) : 0);
    weightTransposed = scratch.take(Workspace.product(rows, state));
    projectionTransposed = scratch.take(Workspace.product(spec.projectionSize(), hidden));
    boolean back = training;
    stagesInput = back || request.options().layout() == SequenceLayout.BATCH_MAJOR;
    inputStage =
        scratch.take(stagesInput ? Workspace.product(tn, Math.max(spec.inputSize(), 3)) : 0);
    dGates = scratch.take(back ? Workspace.product(tn, rows) : 0);
    dRecurrent =
        scratch.take(back && program.separateRecurrent() ? Workspace.product(tn, rows) : 0);
    dh = scratch.take(back ? n * state : 0);
    dc = scratch.take(back ? n * hidden : 0);
    dScratch = scratch.take(back ? n * hidden : 0);
    dhSeq = scratch.take(back ? Workspace.product(tn, spec.projectionSize()) : 0);
    long between = back && spec.layers() > 1 ? Workspace.product(tn, spec.outputSize()) : 0;
    dOutput[0] = scratch.take(between);
    dOutput[1] = scratch.take(spec.layers() > 2 ? between : 0);
    partialSums = scratch.take(back ? SUM_CHUNKS * rows : 0);
    long widest = widestInput();
    long left = Workspace.product(tn, Math.max(widest, training ? rows : spec.outputSize()));
    long right = Workspace.product(tn, Math.max(widest, Math.max(hidden, state)));
    stageLeft = scratch.take(converts ? left : 0);
    stageRight =
        scratch.take(
            converts ? Math.max(training ? right : 0, Workspace.product(rows, widest)) : 0);
    stageWeight = scratch.take(converts ? Workspace.product(rows, state) : 0);
    stageProjection = scratch.take(converts ? Workspace.product(spec.projectionSize(), hidden) : 0);
    long packed = pack(request.parameters());
    memory = new PlanMemory(scratch.elements(), training ? reserve.elements() : 0, packed);
  }

  private long widestInput() {
    long widest = Math.max(spec.hiddenSize(), spec.stateSize());
    for (int l = 0; l < spec.layers(); l++) {
      widest = Math.max(widest, spec.inputSize(l));
    }
    return widest;
  }

  private void keep(Workspace w, long t, long n) {
    long tn = Workspace.product(t, n);
    long hidden = spec.hiddenSize();
    long slots = Workspace.product(t + 1, n);
    boolean cell = spec.cell().hasCellState();
    boolean extra = program.saved() != null;
    for (int s = 0; s < gates.length; s++) {
      boolean own = training || s == 0;
      gates[s] = own ? w.take(Workspace.product(tn, spec.cell().gates(), hidden)) : gates[0];
      h[s] = own ? w.take(Workspace.product(slots, spec.stateSize())) : h[0];
      c[s] = own ? w.take(cell ? Workspace.product(training ? slots : n, hidden) : 0) : c[0];
      saved[s] = own ? w.take(extra ? Workspace.product(training ? tn : n, hidden) : 0) : saved[0];
    }
    for (int l = 0; l < spec.layers() - 1; l++) {
      boolean own = training || l < 2;
      output[l] = own ? w.take(Workspace.product(tn, spec.outputSize())) : output[l - 2];
    }
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
        packedInputCopy[s] = w.take(parameters.find(Kind.WEIGHT_IH, layer, direction).elements());
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
