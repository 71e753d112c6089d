package org.recurrentops.gpu;

import java.util.ArrayList;
import java.util.List;
import org.recurrentops.CellType;
import org.recurrentops.ParameterSlice.Kind;
import org.recurrentops.RnnSpec;

/**
 * A cell as data: the stages of one step forward and backward, what it saves, and which products
 * give its weight gradients. The loops execute stages and know nothing else about a cell.
 *
 * @param forward stages of a step
 * @param backward stages of a step, in reverse time
 * @param gradients products over all steps that give the gradients of recurrent weights
 * @param saved kernel parameter name of {@link Operand#SAVED}, or null if nothing is saved
 * @param scratch kernel parameter name of {@link Operand#DSCRATCH}, or null
 * @param separateRecurrent whether R h₋ and its gradient are kept apart from W x
 * @param sequenceForward whole-sequence kernel, or null if the cell cannot have one
 * @param sequenceBackward whole-sequence kernel, or null
 */
record CellProgram(
    List<StageSpec> forward,
    List<StageSpec> backward,
    List<WeightGradient> gradients,
    String saved,
    String scratch,
    boolean separateRecurrent,
    KernelId sequenceForward,
    KernelId sequenceBackward) {

  /** One stage of a step. */
  sealed interface StageSpec permits Product, Pointwise, RowWise {}

  /**
   * c = or += a · weightᵀ (forward), a · weight (backward), over some gate blocks of the weight.
   * The operand on the gate side is read or written in the columns of those gates.
   */
  record Product(Operand a, Kind weight, int firstGate, int gates, Operand c, boolean accumulate)
      implements StageSpec {}

  /** An elementwise kernel over [N,H], or [N,P] if its last parameter is called width. */
  record Pointwise(KernelId kernel) implements StageSpec {}

  /** A kernel of one work-group per row, whose units act on one another. */
  record RowWise(KernelId kernel) implements StageSpec {}

  /** dWeight[gates of the weight] = Σ_t left_tᵀ · right_t. */
  record WeightGradient(Kind weight, int firstGate, int gates, Operand left, Operand right) {}

  static CellProgram of(RnnSpec spec) {
    if (spec.isLayerNormalised()) {
      return spec.cell() == CellType.LSTM ? normalisedLstm(spec) : normalisedGru();
    }
    switch (spec.cell()) {
      case VANILLA_TANH:
      case VANILLA_RELU:
        return spec.cellOptions().independent()
            ? independent()
            : simple(
                1,
                CellKernels.VANILLA_FORWARD,
                CellKernels.VANILLA_BACKWARD,
                CellKernels.VANILLA_FORWARD_SEQUENCE,
                CellKernels.VANILLA_BACKWARD_SEQUENCE);
      case LSTM:
        return spec.projectionSize() > 0
            ? projectedLstm()
            : simple(
                4,
                CellKernels.LSTM_FORWARD,
                CellKernels.LSTM_BACKWARD,
                CellKernels.LSTM_FORWARD_SEQUENCE,
                CellKernels.LSTM_BACKWARD_SEQUENCE);
      case GRU:
        return gru();
      case GRU_RESET_BEFORE:
        return resetBefore();
      default:
        throw new IllegalArgumentException("no program for " + spec.cell().label());
    }
  }

  /** One product onto W x, one kernel. */
  private static CellProgram simple(
      int gates, KernelId forward, KernelId backward, KernelId sequence, KernelId reverse) {
    return new CellProgram(
        List.of(
            new Product(Operand.H_BEFORE, Kind.WEIGHT_HH, 0, gates, Operand.GATES, true),
            new Pointwise(forward)),
        List.of(
            new Pointwise(backward),
            new Product(Operand.DGATES, Kind.WEIGHT_HH, 0, gates, Operand.DH, true)),
        List.of(new WeightGradient(Kind.WEIGHT_HH, 0, gates, Operand.DGATES, Operand.H_BEFORE)),
        null,
        null,
        false,
        sequence,
        reverse);
  }

  /** No product at all. */
  private static CellProgram independent() {
    return new CellProgram(
        List.of(new Pointwise(CellKernels.VANILLA_FORWARD)),
        List.of(new Pointwise(CellKernels.VANILLA_BACKWARD)),
        List.of(),
        null,
        null,
        false,
        CellKernels.VANILLA_FORWARD_SEQUENCE,
        CellKernels.VANILLA_BACKWARD_SEQUENCE);
  }

  private static CellProgram projectedLstm() {
    return new CellProgram(
        List.of(
            new Product(Operand.H_BEFORE, Kind.WEIGHT_HH, 0, 4, Operand.GATES, true),
            new Pointwise(CellKernels.LSTM_FORWARD_CELL),
            new Product(Operand.SAVED, Kind.WEIGHT_HR, 0, 1, Operand.H_AFTER, false),
            new Pointwise(CellKernels.PROJECTION_FORWARD)),
        List.of(
            new Pointwise(CellKernels.PROJECTION_BACKWARD),
            new Product(Operand.DH_SEQ, Kind.WEIGHT_HR, 0, 1, Operand.DSCRATCH, false),
            new Pointwise(CellKernels.LSTM_BACKWARD_CELL),
            new Product(Operand.DGATES, Kind.WEIGHT_HH, 0, 4, Operand.DH, true)),
        List.of(
            new WeightGradient(Kind.WEIGHT_HH, 0, 4, Operand.DGATES, Operand.H_BEFORE),
            new WeightGradient(Kind.WEIGHT_HR, 0, 1, Operand.DH_SEQ, Operand.SAVED)),
        "m_seq",
        "dm",
        false,
        CellKernels.LSTM_PROJECTED_FORWARD_SEQUENCE,
        CellKernels.LSTM_PROJECTED_BACKWARD_SEQUENCE);
  }

  private static CellProgram gru() {
    return new CellProgram(
        List.of(
            new Product(Operand.H_BEFORE, Kind.WEIGHT_HH, 0, 3, Operand.RECURRENT, false),
            new Pointwise(CellKernels.GRU_FORWARD)),
        List.of(
            new Pointwise(CellKernels.GRU_BACKWARD),
            new Product(Operand.DRECURRENT, Kind.WEIGHT_HH, 0, 3, Operand.DH, true)),
        List.of(new WeightGradient(Kind.WEIGHT_HH, 0, 3, Operand.DRECURRENT, Operand.H_BEFORE)),
        "q_seq",
        null,
        true,
        CellKernels.GRU_FORWARD_SEQUENCE,
        CellKernels.GRU_BACKWARD_SEQUENCE);
  }

  private static CellProgram resetBefore() {
    return new CellProgram(
        List.of(
            new Product(Operand.H_BEFORE, Kind.WEIGHT_HH, 0, 2, Operand.GATES, true),
            new Pointwise(CellKernels.RESET_BEFORE_FORWARD_RESET),
            new Product(Operand.SAVED, Kind.WEIGHT_HH, 2, 1, Operand.GATES, true),
            new Pointwise(CellKernels.RESET_BEFORE_FORWARD)),
        List.of(
            new Pointwise(CellKernels.RESET_BEFORE_BACKWARD),
            new Product(Operand.DGATES, Kind.WEIGHT_HH, 2, 1, Operand.DSCRATCH, false),
            new Pointwise(CellKernels.RESET_BEFORE_BACKWARD_RESET),
            new Product(Operand.DGATES, Kind.WEIGHT_HH, 0, 2, Operand.DH, true)),
        List.of(
            new WeightGradient(Kind.WEIGHT_HH, 0, 2, Operand.DGATES, Operand.H_BEFORE),
            new WeightGradient(Kind.WEIGHT_HH, 2, 1, Operand.DGATES, Operand.SAVED)),
        "s_seq",
        "ds",
        false,
        CellKernels.RESET_BEFORE_FORWARD_SEQUENCE,
        CellKernels.RESET_BEFORE_BACKWARD_SEQUENCE);
  }

  /** The kernels for the projection's h do the masking, with or without one. */
  private static CellProgram normalisedLstm(RnnSpec spec) {
    boolean projected = spec.projectionSize() > 0;
    List<StageSpec> forward = new ArrayList<>();
    List<StageSpec> backward = new ArrayList<>();
    List<WeightGradient> gradients = new ArrayList<>();
    forward.add(new Product(Operand.H_BEFORE, Kind.WEIGHT_HH, 0, 4, Operand.RECURRENT, false));
    forward.add(new RowWise(CellKernels.NORM_GATES));
    forward.add(new RowWise(CellKernels.LSTM_NORM_FORWARD));
    backward.add(new Pointwise(CellKernels.PROJECTION_BACKWARD));
    gradients.add(new WeightGradient(Kind.WEIGHT_HH, 0, 4, Operand.DRECURRENT, Operand.H_BEFORE));
    if (projected) {
      forward.add(new Product(Operand.SAVED, Kind.WEIGHT_HR, 0, 1, Operand.H_AFTER, false));
      backward.add(new Product(Operand.DH_SEQ, Kind.WEIGHT_HR, 0, 1, Operand.DSCRATCH, false));
      gradients.add(new WeightGradient(Kind.WEIGHT_HR, 0, 1, Operand.DH_SEQ, Operand.SAVED));
    }
    forward.add(new Pointwise(CellKernels.PROJECTION_FORWARD));
    backward.add(new RowWise(CellKernels.LSTM_NORM_BACKWARD));
    backward.add(new RowWise(CellKernels.NORM_GATES_GRADIENT));
    backward.add(new Product(Operand.DRECURRENT, Kind.WEIGHT_HH, 0, 4, Operand.DH, true));
    String saved = projected ? "m_seq" : null;
    return new CellProgram(forward, backward, gradients, saved, "dm", true, null, null);
  }

  private static CellProgram normalisedGru() {
    return new CellProgram(
        List.of(
            new Product(Operand.H_BEFORE, Kind.WEIGHT_HH, 0, 3, Operand.RECURRENT, false),
            new RowWise(CellKernels.NORM_GATES),
            new Pointwise(CellKernels.GRU_FORWARD)),
        List.of(
            new Pointwise(CellKernels.GRU_BACKWARD),
            new RowWise(CellKernels.NORM_GATES_GRADIENT),
            new Product(Operand.DRECURRENT, Kind.WEIGHT_HH, 0, 3, Operand.DH, true)),
        List.of(new WeightGradient(Kind.WEIGHT_HH, 0, 3, Operand.DRECURRENT, Operand.H_BEFORE)),
        "q_seq",
        null,
        true,
        null,
        null);
  }
}
