package org.recurrentops;

/** Refuses specs whose sizes are out of range or whose choices contradict each other, by name. */
final class SpecChecks {
  private SpecChecks() {}

  static void check(RnnSpecBuilder b) {
    sizes(b);
    choices(b);
    activations(b);
    requireInt((long) b.direction.count() * stateSize(b), "output size D·H");
    requireInt((long) b.cell.gates() * b.hiddenSize, "gate rows G·H");
    requireInt((long) b.layers * b.direction.count(), "states L·D");
  }

  private static int stateSize(RnnSpecBuilder b) {
    return b.projectionSize > 0 ? b.projectionSize : b.hiddenSize;
  }

  private static void sizes(RnnSpecBuilder b) {
    require(b.inputSize >= 1, "inputSize: expected C ≥ 1, got " + b.inputSize);
    require(b.hiddenSize >= 1, "hiddenSize: expected H ≥ 1, got " + b.hiddenSize);
    require(b.layers >= 1, "layers: expected L ≥ 1, got " + b.layers);
    require(
        b.projectionSize >= 0 && b.projectionSize <= b.hiddenSize,
        "projection: expected 0 ≤ P ≤ H=" + b.hiddenSize + ", got " + b.projectionSize);
    require(
        b.projectionSize == 0 || b.cell == CellType.LSTM,
        "projection: expected an lstm, got " + b.cell.label() + "; remove projection()");
    require(b.dropout >= 0 && b.dropout <= 1, "dropout: expected 0 ≤ p ≤ 1, got " + b.dropout);
    require(
        b.fillValue == 0 || b.masking == MaskingContract.FREEZE_FILL,
        "fillValue: only FREEZE_FILL fills, got masking " + b.masking);
  }

  private static void choices(RnnSpecBuilder b) {
    require(
        b.merge == MergeMode.CONCAT || b.direction == Direction.BIDIRECTIONAL,
        "merge("
            + b.merge
            + "): expected a bidirectional spec, got direction "
            + b.direction
            + "; remove merge()");
    require(
        !b.skipInput || b.inputSize == b.hiddenSize,
        "skipInput(): expected C = H=" + b.hiddenSize + ", got C=" + b.inputSize);
    requireLstm(b, b.peepholes, "peepholes()");
    requireLstm(b, b.coupled, "coupledInputForget()");
    requireLstm(b, b.cellClip != Float.POSITIVE_INFINITY, "cellClip()");
    require(
        !b.independent || b.cell == CellType.VANILLA_TANH || b.cell == CellType.VANILLA_RELU,
        "independent(): expected a vanilla cell, got " + b.cell.label() + "; remove it");
    layerNorm(b);
    rate("zoneout of h", b.zoneoutHidden);
    rate("zoneout of c", b.zoneoutCell);
    rate("dropConnect", b.dropConnect);
    require(
        b.dropConnect == 0 || !b.independent,
        "dropConnect(): expected a matrix weight_hh, got independent() units; remove one of them");
    requireLstm(b, b.zoneoutCell != 0, "zoneout of c");
    require(b.cellClip > 0, "cellClip: expected a bound > 0, got " + b.cellClip);
    require(
        b.preActivationClip > 0,
        "preActivationClip: expected a bound > 0, got " + b.preActivationClip);
  }

  private static void layerNorm(RnnSpecBuilder b) {
    require(
        b.layerNormEpsilon == 0 || b.cell == CellType.LSTM || b.cell == CellType.GRU,
        "layerNorm(): expected an lstm or a gru with the reset gate after the product, got "
            + b.cell.label()
            + "; remove it");
    require(
        b.layerNormEpsilon == 0 || !b.skipInput,
        "layerNorm(): expected a product W x to normalise, got skipInput(); remove one of them");
  }

  private static void activations(RnnSpecBuilder b) {
    int own = Activation.defaults(b.cell).size();
    int given = b.activations.size();
    boolean both = b.direction == Direction.BIDIRECTIONAL;
    require(
        given == 0 || given == own || both && given == 2 * own,
        "activations(): expected "
            + own
            + (both ? " or " + 2 * own : "")
            + " for a "
            + (both ? "bidirectional " : "")
            + b.cell.label()
            + ", got "
            + given);
  }

  private static void rate(String what, float p) {
    require(p >= 0 && p < 1, what + ": expected 0 ≤ p < 1, got " + p);
  }

  private static void requireLstm(RnnSpecBuilder b, boolean used, String option) {
    require(
        !used || b.cell == CellType.LSTM,
        option + ": expected an lstm, got " + b.cell.label() + "; remove it");
  }

  private static void requireInt(long value, String what) {
    require(
        value <= Integer.MAX_VALUE,
        what + ": expected at most 2^31-1, got " + value + "; lower the size");
  }

  static void require(boolean ok, String message) {
    if (!ok) {
      throw new IllegalArgumentException(message);
    }
  }
}
