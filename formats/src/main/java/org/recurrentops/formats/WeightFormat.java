package org.recurrentops.formats;

import java.util.Optional;
import java.util.Set;
import org.recurrentops.CellType;
import org.recurrentops.Direction;
import org.recurrentops.MergeMode;
import org.recurrentops.RnnSpec;
import org.recurrentops.SpecOption;

/**
 * Weight formats of other systems. {@link WeightConverter} converts; tensors carry the names below
 * followed by {@code _l<layer>} and, in the second direction, {@code _reverse}, unless said
 * otherwise. G gates, H hidden, I the layer's input width, D directions, P projection.
 *
 * <table>
 * <caption>Layouts</caption>
 * <tr><th>format</th><th>gates</th><th>tensors</th><th>biases</th></tr>
 * <tr><td>{@link #PYTORCH}</td><td>i,f,g,o; r,z,n</td><td>weight_ih [G·H,I], weight_hh [G·H,H or P],
 * weight_hr [P,H]</td><td>bias_ih, bias_hh</td></tr>
 * <tr><td>{@link #KERAS}</td><td>i,f,c,o; z,r,h</td><td>kernel [I,G·H], recurrent_kernel
 * [H,G·H]</td><td>bias [G·H]; reset_after [2,3·H]</td></tr>
 * <tr><td>{@link #ONNX}</td><td>i,o,f,c; z,r,h</td><td>per layer W [D,G·H,I], R [D,G·H,H], P [D,3·H]
 * = i,o,f</td><td>B [D,2·G·H]</td></tr>
 * <tr><td>{@link #CUDNN}, {@link #CUDNN_RECURRENT_BIAS}</td><td>i,f,g,o; r,z,n</td><td>per pseudo
 * layer p = l·D + d and linLayerID k: matrix_p_k [H,·], 8 the projection</td><td>bias_p_k</td></tr>
 * <tr><td>{@link #CUDNN_FLAT}</td><td>the same</td><td>weights: every matrix of {@link #CUDNN},
 * then every bias</td><td>in weights</td></tr>
 * <tr><td>{@link #ONEDNN_LDIGO}, {@link #ONEDNN_LDGOI}</td><td>i,f,c,o; u,r,o</td><td>per layer
 * weights_layer [1,D,I,G,H] or [1,D,G,H,I], weights_iter, weights_peephole [1,D,3,H] = i,f,o,
 * weights_projection [1,D,H,P] or [1,D,P,H]</td><td>bias [1,D,G,H]; lbr_gru [1,D,4,H]</td></tr>
 * <tr><td>{@link #DL4J}</td><td>candidate, f, o, input</td><td>W [I,G·H], RW [H,G·H] (with peepholes
 * [H,4·H+3] = f,o,i), all in 'f' order</td><td>b [1,G·H]</td></tr>
 * <tr><td>{@link #HASTE}</td><td>i,g,f,o; z,r,g</td><td>kernel [I,G·H], recurrent_kernel
 * [H,G·H]; layer normalisation gamma [2,G·H] = both sides', LSTM gamma_h, beta_h [H]
 * </td><td>bias; GRU also recurrent_bias</td></tr>
 * </table>
 */
public enum WeightFormat {
  /** A state dict of {@code torch.nn.RNN}, {@code GRU} or {@code LSTM}. */
  PYTORCH(SpecOption.PROJECTION),
  /**
   * Weights of Keras layers in the order of {@code get_weights()}; {@code Bidirectional} gives the
   * forward ones first.
   */
  KERAS(SpecOption.MERGE, SpecOption.ACTIVATIONS),
  /** Inputs of ONNX nodes, one node per layer. */
  ONNX(
      SpecOption.PEEPHOLES,
      SpecOption.COUPLED_INPUT_FORGET,
      SpecOption.PRE_ACTIVATION_CLIP,
      SpecOption.ACTIVATIONS),
  /** What {@code cudnnGetRNNWeightParams} points to, one tensor per matrix and bias. */
  CUDNN(SpecOption.PROJECTION, SpecOption.CELL_CLIP, SpecOption.SKIP_INPUT),
  /** As {@link #CUDNN} with {@code CUDNN_RNN_SINGLE_REC_BIAS}: one bias, on the recurrent side. */
  CUDNN_RECURRENT_BIAS(SpecOption.PROJECTION, SpecOption.CELL_CLIP, SpecOption.SKIP_INPUT),
  /**
   * One buffer for all of {@link #CUDNN}, in the order that cuDNN's packed weight space has without
   * padding; compare with the addresses of {@code cudnnGetRNNWeightParams} where it matters.
   */
  CUDNN_FLAT(SpecOption.PROJECTION, SpecOption.CELL_CLIP, SpecOption.SKIP_INPUT),
  /** oneDNN's {@code ldigo}, projections {@code ldio}. */
  ONEDNN_LDIGO(SpecOption.PROJECTION, SpecOption.PEEPHOLES, SpecOption.MERGE),
  /** oneDNN's {@code ldgoi}, projections {@code ldoi}. */
  ONEDNN_LDGOI(SpecOption.PROJECTION, SpecOption.PEEPHOLES, SpecOption.MERGE),
  /** Deeplearning4j's LSTM, GravesLSTM (peepholes) and SimpleRnn. */
  DL4J(SpecOption.PEEPHOLES, SpecOption.MERGE),
  /** Haste's LSTM, GRU, LayerNormLSTM and LayerNormGRU. */
  HASTE(SpecOption.LAYER_NORM);

  /** ε of Haste's layer normalisation. */
  private static final float HASTE_EPSILON = 1e-5f;

  private final Set<SpecOption> options;

  WeightFormat(SpecOption... options) {
    this.options = Set.of(options);
  }

  /**
   * Why the system cannot compute a spec, so that its weights would mean something else there.
   *
   * @param spec what is computed
   * @return the reason, or empty if it can
   */
  public Optional<String> refusal(RnnSpec spec) {
    for (SpecOption option : spec.options()) {
      if (!options.contains(option)) {
        return lacks(option.label());
      }
    }
    if (isOneDnn() && spec.merge() != MergeMode.CONCAT && spec.merge() != MergeMode.SUM) {
      return lacks(SpecOption.MERGE.label() + " other than side by side or summed");
    }
    float epsilon = spec.cellOptions().layerNormEpsilon();
    if (spec.isLayerNormalised() && epsilon != HASTE_EPSILON) {
      return lacks(SpecOption.LAYER_NORM.label() + " with an ε other than " + HASTE_EPSILON);
    }
    if (spec.direction() == Direction.REVERSE && (this == PYTORCH || isCudnn() || this == HASTE)) {
      return lacks("a layer that only runs backwards");
    }
    return refusal(spec.cell());
  }

  private Optional<String> refusal(CellType cell) {
    switch (cell) {
      case GRU_RESET_BEFORE:
        return this == PYTORCH || isCudnn() || this == DL4J || this == HASTE
            ? lacks("a GRU with the reset gate before the product")
            : Optional.empty();
      case GRU:
        return this == DL4J ? lacks("a GRU") : Optional.empty();
      case LSTM:
        return Optional.empty();
      default:
        return this == HASTE ? lacks("vanilla cells") : Optional.empty();
    }
  }

  private Optional<String> lacks(String what) {
    return Optional.of(name() + " has no " + what.replaceFirst("^an? ", ""));
  }

  private boolean isOneDnn() {
    return this == ONEDNN_LDIGO || this == ONEDNN_LDGOI;
  }

  boolean isCudnn() {
    return this == CUDNN || this == CUDNN_FLAT || this == CUDNN_RECURRENT_BIAS;
  }
}
