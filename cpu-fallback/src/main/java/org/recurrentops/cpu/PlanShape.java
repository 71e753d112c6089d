package org.recurrentops.cpu;

import org.recurrentops.MaskingContract;
import org.recurrentops.MergeMode;
import org.recurrentops.PlanOptions;
import org.recurrentops.RnnSpec;
import org.recurrentops.cpu.math.CpuMath;
import org.recurrentops.spi.PlanRequest;

/** What a plan is asked for, with the cell and the inner kernels that do it. */
final class PlanShape {
  /**
   * System property: batch rows from which on a step multiplies input and state together; part of
   * the order of sums. By default as many as fill the tiles of products, also where two workers
   * share them.
   */
  static final String JOINED_ROWS = "recurrentops.cpu.joinedRows";

  private static final int FILLING_ROWS = 16;

  /**
   * System property: batch rows from which on inference has vectors of batch rows, however few of
   * their lanes those fill and whatever the sizes of the layer; part of the order of sums. By
   * default calls of suitable layers do whose rows fill nine tenths of the lanes that they need.
   */
  static final String LANE_ROWS = "recurrentops.cpu.laneRows";

  /**
   * Gate rows from which on vectors hold batch rows: so often each element of x and h₋ is
   * multiplied, which costs a transposition. Half as many gain nothing.
   */
  private static final int LANE_GATE_ROWS = 1024;

  /** Elements of a layer's weights that all cores together read at every step without waiting. */
  private static final long LANE_FLOATS = 1 << 22;

  /** Bytes of W and R of a layer that stay in a core's own cache, beside states and gates. */
  private static final long JOINED_BYTES = 1 << 19;

  /** Rows that products of the weight gradients sum over where their operands fit a cache. */
  private static final int GRADIENT_ROWS = 512;

  /** Bytes of operands of these products that stay in a core's own cache. */
  private static final int OPERAND_BYTES = 1 << 20;

  /** Bytes of operands that longer sums are worth: those of wide inputs would take gigabytes. */
  private static final int MOST_OPERAND_BYTES = 1 << 26;

  /** Batch rows and units from which on a library's products are ahead of Java's in training. */
  private static final int CALL_ROWS = 32;

  private static final int CALL_UNITS = 256;

  /** The same in inference: where weights come from memory. */
  private static final int CALL_ROWS_INFERENCE = 16;

  private static final int CALL_UNITS_INFERENCE = 2048;

  final PlanRequest request;
  final RnnSpec spec;

  /** Of the first direction; all have the same sizes. */
  final Cell cell;

  private final Cell[] cells;
  final CpuMath math;
  final int threads;
  final boolean training;
  final int maxSteps;
  final int maxBatch;
  final int directions;

  /** Rows of the input projection that are computed just ahead of their steps. */
  final int chunkRows;

  /** Batch rows from which on input and state are multiplied together. */
  final int joinedRows;

  /** Batch rows from which on vectors hold batch rows, 0 if that depends on how they fill. */
  private final int laneRows;

  /** The cell with vectors of batch rows, or null if plans never have these. */
  final LaneCell laneCell;

  /** Most rows that one product of the weight gradients sums over; part of the order of sums. */
  final int gradientRows;

  /** Steps between kept states, 0 if everything is kept. */
  final int recompute;

  /** For a number of threads, on which no result depends. */
  PlanShape(PlanRequest request, CpuMath math, int threads) {
    this.request = request;
    this.math = math;
    this.threads = threads;
    spec = request.spec();
    cells = new Cell[spec.direction().count()];
    for (int d = 0; d < cells.length; d++) {
      cells[d] = Cell.of(spec, d);
    }
    cell = cells[0];
    training = request.options().isTraining();
    maxSteps = request.options().maxSteps();
    maxBatch = request.options().maxBatch();
    directions = spec.direction().count();
    recompute = request.options().recompute();
    chunkRows = Math.max(math.gemm().preferredRows(), maxBatch);
    joinedRows = PositiveProperty.of(JOINED_ROWS, "rows", FILLING_ROWS);
    laneRows = PositiveProperty.of(LANE_ROWS, "rows", 0);
    boolean suits = !training && spec.isPlainCell() && math.batchLanes() != null;
    laneCell = suits ? cell.inLanes(math) : null;
    gradientRows = gradientRows();
  }

  /** Once operands come from far away, long sums save visits to the gradients. */
  private int gradientRows() {
    long width = cell.state;
    for (int layer = 0; layer < spec.layers(); layer++) {
      width = Math.max(width, cell.state + (long) spec.inputSize(layer));
    }
    long bytes = Float.BYTES * width;
    long affordable = Math.max(GRADIENT_ROWS, MOST_OPERAND_BYTES / bytes);
    boolean fit = GRADIENT_ROWS * bytes <= OPERAND_BYTES;
    return (int) Math.min(fit ? GRADIENT_ROWS : affordable, math.gemm().preferredDepth());
  }

  /** Whether products are large enough for calls of a library. */
  static boolean fillsCalls(PlanRequest request) {
    PlanOptions o = request.options();
    int rows = o.isTraining() ? CALL_ROWS : CALL_ROWS_INFERENCE;
    int units = o.isTraining() ? CALL_UNITS : CALL_UNITS_INFERENCE;
    return o.maxBatch() >= rows && request.spec().hiddenSize() >= units;
  }

  /** The cell of a direction of a layer. */
  Cell cell(int direction) {
    return cells[direction];
  }

  /** Steps of a chunk for a call's N. */
  int chunkSteps(int batch) {
    return batch == 0 ? 1 : chunkRows / batch;
  }

  /**
   * States that a chunk of a call's N has places for: one before its first step, one after each.
   */
  long chunkSlots(int batch) {
    return Math.min(chunkSteps(batch), maxSteps) + 1L;
  }

  /**
   * Whether calls of enough rows multiply a layer's dense input and its state together, step by
   * step.
   */
  boolean joins(int layer) {
    long rows = (long) spec.inputSize(layer) + cell.state;
    return maxBatch >= joinedRows
        && rows <= math.gemm().joinedDepth()
        && cell.joinsInput()
        && !spec.skipsInput(layer)
        && Float.BYTES * cell.gateRows * rows <= JOINED_BYTES;
  }

  /** The same for a call's N. */
  boolean joins(int layer, int batch) {
    return batch >= joinedRows && joins(layer);
  }

  /**
   * Copies of so many weights: one for each thread where threads have rows of their own, and cores
   * keep all weights in their own caches.
   */
  int copies(long weights) {
    boolean own = Crew.splitsRows(maxBatch, threads, (long) cell.gateRows * cell.state);
    return own && math.usesVectors() && Crew.keeps(weights) ? threads : 1;
  }

  /** Whether calls whose batch rows fill vectors have them there, see {@link LaneMemory}. */
  boolean inLanes(int layer) {
    if (laneCell == null || spec.skipsInput(layer) || maxBatch < leastLaneRows()) {
      return false;
    }
    long rows = spec.inputSize(layer) + cell.state + 2L;
    boolean fast = cell.gateRows >= LANE_GATE_ROWS && cell.gateRows * rows <= LANE_FLOATS;
    return laneRows > 0 || fast && math.batchLanes().areAhead();
  }

  /** The same for a call's N. */
  boolean inLanes(int layer, int batch) {
    return inLanes(layer) && (laneRows > 0 ? batch >= laneRows : fillsLanes(batch));
  }

  /** Fewest batch rows of a call that has vectors of them. */
  int leastLaneRows() {
    return laneRows > 0 ? laneRows : (9 * math.batchLanes().width() + 9) / 10;
  }

  private boolean fillsLanes(int batch) {
    int lanes = LaneMemory.groups(math.batchLanes(), batch) * math.batchLanes().width();
    return 10L * batch >= 9L * lanes;
  }

  /** Whether padding makes states zero, instead of freezing them. */
  boolean wipesPadding() {
    return spec.masking() == MaskingContract.ZERO_STATE;
  }

  /** Whether forward keeps every step for backward. */
  boolean keepsSteps() {
    return training && recompute == 0;
  }

  /** Steps that backward computes again at a time. */
  int segmentSteps() {
    return Math.max(1, Math.min(recompute, maxSteps));
  }

  /** Kept states of each layer and direction, for a number of steps. */
  int segments(int steps) {
    return recompute == 0 ? 0 : (steps + segmentSteps() - 1) / segmentSteps();
  }

  /**
   * Whether backward computes the second direction once more before the first: the gradient of a
   * product of directions reads the outputs of both.
   */
  boolean computesOther() {
    return recompute > 0 && spec.merge() == MergeMode.MULTIPLY;
  }

  boolean dropsOut() {
    return training && spec.dropout() > 0;
  }
}
