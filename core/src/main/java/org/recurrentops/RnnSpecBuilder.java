package org.recurrentops;

import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;

/** Collects the choices of an {@link RnnSpec}; {@link #build} checks them together. */
public final class RnnSpecBuilder {
  /** ε of {@link #layerNorm()}. */
  public static final double LAYER_NORM_EPSILON = 1e-5;

  CellType cell;
  final int inputSize;
  final int hiddenSize;
  int projectionSize;
  int layers = 1;
  Direction direction = Direction.FORWARD;
  MergeMode merge = MergeMode.CONCAT;
  boolean skipInput;
  BiasMode bias = BiasMode.DOUBLE;
  float dropout;
  MaskingContract masking = MaskingContract.FREEZE_FILL;
  float fillValue;
  boolean peepholes;
  boolean coupled;
  float cellClip = Float.POSITIVE_INFINITY;
  float preActivationClip = Float.POSITIVE_INFINITY;
  List<Activation> activations = List.of();
  boolean independent;
  float layerNormEpsilon;
  float zoneoutHidden;
  float zoneoutCell;
  float dropConnect;

  RnnSpecBuilder(CellType cell, int inputSize, int hiddenSize) {
    this.cell = Objects.requireNonNull(cell, "cell");
    this.inputSize = inputSize;
    this.hiddenSize = hiddenSize;
  }

  RnnSpecBuilder(RnnSpec s) {
    this(s.cell(), s.inputSize(), s.hiddenSize());
    projectionSize = s.projectionSize();
    layers = s.layers();
    direction = s.direction();
    merge = s.merge();
    skipInput = s.skipsInput(0);
    bias = s.bias();
    dropout = s.dropout();
    masking = s.masking();
    fillValue = s.fillValue();
    peepholes = s.hasPeepholes();
    coupled = s.isInputForgetCoupled();
    cellClip = s.cellClip();
    preActivationClip = s.preActivationClip();
    activations = s.cellOptions().activations();
    independent = s.cellOptions().independent();
    layerNormEpsilon = s.cellOptions().layerNormEpsilon();
    zoneoutHidden = s.cellOptions().zoneoutHidden();
    zoneoutCell = s.cellOptions().zoneoutCell();
    dropConnect = s.cellOptions().dropConnect();
  }

  /**
   * Uses relu instead of tanh.
   *
   * @return this
   * @throws IllegalArgumentException if the cell is not a vanilla one
   */
  public RnnSpecBuilder relu() {
    return relu(true);
  }

  /**
   * Uses tanh, as vanilla cells do unless told otherwise.
   *
   * @return this
   * @throws IllegalArgumentException if the cell is not a vanilla one
   */
  public RnnSpecBuilder tanh() {
    return relu(false);
  }

  private RnnSpecBuilder relu(boolean wanted) {
    SpecChecks.require(
        cell == CellType.VANILLA_TANH || cell == CellType.VANILLA_RELU,
        (wanted ? "relu" : "tanh") + "(): expected a vanilla cell, got " + cell.label());
    cell = wanted ? CellType.VANILLA_RELU : CellType.VANILLA_TANH;
    return this;
  }

  /**
   * Applies the reset gate before the matrix product.
   *
   * @return this
   * @throws IllegalArgumentException if the cell is not a GRU
   */
  public RnnSpecBuilder resetBefore() {
    return reset(CellType.GRU_RESET_BEFORE, "resetBefore()");
  }

  /**
   * Applies the reset gate after the matrix product, as GRUs do unless told otherwise.
   *
   * @return this
   * @throws IllegalArgumentException if the cell is not a GRU
   */
  public RnnSpecBuilder resetAfter() {
    return reset(CellType.GRU, "resetAfter()");
  }

  private RnnSpecBuilder reset(CellType wanted, String call) {
    SpecChecks.require(
        cell == CellType.GRU || cell == CellType.GRU_RESET_BEFORE,
        call + ": expected a gru, got " + cell.label());
    cell = wanted;
    return this;
  }

  /**
   * Projects h to P features (LSTM only).
   *
   * @param size 1 ≤ P ≤ H, or 0 for none
   * @return this
   */
  public RnnSpecBuilder projection(int size) {
    projectionSize = size;
    return this;
  }

  /**
   * Stacks layers.
   *
   * @param count L ≥ 1
   * @return this
   */
  public RnnSpecBuilder layers(int count) {
    layers = count;
    return this;
  }

  /**
   * Sets the direction.
   *
   * @param d the direction of every layer
   * @return this
   */
  public RnnSpecBuilder direction(Direction d) {
    direction = Objects.requireNonNull(d, "direction");
    return this;
  }

  /**
   * Same as {@code direction(Direction.BIDIRECTIONAL)}.
   *
   * @return this
   */
  public RnnSpecBuilder bidirectional() {
    return direction(Direction.BIDIRECTIONAL);
  }

  /**
   * Sets how the outputs of the two directions of a bidirectional layer become one, in every layer.
   * Padding that {@link MaskingContract#FREEZE_FILL} fills holds the fill value, merged or not.
   *
   * @param mode the mode
   * @return this
   */
  public RnnSpecBuilder merge(MergeMode mode) {
    merge = Objects.requireNonNull(mode, "merge");
    return this;
  }

  /**
   * Lets the first layer add x to every gate as it is, as cuDNN's CUDNN_SKIP_INPUT: there is no
   * weight_ih_l0, and C = H. Layers above have their weights. Indices are refused, since x is not
   * multiplied by anything.
   *
   * @return this
   */
  public RnnSpecBuilder skipInput() {
    skipInput = true;
    return this;
  }

  /**
   * Sets the biases.
   *
   * @param mode none, single or double
   * @return this
   */
  public RnnSpecBuilder bias(BiasMode mode) {
    bias = Objects.requireNonNull(mode, "bias");
    return this;
  }

  /**
   * Drops inputs of layers 1 … L−1 in training, scaling the kept ones by 1/(1−p).
   *
   * @param probability p in [0, 1]
   * @return this
   */
  public RnnSpecBuilder dropout(double probability) {
    dropout = (float) probability;
    return this;
  }

  /**
   * Sets what happens past a row's length.
   *
   * @param contract the contract
   * @return this
   */
  public RnnSpecBuilder masking(MaskingContract contract) {
    masking = Objects.requireNonNull(contract, "masking");
    return this;
  }

  /**
   * Sets what {@link MaskingContract#FREEZE_FILL} writes into padded y.
   *
   * @param value any float, NaN included
   * @return this
   */
  public RnnSpecBuilder fillValue(float value) {
    fillValue = value;
    return this;
  }

  /**
   * Lets the gates see the cell state (LSTM only): i and f see p_i∘c₋ and p_f∘c₋, o sees p_o∘c.
   * Gers, Schraudolph and Schmidhuber 2002.
   *
   * @return this
   */
  public RnnSpecBuilder peepholes() {
    peepholes = true;
    return this;
  }

  /**
   * Makes f = 1 − i (LSTM only), as ONNX's {@code input_forget}.
   *
   * @return this
   */
  public RnnSpecBuilder coupledInputForget() {
    coupled = true;
    return this;
  }

  /**
   * Clips c to [−bound, bound] (LSTM only), as cuDNN does.
   *
   * @param bound positive
   * @return this
   */
  public RnnSpecBuilder cellClip(double bound) {
    cellClip = (float) bound;
    return this;
  }

  /**
   * Clips every activation's argument to [−bound, bound], as ONNX's {@code clip} does.
   *
   * @param bound positive
   * @return this
   */
  public RnnSpecBuilder preActivationClip(double bound) {
    preActivationClip = (float) bound;
    return this;
  }

  /**
   * Sets the activations, in ONNX's order: f of a vanilla cell; f (r, z) and g (n) of a GRU; f (i,
   * f, o), g (g) and h (of c) of an LSTM. A bidirectional spec takes them once for both directions,
   * or twice as many: the forward direction's, then the reverse one's. Clips bound the arguments of
   * f and g.
   *
   * @param list the functions; none for the cell's own
   * @return this
   */
  public RnnSpecBuilder activations(Activation... list) {
    activations = List.of(list);
    return this;
  }

  /**
   * Lets each unit see only its own past (vanilla cells): h = φ(W x + b + u∘h₋), and weight_hh is u
   * [H]. IndRNN: Li, Li, Cook, Zhu and Gao 2018.
   *
   * @return this
   */
  public RnnSpecBuilder independent() {
    independent = true;
    return this;
  }

  /**
   * Normalises the layer with ε = {@value #LAYER_NORM_EPSILON}; see {@link #layerNorm(double)}.
   *
   * @return this
   */
  public RnnSpecBuilder layerNorm() {
    return layerNorm(LAYER_NORM_EPSILON);
  }

  /**
   * Normalises the layer (LSTM, and GRU with the reset gate after the product): wherever the cell
   * has W x + b_W + R h₋ + b_R there is LN(W x; γ_ih) + b_W + LN(R h₋; γ_hh) + b_R instead, and h =
   * o∘tanh(LN(c; γ_c) + β_c) for the LSTM, whose next step gets c as it is. LN(a; γ) = γ∘(a − μ) /
   * √(v + ε) with mean μ and variance v (divided by their number) of all elements of a: for both
   * products the G·H of all gates together, for c the H units. Gains γ and β_c are parameters,
   * {@code ln_gamma_ih} [G·H], {@code ln_gamma_hh} [G·H], {@code ln_gamma_c} [H], {@code ln_beta_c}
   * [H]; what else is added are the biases.
   *
   * <p>Ba, Kiros and Hinton 2016, arXiv:1607.06450, supplementary material. Taking all gates
   * together, for the GRU too, and keeping the biases for what they call β, is what Haste's
   * LayerNormLSTM and LayerNormGRU do. TensorFlow Addons' LayerNormLSTMCell and the LSTM of
   * PyTorch's fastrnns benchmark treat the products in this way, but hand the normalised c on to
   * the next step, which the paper does not.
   *
   * <p>A vanilla cell, a GRU with the reset gate before the product, and an input added without
   * weights are refused: the paper has other equations for the first and none for the others.
   *
   * @param epsilon ε &gt; 0, added to variances
   * @return this
   */
  public RnnSpecBuilder layerNorm(double epsilon) {
    SpecChecks.require(
        epsilon > 0 && (float) epsilon > 0 && epsilon < Float.MAX_VALUE,
        "layerNorm: expected a finite ε > 0, got " + epsilon);
    layerNormEpsilon = (float) epsilon;
    return this;
  }

  /**
   * Lets units keep their state at random (Krueger et al. 2017): in training each unit of h, and of
   * c, takes its new value with probability 1−p, by masks of the call's seed; h is o∘h(c′) of the
   * c′ before its own mask. Inference takes p·old + (1−p)·new. Masks: Philox at counter (kind·2¹⁶ +
   * layer, stepOffset + t, n, j/4), word j mod 4, kind 1 for h and 2 for c, j = d·H + u (d·P + u
   * for a projected h); new iff the word is at least ⌊p·2³²⌋.
   *
   * @param hidden p of h, in [0, 1)
   * @param cell p of c (LSTM only), in [0, 1)
   * @return this
   */
  public RnnSpecBuilder zoneout(double hidden, double cell) {
    zoneoutHidden = (float) hidden;
    zoneoutCell = (float) cell;
    return this;
  }

  /**
   * Drops recurrent weights in training (Wan et al. 2013): an element of weight_hh becomes 0 with
   * probability p, else is scaled by 1/(1−p), by one mask per layer and direction for all steps and
   * rows of a call, at whatever stepOffset, so that windows of a sequence with one seed see one R.
   * Packed weights are refused in training. Philox counter (3·2¹⁶ + layer, direction, row, k/4),
   * word k mod 4 for column k; kept iff it is at least ⌊p·2³²⌋.
   *
   * @param probability p in [0, 1)
   * @return this
   */
  public RnnSpecBuilder dropConnect(double probability) {
    dropConnect = (float) probability;
    return this;
  }

  /** Nothing where the list says what the cell does anyway. */
  private List<Activation> unusualActivations() {
    List<Activation> own = Activation.defaults(cell);
    IntStream all = IntStream.range(0, activations.size());
    boolean usual = all.allMatch(i -> activations.get(i).equals(own.get(i % own.size())));
    return usual ? List.of() : activations;
  }

  /**
   * Checks everything together.
   *
   * @return the spec
   * @throws IllegalArgumentException if a size is out of range or choices contradict each other
   */
  public RnnSpec build() {
    SpecChecks.check(this);
    return new RnnSpec(this);
  }

  CellOptions cellOptions() {
    return new CellOptions(
        peepholes,
        coupled,
        cellClip,
        preActivationClip,
        unusualActivations(),
        independent,
        layerNormEpsilon,
        zoneoutHidden,
        zoneoutCell,
        dropConnect);
  }
}
