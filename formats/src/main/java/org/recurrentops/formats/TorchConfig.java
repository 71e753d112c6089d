package org.recurrentops.formats;

import java.util.List;
import org.recurrentops.BiasMode;
import org.recurrentops.CellType;
import org.recurrentops.Direction;
import org.recurrentops.RnnSpec;

/**
 * Arguments of a PyTorch {@code nn.RNN}, {@code nn.GRU} or {@code nn.LSTM} and the sizes it ran
 * with.
 *
 * @param cell {@code rnn_tanh}, {@code rnn_relu}, {@code gru} or {@code lstm}
 * @param layers num_layers
 * @param bidirectional two directions
 * @param projectionSize proj_size, 0 for none
 * @param bias both biases or none
 * @param steps T
 * @param batch B, our N
 * @param inputSize C
 * @param hiddenSize H
 * @param others settings that this library does not know and that are not off, as {@code key=value}
 */
public record TorchConfig(
    CellType cell,
    int layers,
    boolean bidirectional,
    int projectionSize,
    boolean bias,
    int steps,
    int batch,
    int inputSize,
    int hiddenSize,
    List<String> others) {

  /** Copies the list. */
  public TorchConfig {
    others = List.copyOf(others);
  }

  /**
   * The same in this library's terms.
   *
   * @return the spec
   * @throws IllegalArgumentException if the settings contradict each other
   */
  public RnnSpec spec() {
    return RnnSpec.of(cell, inputSize, hiddenSize)
        .layers(layers)
        .direction(bidirectional ? Direction.BIDIRECTIONAL : Direction.FORWARD)
        .projection(projectionSize)
        .bias(bias ? BiasMode.DOUBLE : BiasMode.NONE)
        .build();
  }
}
