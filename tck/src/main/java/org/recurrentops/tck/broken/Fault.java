package org.recurrentops.tck.broken;

import java.util.List;
import java.util.function.Supplier;

/** What {@link BrokenBackend} can break, and the groups of cases where it is looked for. */
public enum Fault {
  /** Nothing: the wrapper itself must be right. */
  NONE("nothing is broken", Tampering::new),

  /** Gate blocks in the wrong order. */
  SWAPPED_GATES("the first two gate blocks are swapped", ParameterFaults::swappedGates, "shapes"),
  /** GRU keeps what it should replace. */
  Z_FOR_ONE_MINUS_Z("z and 1 − z are swapped", ParameterFaults::oneMinusZForZ, "shapes"),
  /** W x without its bias. */
  INPUT_BIAS_DROPPED("bias_ih is not added", ParameterFaults::droppedInputBias, "shapes"),
  /** R h without its bias. */
  RECURRENT_BIAS_DROPPED("bias_hh is not added", ParameterFaults::droppedRecurrentBias, "shapes"),
  /** h R for R h. */
  RECURRENCE_TRANSPOSED(
      "weight_hh is read transposed", ParameterFaults::transposedRecurrence, "shapes"),
  /** m W_p for W_p m. */
  PROJECTION_TRANSPOSED(
      "weight_hr is read transposed", ParameterFaults::transposedProjection, "shapes"),
  /** No projection, just fewer outputs. */
  PROJECTION_IGNORED("weight_hr is not applied", ParameterFaults::ignoredProjection, "shapes"),
  /** The neighbour's past for the unit's own. */
  RECURRENT_VECTOR_SHIFTED(
      "independent units take their neighbour's weight",
      ParameterFaults::shiftedRecurrentVector,
      "variants"),
  /** Layers take each other's weights. */
  LAYERS_SWAPPED("two layers swap weight_hh", ParameterFaults::swappedLayers, "structure"),
  /** Directions take each other's weights. */
  DIRECTIONS_SWAPPED("directions swap weight_hh", ParameterFaults::swappedDirections, "structure"),
  /** A higher layer reads its input from the wrong place. */
  LAYER_INPUT_MISPLACED(
      "a higher layer reads reverse features first",
      ParameterFaults::misplacedLayerInput,
      "structure"),

  /** The wrong non-linearity. */
  TANH_FOR_RELU("relu cells use tanh", PlanFaults::tanhForRelu, "shapes"),
  /** The wrong form of GRU. */
  RESET_AFTER_FOR_BEFORE("r is applied after R", PlanFaults::resetAfterForBefore, "shapes"),
  /** The wrong way through time. */
  REVERSE_RUN_FORWARD("reverse runs forward", PlanFaults::reverseRunForward, "structure"),
  /** The wrong masking contract. */
  CARRY_AS_FREEZE("CARRY is treated as FREEZE_FILL", PlanFaults::carryAsFreeze, "lengths"),
  /** The wrong masking contract. */
  ZERO_STATE_AS_FREEZE("ZERO_STATE is treated so, too", PlanFaults::zeroStateAsFreeze, "lengths"),
  /** Padding of y is always zero. */
  FILL_IGNORED("the fill value is ignored", PlanFaults::fillIgnored, "lengths"),
  /** No dropout. */
  DROPOUT_IGNORED("nothing is dropped", PlanFaults::dropoutIgnored, "dropout"),
  /** The other linear way to merge. */
  SUM_FOR_AVERAGE("directions are summed, not averaged", PlanFaults::sumForAverage, "variants"),
  /** The wrong way to merge. */
  SUM_FOR_PRODUCT("directions are summed, not multiplied", PlanFaults::sumForProduct, "variants"),
  /** Only σ, tanh and relu. */
  ACTIVATIONS_IGNORED("other activations are ignored", PlanFaults::activationsIgnored, "variants"),
  /** One β for all. */
  COEFFICIENT_IGNORED("β of activations is taken for 0", PlanFaults::betaIgnored, "variants"),
  /** One list for all. */
  FIRST_DIRECTIONS_ACTIVATIONS(
      "both directions have the forward one's activations",
      PlanFaults::firstDirectionsActivations,
      "variants"),
  /** One ε for all. */
  USUAL_EPSILON("ε of layer normalisation is always 1e-5", PlanFaults::usualEpsilon, "variants"),
  /** Forgets β_c. */
  DROPPED_CELL_SHIFT("the normalised c is not shifted", ParameterFaults::droppedCellShift, "layer"),
  /** γ_ih and γ_hh. */
  SWAPPED_GAINS("both sides have the other's gains", ParameterFaults::swappedGains, "layer"),
  /** Another algorithm than the forced one. */
  SILENT_FALLBACK("another algorithm runs", PlanFaults::silentFallback, "shapes"),

  /** No zoneout. */
  ZONEOUT_IGNORED("no unit keeps its state", PlanFaults::zoneoutIgnored, "dropout"),
  /** The cell's mask for the output's. */
  ZONEOUT_RATES_SWAPPED("rates of h and c are swapped", PlanFaults::zoneoutSwapped, "dropout"),
  /** All of R. */
  DROP_CONNECT_IGNORED("no recurrent weight is dropped", PlanFaults::dropConnectIgnored, "dropout"),
  /** Masks must be the same in both directions. */
  OTHER_MASK_IN_BACKWARD(
      "backward draws other masks", DropoutFaults::otherMaskInBackward, "dropout"),
  /** Always the same masks. */
  SEED_IGNORED("the seed is ignored", DropoutFaults::seedIgnored, "dropout"),
  /** Every window has the same masks. */
  STEP_OFFSET_IGNORED("stepOffset is ignored", DropoutFaults::stepOffsetIgnored, "dropout"),

  /** t − 1 for t. */
  STEPS_SHIFTED("step t reads x of step t − 1", SequenceFaults::shiftedSteps, "shapes"),
  /** No weights, and no x either. */
  SKIPPED_INPUT_LOST(
      "x without weights is not added", SequenceFaults::lostSkippedInput, "variants"),
  /** The neighbour's row of the weights. */
  INDEX_OFF_BY_ONE("indices are off by one", SequenceFaults::shiftedIndices, "inputs"),
  /** Padding is processed. */
  MASK_FORGOTTEN("lengths are ignored", LengthFaults::forgottenMask, "lengths"),
  /** Padding is processed by backward. */
  MASK_FORGOTTEN_IN_BACKWARD(
      "backward ignores lengths", LengthFaults::forgottenMaskInBackward, "lengths"),
  /** The neighbour's length. */
  WRONG_ROWS_LENGTH("row n has row n+1's length", LengthFaults::wrongRowsLength, "lengths"),
  /** Rows end too early. */
  LAST_STEP_LOST("ragged rows lose their last step", LengthFaults::lastStepLost, "lengths"),
  /** A mask is ignored. */
  MASK_IGNORED("masks are ignored", MaskFaults::ignored, "masks"),
  /** The neighbour's mask. */
  WRONG_ROWS_MASK("row n has row n+1's mask", MaskFaults::wrongRow, "masks"),
  /** A mask is more than its sums. */
  MASK_AS_LENGTHS("valid steps are taken to come first", MaskFaults::asLengths, "masks"),
  /** Backward sees another mask. */
  MASK_IGNORED_IN_BACKWARD("backward ignores masks", MaskFaults::ignoredInBackward, "masks"),
  /** A row without steps keeps its state. */
  EMPTY_ROWS_STEPPED("rows of length 0 run one step", LengthFaults::emptyRowsStepped, "lengths"),
  /** T = 0 copies h0 to hN. */
  EMPTY_CALLS_SKIPPED("T = 0 does nothing", LengthFaults::emptyCallsSkipped, "shapes", "reuse"),
  /** A bound call ignores what changes. */
  FIRST_RUN_KEPT("a bound call keeps lengths and seed", LengthFaults::firstRunKept, "reuse"),
  /** Reverse must start at each row's own last step. */
  REVERSE_FROM_THE_END("reverse starts at T − 1", LengthFaults::reverseFromTheEnd, "lengths"),
  /** Padding must be selected away. */
  PADDING_LEAKS("padded x is multiplied into dW", LengthFaults::paddingLeak, "lengths"),
  /** The padding of dx must be written. */
  PADDED_GRADIENT_UNWRITTEN(
      "padding of dx is not zeroed", LengthFaults::paddedGradientUnwritten, "lengths"),
  /** Rows of the batch mixed up. */
  ROWS_SWAPPED("two rows of y change places", SequenceFaults::swappedRows, "shapes"),
  /** The state before the last step. */
  FINAL_STATE_TOO_EARLY("hN is one step early", SequenceFaults::finalStateTooEarly, "shapes"),

  /** Every call starts from zero. */
  STATE_NOT_CARRIED("h0 and c0 are ignored", CallFaults::stateNotCarried, "states"),
  /** The cell starts from zero. */
  INITIAL_CELL_IGNORED("c0 is ignored", CallFaults::initialCellIgnored, "states"),
  /** hN may be h0. */
  STATE_CLEARED_TOO_EARLY(
      "hN is cleared before h0 is read", MemoryFaults::stateClearedTooEarly, "states"),
  /** hN stays as it was. */
  FINAL_STATE_UNWRITTEN("hN is not written", CallFaults::finalStateUnwritten, "states"),
  /** cN stays as it was. */
  FINAL_CELL_UNWRITTEN("cN is not written", CallFaults::finalCellUnwritten, "states"),
  /** No c comes out. */
  CELL_SEQUENCE_UNWRITTEN(
      "cSequence is not written", CallFaults::cellSequenceUnwritten, "state-sequences"),
  /** Nothing comes from the cells. */
  CELL_SEQUENCE_GRADIENT_IGNORED(
      "dcSequence is ignored", CallFaults::cellSequenceGradientIgnored, "state-sequences"),
  /** No dh comes out. */
  HIDDEN_GRADIENT_UNWRITTEN(
      "dhSequence is not written", CallFaults::hiddenGradientUnwritten, "state-sequences"),
  /** Only part of dh. */
  HIDDEN_GRADIENT_PARTIAL(
      "dhSequence lacks dy", SequenceFaults::hiddenGradientPartial, "state-sequences"),
  /** c at the wrong step. */
  CELL_SEQUENCE_SHIFTED(
      "cSequence is one step late", SequenceFaults::cellsShifted, "state-sequences"),
  /** Nothing comes from above. */
  OUTPUT_GRADIENT_IGNORED("dy is ignored", CallFaults::outputGradientIgnored, "states"),
  /** Nothing comes from the future. */
  FINAL_GRADIENT_IGNORED("dhN is ignored", CallFaults::finalGradientIgnored, "states"),
  /** Nothing comes from the future's cell. */
  FINAL_CELL_GRADIENT_IGNORED("dcN is ignored", CallFaults::finalCellGradientIgnored, "states"),
  /** dx stays as it was. */
  INPUT_GRADIENT_UNWRITTEN("dx is not written", CallFaults::inputGradientUnwritten, "states"),
  /** dh0 stays as it was. */
  INITIAL_GRADIENT_UNWRITTEN("dh0 is not written", CallFaults::initialGradientUnwritten, "states"),
  /** dc0 stays as it was. */
  INITIAL_CELL_GRADIENT_UNWRITTEN(
      "dc0 is not written", CallFaults::initialCellGradientUnwritten, "states"),
  /** Accumulation forgets. */
  GRADIENT_ALWAYS_OVERWRITTEN(
      "dParams is overwritten when it should be added to",
      CallFaults::gradientAlwaysOverwritten,
      "gradients"),
  /** Overwriting remembers. */
  GRADIENT_ALWAYS_ADDED(
      "dParams is added to when it should be overwritten",
      CallFaults::gradientAlwaysAdded,
      "gradients"),
  /** One step is missing in dW. */
  STEP_OF_WEIGHT_GRADIENT_LOST("dW lacks one step", CallFaults::stepOfWeightGradientLost, "shapes"),
  /** dy of the last step is missing. */
  LAST_OUTPUT_GRADIENT_LOST(
      "dy of the last step is lost", CallFaults::lastOutputGradientLost, "shapes"),
  /** db is missing. */
  BIAS_GRADIENT_MISSING("dbias_hh is zero", CallFaults::biasGradientMissing, "shapes"),

  /** A write behind y. */
  WRITTEN_PAST_THE_END("y is overrun by one", MemoryFaults::writtenPastTheEnd, "shapes"),
  /** A write before y. */
  WRITTEN_BEFORE_THE_START("y is underrun by one", MemoryFaults::writtenBeforeTheStart, "shapes"),
  /** A write between the rows of y. */
  WRITTEN_INTO_THE_GAP("a gap of y is written", MemoryFaults::writtenIntoTheGap, "inputs"),
  /** An element that nobody writes. */
  LAST_ELEMENT_UNWRITTEN(
      "the last element of y is left out", MemoryFaults::lastElementUnwritten, "shapes"),
  /** y is read before it is written. */
  OUTPUT_READ_BEFORE_WRITTEN(
      "y's old content matters", MemoryFaults::outputReadBeforeWritten, "shapes"),
  /** More digits than float32 has. */
  FLOAT64_ROUNDED(
      "float64 results are rounded to float32", MemoryFaults::roundedToFloat, "float64"),
  /** NaN must be seen. */
  NAN_SWALLOWED("NaN becomes 0", MemoryFaults::notANumberSwallowed, "numerics"),
  /** The same input, another result. */
  NOT_DETERMINISTIC("the last bit changes", MemoryFaults::notDeterministic, "reuse"),
  /** Backward may run twice. */
  RESERVE_MODIFIED("backward clears the reserve", MemoryFaults::reserveModified, "gradients"),
  /** Several reserves may be in flight. */
  RESERVE_SHARED("reserves share memory", MemoryFaults::reserveShared, "reuse"),
  /** Inputs are the caller's. */
  INPUT_MODIFIED("backward writes into dy", MemoryFaults::inputModified, "shapes"),
  /** Packing twice. */
  PACKED_WEIGHTS_STALE(
      "packing keeps the first weights", MemoryFaults::stalePackedWeights, "inputs", "reuse"),
  /** Packed weights are immutable. */
  PACKED_WEIGHTS_NOT_COPIED(
      "packed weights follow the parameters", MemoryFaults::packedWeightsNotCopied, "reuse"),
  /** The steady state allocates nothing. */
  HIDDEN_ALLOCATION("forward allocates", MemoryFaults::hiddenAllocation, "shapes"),
  /** Live allocations return to zero. */
  LEAK("closing a plan keeps memory", MemoryFaults::leak, "lifecycle"),

  /** y = W x. */
  LINEAR_BIAS_DROPPED("linear drops its bias", MathFaults::linearBiasDropped, "math"),
  /** Accumulation forgets. */
  LINEAR_GRADIENT_OVERWRITTEN(
      "linear's gradient is never added", MathFaults::linearGradientOverwritten, "math"),
  /** Rows with one index must be summed. */
  LAST_EMBEDDING_WINS("equal indices are not summed", MathFaults::lastEmbeddingWins, "math"),
  /** Sum for mean, mean for sum. */
  MEAN_FOR_SUM("loss mean and sum are swapped", LossFaults::meanForSum, "math"),
  /** Every row counts the same. */
  ROW_WEIGHTS_IGNORED("row weights are ignored", LossFaults::rowWeightsIgnored, "math"),
  /** No loss scale. */
  GRADIENT_SCALE_IGNORED("the loss scale is ignored", LossFaults::gradientScaleIgnored, "math"),
  /** Negative targets count. */
  IGNORED_ROWS_COUNTED("negative classes count as 0", LossFaults::ignoredRowsCounted, "math"),
  /** exp of large logits. */
  SOFTMAX_OVERFLOWS("softmax subtracts no maximum", LossFaults::softmaxOverflows, "math"),
  /** The wrong bound. */
  CLIPPED_TO_TWICE("the norm is clipped to twice", MathFaults::clippedToTwice, "math"),
  /** Not a global norm. */
  CLIPPED_ONE_BY_ONE("vectors are clipped one by one", MathFaults::clippedOneByOne, "math"),
  /** The flag stays down. */
  NON_FINITE_UNNOTICED("the non-finite flag is 0", MathFaults::nonFiniteUnnoticed, "math"),
  /** No bias correction. */
  ADAM_UNCORRECTED("Adam's moments are uncorrected", MathFaults::adamUncorrected, "math"),
  /** Plain SGD. */
  MOMENTUM_FORGOTTEN("SGD forgets momentum", MathFaults::momentumForgotten, "math"),
  /** Classical momentum. */
  NESTEROV_FORGOTTEN("SGD never looks ahead", MathFaults::nesterovForgotten, "math"),
  /** No regularisation. */
  WEIGHT_DECAY_FORGOTTEN("SGD forgets weight decay", MathFaults::weightDecayForgotten, "math"),
  /** Steps that should be skipped. */
  SKIP_FORGOTTEN("SGD ignores the skip flag", MathFaults::skipForgotten, "math");

  private final String description;
  private final Supplier<Tampering> tampering;
  private final List<String> groups;

  Fault(String description, Supplier<Tampering> tampering, String... groups) {
    this.description = description;
    this.tampering = tampering;
    this.groups = List.of(groups);
  }

  /**
   * What is wrong.
   *
   * @return a short sentence
   */
  public String description() {
    return description;
  }

  /**
   * Where it is looked for first, so that finding it is fast.
   *
   * @return groups of cases, or how their names begin
   */
  public List<String> groups() {
    return groups;
  }

  Tampering tampering() {
    return tampering.get();
  }
}
