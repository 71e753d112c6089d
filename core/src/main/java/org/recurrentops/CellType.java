package org.recurrentops;

/**
 * The recurrence of one step. σ is the logistic function, ∘ the elementwise product, h₋ and c₋ the
 * state of the step before. W acts on the input, R on h₋. Gate blocks of the parameters stand in
 * the order in which they are named here.
 */
public enum CellType {
  /** h = tanh(W x + b_W + R h₋ + b_R). Elman 1990. */
  VANILLA_TANH(1, false, "vanilla-tanh"),

  /** h = relu(W x + b_W + R h₋ + b_R), relu(a) = a &lt; 0 ? 0 : a, derivative 0 at 0. */
  VANILLA_RELU(1, false, "vanilla-relu"),

  /**
   * i, f, o = σ(·), g = tanh(·) of W x + b_W + R h₋ + b_R; c = f∘c₋ + i∘g; h = o∘tanh(c), or h =
   * W_p(o∘tanh(c)) with a projection. Gates i, f, g, o. Hochreiter and Schmidhuber 1997; forget
   * gate: Gers, Schmidhuber and Cummins 2000; projection: Sak, Senior and Beaufays 2014. Options of
   * the spec: peepholes, coupled input and forget gate, clips.
   */
  LSTM(4, true, "lstm"),

  /**
   * r, z = σ(·); n = tanh(W_n x + b_Wn + r∘(R_n h₋ + b_Rn)); h = (1−z)∘n + z∘h₋. Gates r, z, n. The
   * reset gate acts after the matrix product, as in PyTorch, cuDNN, Keras (default) and ONNX
   * (linear_before_reset = 1). Cho et al. 2014, version 3.
   */
  GRU(3, false, "gru"),

  /**
   * As {@link #GRU} but n = tanh(W_n x + b_Wn + R_n (r∘h₋) + b_Rn): the reset gate acts before the
   * matrix product (ONNX default, Keras reset_after=False). Gates r, z, n. Cho et al. 2014, version
   * 1.
   */
  GRU_RESET_BEFORE(3, false, "gru-reset-before");

  private final int gates;
  private final boolean cellState;
  private final String label;

  CellType(int gates, boolean cellState, String label) {
    this.gates = gates;
    this.cellState = cellState;
    this.label = label;
  }

  /**
   * Number of gate blocks G in the weights.
   *
   * @return 1, 3 or 4
   */
  public int gates() {
    return gates;
  }

  /**
   * Whether the cell carries c beside h.
   *
   * @return true for the LSTM
   */
  public boolean hasCellState() {
    return cellState;
  }

  /**
   * Name used in messages, benchmark names and on command lines.
   *
   * @return a lower-case name such as {@code gru-reset-before}
   */
  public String label() {
    return label;
  }
}
