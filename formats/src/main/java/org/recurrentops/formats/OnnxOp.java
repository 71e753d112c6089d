package org.recurrentops.formats;

import java.util.List;

/** ONNX's recurrent operators, with the order of their gate blocks. */
public enum OnnxOp {
  /** One block. */
  RNN(List.of("Tanh"), 0),
  /** Blocks z, r, h; ours are r, z, n. */
  GRU(List.of("Sigmoid", "Tanh"), 1, 0, 2),
  /** Blocks i, o, f, c; ours are i, f, g, o. */
  LSTM(List.of("Sigmoid", "Tanh", "Tanh"), 0, 2, 3, 1);

  private final List<String> activations;
  private final int[] blocks;

  OnnxOp(List<String> activations, int... blocks) {
    this.activations = activations;
    this.blocks = blocks;
  }

  /**
   * G.
   *
   * @return number of gate blocks
   */
  public int gates() {
    return blocks.length;
  }

  /**
   * Where one of our gates lies in ONNX's tensors.
   *
   * @param gate our gate, in the order of the canonical parameters
   * @return ONNX's block
   */
  public int block(int gate) {
    return blocks[gate];
  }

  /**
   * Activations of one direction that need no naming.
   *
   * @return ONNX's defaults
   */
  public List<String> defaultActivations() {
    return activations;
  }
}
