package org.recurrentops.formats;

import java.util.List;
import org.recurrentops.Direction;

/**
 * Attributes of an ONNX RNN, GRU or LSTM node, defaults filled in.
 *
 * @param direction which way through time
 * @param hiddenSize H
 * @param activations 1, 2 or 3 names per direction
 * @param activationAlpha α of those activations that have one, in their order; defaults where too
 *     few
 * @param activationBeta β likewise
 * @param clip bound of every activation's argument, or null for none
 * @param layout 0: sequences are [T,B,·] and states [D,B,H]; 1: [B,T,·] and [B,D,H]
 * @param linearBeforeReset of a GRU
 * @param inputForget of an LSTM
 * @param others attributes that this library does not know and that are not off, as {@code
 *     key=value}
 */
public record OnnxAttributes(
    Direction direction,
    int hiddenSize,
    List<String> activations,
    List<Double> activationAlpha,
    List<Double> activationBeta,
    Double clip,
    int layout,
    boolean linearBeforeReset,
    boolean inputForget,
    List<String> others) {

  /** Copies the lists. */
  public OnnxAttributes {
    activations = List.copyOf(activations);
    activationAlpha = List.copyOf(activationAlpha);
    activationBeta = List.copyOf(activationBeta);
    others = List.copyOf(others);
  }

  /**
   * Without coefficients of activations.
   *
   * @param direction which way through time
   * @param hiddenSize H
   * @param activations 1, 2 or 3 names per direction
   * @param clip bound of every activation's argument, or null for none
   * @param layout 0 or 1
   * @param linearBeforeReset of a GRU
   * @param inputForget of an LSTM
   * @param others unknown attributes
   */
  public OnnxAttributes(
      Direction direction,
      int hiddenSize,
      List<String> activations,
      Double clip,
      int layout,
      boolean linearBeforeReset,
      boolean inputForget,
      List<String> others) {
    this(
        direction,
        hiddenSize,
        activations,
        List.of(),
        List.of(),
        clip,
        layout,
        linearBeforeReset,
        inputForget,
        others);
  }
}
