package org.recurrentops;

import java.util.Objects;

/**
 * What is computed: the cell, its sizes, layers and directions. A value object; how it is computed
 * is said by {@link PlanOptions}.
 *
 * <p>Symbols: T timesteps, N batch rows, C input size, H hidden size, P projection size, G gates, L
 * layers, D directions.
 */
public final class RnnSpec {
  private final CellType cell;
  private final int inputSize;
  private final int hiddenSize;
  private final int projectionSize;
  private final int layers;
  private final Direction direction;
  private final BiasMode bias;
  private final float dropout;
  private final MaskingContract masking;
  private final float fillValue;
  private final boolean peepholes;
  private final boolean coupled;
  private final float cellClip;
  private final float preActivationClip;

  private RnnSpec(Builder b) {
    cell = b.cell;
    inputSize = b.inputSize;
    hiddenSize = b.hiddenSize;
    projectionSize = b.projectionSize;
    layers = b.layers;
    direction = b.direction;
    bias = b.bias;
    dropout = b.dropout;
    masking = b.masking;
    fillValue = b.fillValue;
    peepholes = b.peepholes;
    coupled = b.coupled;
    cellClip = b.cellClip;
    preActivationClip = b.preActivationClip;
  }

  /**
   * Starts the spec of any cell.
   *
   * @param cell the recurrence
   * @param inputSize C ≥ 1; the vocabulary size for index inputs
   * @param hiddenSize H ≥ 1
   * @return a builder: one forward layer, two biases
   */
  public static Builder of(CellType cell, int inputSize, int hiddenSize) {
    return new Builder(cell, inputSize, hiddenSize);
  }

  /**
   * Starts the spec of a {@link CellType#LSTM}.
   *
   * @param inputSize C ≥ 1
   * @param hiddenSize H ≥ 1
   * @return a builder: one forward layer, two biases
   */
  public static Builder lstm(int inputSize, int hiddenSize) {
    return of(CellType.LSTM, inputSize, hiddenSize);
  }

  /**
   * Starts the spec of a {@link CellType#GRU}, reset after the matrix product.
   *
   * @param inputSize C ≥ 1
   * @param hiddenSize H ≥ 1
   * @return a builder: one forward layer, two biases
   */
  public static Builder gru(int inputSize, int hiddenSize) {
    return of(CellType.GRU, inputSize, hiddenSize);
  }

  /**
   * Starts the spec of a {@link CellType#VANILLA_TANH} layer.
   *
   * @param inputSize C ≥ 1
   * @param hiddenSize H ≥ 1
   * @return a builder: one forward layer, two biases
   */
  public static Builder vanilla(int inputSize, int hiddenSize) {
    return of(CellType.VANILLA_TANH, inputSize, hiddenSize);
  }

  /**
   * The recurrence.
   *
   * @return the cell
   */
  public CellType cell() {
    return cell;
  }

  /**
   * Features of x.
   *
   * @return C
   */
  public int inputSize() {
    return inputSize;
  }

  /**
   * Units of one layer and direction.
   *
   * @return H
   */
  public int hiddenSize() {
    return hiddenSize;
  }

  /**
   * Projection size.
   *
   * @return P, or 0 without a projection
   */
  public int projectionSize() {
    return projectionSize;
  }

  /**
   * Width of h: P with a projection, H without.
   *
   * @return features of h, hN and one direction of y
   */
  public int stateSize() {
    return projectionSize > 0 ? projectionSize : hiddenSize;
  }

  /**
   * Width of y.
   *
   * @return D·H, or D·P with a projection
   */
  public int outputSize() {
    return direction.count() * stateSize();
  }

  /**
   * Input width of one layer.
   *
   * @param layer 0 ≤ layer &lt; L
   * @return C for layer 0, {@link #outputSize()} for the others
   */
  public int inputSize(int layer) {
    return layer == 0 ? inputSize : outputSize();
  }

  /**
   * Number of stacked layers.
   *
   * @return L
   */
  public int layers() {
    return layers;
  }

  /**
   * Direction of every layer.
   *
   * @return the direction
   */
  public Direction direction() {
    return direction;
  }

  /**
   * First extent of state tensors.
   *
   * @return L·D; index l·D + d
   */
  public int stateCount() {
    return layers * direction.count();
  }

  /**
   * Which biases there are.
   *
   * @return the bias mode
   */
  public BiasMode bias() {
    return bias;
  }

  /**
   * Probability with which an element of the input of layers 1 … L−1 is zeroed in training.
   *
   * @return p in [0, 1]
   */
  public float dropout() {
    return dropout;
  }

  /**
   * What happens past a row's length.
   *
   * @return the contract
   */
  public MaskingContract masking() {
    return masking;
  }

  /**
   * What {@link MaskingContract#FREEZE_FILL} writes into padded y.
   *
   * @return the value, 0 by default
   */
  public float fillValue() {
    return fillValue;
  }

  /**
   * Whether the gates also see the cell state (LSTM): i and f see p_i∘c₋ and p_f∘c₋, o sees p_o∘c.
   *
   * @return true with peepholes
   */
  public boolean hasPeepholes() {
    return peepholes;
  }

  /**
   * Whether f = 1 − i (LSTM). The block of f stays in the parameters and has a gradient of zero.
   *
   * @return true if coupled
   */
  public boolean isInputForgetCoupled() {
    return coupled;
  }

  /**
   * Bound of the cell state (LSTM): c is clipped to [−bound, bound] before it is used. The gradient
   * of a clip is 0 outside and 1 inside; NaN passes.
   *
   * @return the bound, infinite for none
   */
  public float cellClip() {
    return cellClip;
  }

  /**
   * Bound of every activation's argument, as ONNX's {@code clip}. The gradient of a clip is 0
   * outside and 1 inside; NaN passes.
   *
   * @return the bound, infinite for none
   */
  public float preActivationClip() {
    return preActivationClip;
  }

  /**
   * Whether the cell's equations are those of its type without any option.
   *
   * @return true without peepholes, coupling and clips; a projection does not count
   */
  public boolean isPlainCell() {
    return !peepholes
        && !coupled
        && cellClip == Float.POSITIVE_INFINITY
        && preActivationClip == Float.POSITIVE_INFINITY;
  }

  /**
   * Short name such as {@code lstm c64h128l2 bidirectional}; part of every message.
   *
   * @return the name
   */
  public String label() {
    StringBuilder s = new StringBuilder(cell.label());
    s.append(" c").append(inputSize).append('h').append(hiddenSize);
    if (projectionSize > 0) {
      s.append('p').append(projectionSize);
    }
    if (layers > 1) {
      s.append('l').append(layers);
    }
    s.append(peepholes ? " peepholes" : "").append(coupled ? " coupled" : "");
    appendBound(s, " cell-clip ", cellClip);
    appendBound(s, " clip ", preActivationClip);
    if (direction != Direction.FORWARD) {
      s.append(' ').append(direction.name().toLowerCase(java.util.Locale.ROOT));
    }
    return s.toString();
  }

  private static void appendBound(StringBuilder s, String name, float bound) {
    if (bound != Float.POSITIVE_INFINITY) {
      s.append(name).append(bound);
    }
  }

  @Override
  public String toString() {
    return label()
        + " bias="
        + bias
        + " dropout="
        + dropout
        + " masking="
        + masking
        + " fill="
        + fillValue;
  }

  @Override
  public boolean equals(Object o) {
    if (!(o instanceof RnnSpec)) {
      return false;
    }
    RnnSpec s = (RnnSpec) o;
    return cell == s.cell
        && inputSize == s.inputSize
        && hiddenSize == s.hiddenSize
        && projectionSize == s.projectionSize
        && layers == s.layers
        && direction == s.direction
        && bias == s.bias
        && Float.compare(dropout, s.dropout) == 0
        && masking == s.masking
        && Float.compare(fillValue, s.fillValue) == 0
        && peepholes == s.peepholes
        && coupled == s.coupled
        && cellClip == s.cellClip
        && preActivationClip == s.preActivationClip;
  }

  @Override
  public int hashCode() {
    return Objects.hash(
        cell,
        inputSize,
        hiddenSize,
        projectionSize,
        layers,
        direction,
        bias,
        dropout,
        masking,
        fillValue,
        peepholes,
        coupled,
        cellClip,
        preActivationClip);
  }

  /** Collects the choices of an {@link RnnSpec}; {@link #build} checks them together. */
  public static final class Builder {
    private CellType cell;
    private final int inputSize;
    private final int hiddenSize;
    private int projectionSize;
    private int layers = 1;
    private Direction direction = Direction.FORWARD;
    private BiasMode bias = BiasMode.DOUBLE;
    private float dropout;
    private MaskingContract masking = MaskingContract.FREEZE_FILL;
    private float fillValue;
    private boolean peepholes;
    private boolean coupled;
    private float cellClip = Float.POSITIVE_INFINITY;
    private float preActivationClip = Float.POSITIVE_INFINITY;

    private Builder(CellType cell, int inputSize, int hiddenSize) {
      this.cell = Objects.requireNonNull(cell, "cell");
      this.inputSize = inputSize;
      this.hiddenSize = hiddenSize;
    }

    /**
     * Uses relu instead of tanh.
     *
     * @return this
     * @throws IllegalArgumentException if the cell is not a vanilla one
     */
    public Builder relu() {
      require(
          cell == CellType.VANILLA_TANH || cell == CellType.VANILLA_RELU,
          "relu(): expected a vanilla cell, got " + cell.label());
      cell = CellType.VANILLA_RELU;
      return this;
    }

    /**
     * Applies the reset gate before the matrix product.
     *
     * @return this
     * @throws IllegalArgumentException if the cell is not a GRU
     */
    public Builder resetBefore() {
      require(
          cell == CellType.GRU || cell == CellType.GRU_RESET_BEFORE,
          "resetBefore(): expected a gru, got " + cell.label());
      cell = CellType.GRU_RESET_BEFORE;
      return this;
    }

    /**
     * Projects h to P features (LSTM only).
     *
     * @param size 1 ≤ P ≤ H, or 0 for none
     * @return this
     */
    public Builder projection(int size) {
      projectionSize = size;
      return this;
    }

    /**
     * Stacks layers.
     *
     * @param count L ≥ 1
     * @return this
     */
    public Builder layers(int count) {
      layers = count;
      return this;
    }

    /**
     * Sets the direction.
     *
     * @param d the direction of every layer
     * @return this
     */
    public Builder direction(Direction d) {
      direction = Objects.requireNonNull(d, "direction");
      return this;
    }

    /**
     * Same as {@code direction(Direction.BIDIRECTIONAL)}.
     *
     * @return this
     */
    public Builder bidirectional() {
      return direction(Direction.BIDIRECTIONAL);
    }

    /**
     * Sets the biases.
     *
     * @param mode none, single or double
     * @return this
     */
    public Builder bias(BiasMode mode) {
      bias = Objects.requireNonNull(mode, "bias");
      return this;
    }

    /**
     * Drops inputs of layers 1 … L−1 in training, scaling the kept ones by 1/(1−p).
     *
     * @param probability p in [0, 1]
     * @return this
     */
    public Builder dropout(double probability) {
      dropout = (float) probability;
      return this;
    }

    /**
     * Sets what happens past a row's length.
     *
     * @param contract the contract
     * @return this
     */
    public Builder masking(MaskingContract contract) {
      masking = Objects.requireNonNull(contract, "masking");
      return this;
    }

    /**
     * Sets what {@link MaskingContract#FREEZE_FILL} writes into padded y.
     *
     * @param value any float, NaN included
     * @return this
     */
    public Builder fillValue(float value) {
      fillValue = value;
      return this;
    }

    /**
     * Lets the gates see the cell state (LSTM only): i and f see p_i∘c₋ and p_f∘c₋, o sees p_o∘c.
     * Gers, Schraudolph and Schmidhuber 2002.
     *
     * @return this
     */
    public Builder peepholes() {
      peepholes = true;
      return this;
    }

    /**
     * Makes f = 1 − i (LSTM only), as ONNX's {@code input_forget}.
     *
     * @return this
     */
    public Builder coupledInputForget() {
      coupled = true;
      return this;
    }

    /**
     * Clips c to [−bound, bound] (LSTM only), as cuDNN does.
     *
     * @param bound positive
     * @return this
     */
    public Builder cellClip(double bound) {
      cellClip = (float) bound;
      return this;
    }

    /**
     * Clips every activation's argument to [−bound, bound], as ONNX's {@code clip} does.
     *
     * @param bound positive
     * @return this
     */
    public Builder preActivationClip(double bound) {
      preActivationClip = (float) bound;
      return this;
    }

    /**
     * Checks everything together.
     *
     * @return the spec
     * @throws IllegalArgumentException if a size is out of range or choices contradict each other
     */
    public RnnSpec build() {
      require(inputSize >= 1, "inputSize: expected C ≥ 1, got " + inputSize);
      require(hiddenSize >= 1, "hiddenSize: expected H ≥ 1, got " + hiddenSize);
      require(layers >= 1, "layers: expected L ≥ 1, got " + layers);
      require(
          projectionSize >= 0 && projectionSize <= hiddenSize,
          "projection: expected 0 ≤ P ≤ H=" + hiddenSize + ", got " + projectionSize);
      require(
          projectionSize == 0 || cell == CellType.LSTM,
          "projection: expected an lstm, got " + cell.label() + "; remove projection()");
      require(dropout >= 0 && dropout <= 1, "dropout: expected 0 ≤ p ≤ 1, got " + dropout);
      require(
          fillValue == 0 || masking == MaskingContract.FREEZE_FILL,
          "fillValue: only FREEZE_FILL fills, got masking " + masking);
      requireLstm(peepholes, "peepholes()");
      requireLstm(coupled, "coupledInputForget()");
      requireLstm(cellClip != Float.POSITIVE_INFINITY, "cellClip()");
      require(cellClip > 0, "cellClip: expected a bound > 0, got " + cellClip);
      require(
          preActivationClip > 0,
          "preActivationClip: expected a bound > 0, got " + preActivationClip);
      RnnSpec spec = new RnnSpec(this);
      requireInt((long) direction.count() * spec.stateSize(), "output size D·H");
      requireInt((long) cell.gates() * hiddenSize, "gate rows G·H");
      requireInt((long) layers * direction.count(), "states L·D");
      return spec;
    }

    private void requireLstm(boolean used, String option) {
      require(
          !used || cell == CellType.LSTM,
          option + ": expected an lstm, got " + cell.label() + "; remove it");
    }

    private static void requireInt(long value, String what) {
      require(
          value <= Integer.MAX_VALUE,
          what + ": expected at most 2^31-1, got " + value + "; lower the size");
    }

    private static void require(boolean ok, String message) {
      if (!ok) {
        throw new IllegalArgumentException(message);
      }
    }
  }
}
