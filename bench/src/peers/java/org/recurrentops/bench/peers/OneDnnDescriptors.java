package org.recurrentops.bench.peers;

import org.bytedeco.dnnl.engine;
import org.bytedeco.dnnl.global.dnnl.algorithm;
import org.bytedeco.dnnl.global.dnnl.prop_kind;
import org.bytedeco.dnnl.global.dnnl.rnn_direction;
import org.bytedeco.dnnl.lbr_gru_backward;
import org.bytedeco.dnnl.lbr_gru_forward;
import org.bytedeco.dnnl.lstm_backward;
import org.bytedeco.dnnl.lstm_forward;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.memory.format_tag;
import org.bytedeco.dnnl.primitive;
import org.bytedeco.dnnl.rnn_primitive_desc_base;
import org.bytedeco.dnnl.vanilla_rnn_backward;
import org.bytedeco.dnnl.vanilla_rnn_forward;

/**
 * oneDNN has classes of its own for each cell; here they are chosen. Training is given initial
 * states: without them oneDNN 3.11 adds what is no state to the gradient of the recurrent weights
 * of LSTM and vanilla cells. Inference has none.
 */
final class OneDnnDescriptors {
  private static final rnn_direction WAY = rnn_direction.unidirectional_left2right;

  private final OneDnnLayer layer;
  private final engine cpu;
  private final memory.desc none;
  private final memory.desc anyInput;
  private final memory.desc anyRecurrent;

  OneDnnDescriptors(OneDnnLayer layer) {
    this.layer = layer;
    cpu = layer.cpu;
    none = layer.none;
    anyInput = layer.inputWeights(format_tag.any);
    anyRecurrent = layer.recurrentWeights(format_tag.any);
  }

  private int gates() {
    return layer.shape.cell().gates();
  }

  rnn_primitive_desc_base forward(prop_kind kind) {
    memory.desc state = kind == prop_kind.forward_training ? layer.state : none;
    memory.desc src = layer.src;
    memory.desc dst = layer.dst;
    memory.desc bias = layer.bias;
    return switch (gates()) {
      case 4 ->
          new lstm_forward.primitive_desc(
              cpu, kind, WAY, src, state, state, anyInput, anyRecurrent, bias, dst, none, none);
      case 3 ->
          new lbr_gru_forward.primitive_desc(
              cpu, kind, WAY, src, state, anyInput, anyRecurrent, bias, dst, none);
      default ->
          new vanilla_rnn_forward.primitive_desc(
              cpu,
              kind,
              algorithm.eltwise_tanh,
              WAY,
              src,
              state,
              anyInput,
              anyRecurrent,
              bias,
              dst,
              none);
    };
  }

  primitive forwardPass(rnn_primitive_desc_base made) {
    return switch (gates()) {
      case 4 -> new lstm_forward((lstm_forward.primitive_desc) made);
      case 3 -> new lbr_gru_forward((lbr_gru_forward.primitive_desc) made);
      default -> new vanilla_rnn_forward((vanilla_rnn_forward.primitive_desc) made);
    };
  }

  /** Gradients have the formats of what they are gradients of. */
  rnn_primitive_desc_base backward(rnn_primitive_desc_base hint) {
    memory.desc src = layer.src;
    memory.desc dst = layer.dst;
    memory.desc bias = layer.bias;
    memory.desc state = layer.state;
    prop_kind kind = prop_kind.backward;
    return switch (gates()) {
      case 4 ->
          new lstm_backward.primitive_desc(
              cpu,
              kind,
              WAY,
              src,
              state,
              state,
              anyInput,
              anyRecurrent,
              bias,
              dst,
              none,
              none,
              src,
              state,
              state,
              anyInput,
              anyRecurrent,
              bias,
              dst,
              none,
              none,
              (lstm_forward.primitive_desc) hint);
      case 3 ->
          new lbr_gru_backward.primitive_desc(
              cpu,
              kind,
              WAY,
              src,
              state,
              anyInput,
              anyRecurrent,
              bias,
              dst,
              none,
              src,
              state,
              anyInput,
              anyRecurrent,
              bias,
              dst,
              none,
              (lbr_gru_forward.primitive_desc) hint);
      default ->
          new vanilla_rnn_backward.primitive_desc(
              cpu,
              kind,
              algorithm.eltwise_tanh,
              WAY,
              src,
              state,
              anyInput,
              anyRecurrent,
              bias,
              dst,
              none,
              src,
              state,
              anyInput,
              anyRecurrent,
              bias,
              dst,
              none,
              (vanilla_rnn_forward.primitive_desc) hint);
    };
  }

  primitive backwardPass(rnn_primitive_desc_base made) {
    return switch (gates()) {
      case 4 -> new lstm_backward((lstm_backward.primitive_desc) made);
      case 3 -> new lbr_gru_backward((lbr_gru_backward.primitive_desc) made);
      default -> new vanilla_rnn_backward((vanilla_rnn_backward.primitive_desc) made);
    };
  }
}
