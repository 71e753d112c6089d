package org.recurrentops;

import java.util.List;
import java.util.Locale;
import java.util.Set;

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
  private final MergeMode merge;
  private final boolean skipInput;
  private final BiasMode bias;
  private final float dropout;
  private final MaskingContract masking;
  private final float fillValue;
  private final CellOptions cellOptions;

  RnnSpec(RnnSpecBuilder b) {
    cell = b.cell;
    inputSize = b.inputSize;
    hiddenSize = b.hiddenSize;
    projectionSize = b.projectionSize;
    layers = b.layers;
    direction = b.direction;
    merge = b.merge;
    skipInput = b.skipInput;
    bias = b.bias;
    dropout = b.dropout;
    masking = b.masking;
    fillValue = b.fillValue;
    cellOptions = b.cellOptions();
  }

  /**
   * Starts the spec of any cell.
   *
   * @param cell the recurrence
   * @param inputSize C ≥ 1; the vocabulary size for index inputs
   * @param hiddenSize H ≥ 1
   * @return a builder: one forward layer, two biases
   */
  public static RnnSpecBuilder of(CellType cell, int inputSize, int hiddenSize) {
    return new RnnSpecBuilder(cell, inputSize, hiddenSize);
  }

  /**
   * Starts the spec of a {@link CellType#LSTM}.
   *
   * @param inputSize C ≥ 1
   * @param hiddenSize H ≥ 1
   * @return a builder: one forward layer, two biases
   */
  public static RnnSpecBuilder lstm(int inputSize, int hiddenSize) {
    return of(CellType.LSTM, inputSize, hiddenSize);
  }

  /**
   * Starts the spec of a {@link CellType#GRU}, reset after the matrix product.
   *
   * @param inputSize C ≥ 1
   * @param hiddenSize H ≥ 1
   * @return a builder: one forward layer, two biases
   */
  public static RnnSpecBuilder gru(int inputSize, int hiddenSize) {
    return of(CellType.GRU, inputSize, hiddenSize);
  }

  /**
   * Starts the spec of a {@link CellType#VANILLA_TANH} layer.
   *
   * @param inputSize C ≥ 1
   * @param hiddenSize H ≥ 1
   * @return a builder: one forward layer, two biases
   */
  public static RnnSpecBuilder vanilla(int inputSize, int hiddenSize) {
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
   * Width of y and of what a layer hands to the next.
   *
   * @return D·H, or D·P with a projection; H (or P) where directions are merged into one
   */
  public int outputSize() {
    return (merge == MergeMode.CONCAT ? direction.count() : 1) * stateSize();
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
   * How the outputs of two directions become one.
   *
   * @return the mode; {@link MergeMode#CONCAT} unless bidirectional
   */
  public MergeMode merge() {
    return merge;
  }

  /**
   * Whether a layer adds its input to every gate as it is instead of multiplying it by weight_ih.
   *
   * @param layer 0 ≤ layer &lt; L
   * @return true for layer 0 of a spec with {@link RnnSpecBuilder#skipInput()}
   */
  public boolean skipsInput(int layer) {
    return skipInput && layer == 0;
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
    return cellOptions.peepholes();
  }

  /**
   * Whether f = 1 − i (LSTM). The block of f stays in the parameters and has a gradient of zero.
   *
   * @return true if coupled
   */
  public boolean isInputForgetCoupled() {
    return cellOptions.coupledInputForget();
  }

  /**
   * Bound of the cell state (LSTM): c is clipped to [−bound, bound] before it is used. The gradient
   * of a clip is 0 outside and 1 inside; NaN passes.
   *
   * @return the bound, infinite for none
   */
  public float cellClip() {
    return cellOptions.cellClip();
  }

  /**
   * Bound of every activation's argument, as ONNX's {@code clip}. The gradient of a clip is 0
   * outside and 1 inside; NaN passes.
   *
   * @return the bound, infinite for none
   */
  public float preActivationClip() {
    return cellOptions.preActivationClip();
  }

  /**
   * An activation of the cell. In ONNX's terms: a vanilla cell has f; a GRU f for r and z, g for n;
   * an LSTM f for i, f and o, g for g, and h for c.
   *
   * @param which 0 for f, 1 for g, 2 for h
   * @param d direction index within a layer
   * @return the function
   * @throws IndexOutOfBoundsException if the cell has no such activation
   */
  public Activation activation(int which, int d) {
    List<Activation> own = Activation.defaults(cell);
    List<Activation> given = cellOptions.activations();
    if (given.isEmpty()) {
      return own.get(which);
    }
    java.util.Objects.checkIndex(which, own.size());
    return given.get((d * own.size() + which) % given.size());
  }

  /**
   * Whether both products of the gates, and the LSTM's c on its way to h, are normalised over their
   * units; see {@link RnnSpecBuilder#layerNorm(double)}.
   *
   * @return true with layer normalisation
   */
  public boolean isLayerNormalised() {
    return cellOptions.layerNormEpsilon() > 0;
  }

  /**
   * Choices that change the equations of the cell.
   *
   * @return the choices
   */
  public CellOptions cellOptions() {
    return cellOptions;
  }

  /**
   * Whether the cell's equations are those of its type without any option.
   *
   * @return true with {@link CellOptions} all off; a projection does not count
   */
  public boolean isPlainCell() {
    return cellOptions.equals(CellOptions.NONE);
  }

  /**
   * What the spec uses beyond the equations of its cell type; what a backend or an algorithm may
   * lack.
   *
   * @return the options in use, in the order of {@link SpecOption}
   */
  public Set<SpecOption> options() {
    return SpecOption.usedBy(this);
  }

  /**
   * Starts from the choices of this spec.
   *
   * @return a builder that would build an equal spec
   */
  public RnnSpecBuilder toBuilder() {
    return new RnnSpecBuilder(this);
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
    s.append(skipInput ? " skip-input" : "").append(cellOptions.label());
    if (direction != Direction.FORWARD) {
      s.append(' ').append(direction.name().toLowerCase(Locale.ROOT));
    }
    if (merge != MergeMode.CONCAT) {
      s.append(' ').append(merge.name().toLowerCase(Locale.ROOT));
    }
    return s.toString();
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

  private List<Object> values() {
    return List.of(
        cell,
        inputSize,
        hiddenSize,
        projectionSize,
        layers,
        direction,
        merge,
        skipInput,
        bias,
        dropout,
        masking,
        fillValue,
        cellOptions);
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof RnnSpec && values().equals(((RnnSpec) o).values());
  }

  @Override
  public int hashCode() {
    return values().hashCode();
  }
}
