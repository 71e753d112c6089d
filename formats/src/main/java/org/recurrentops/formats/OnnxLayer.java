package org.recurrentops.formats;

import java.util.Optional;
import org.recurrentops.Activation;
import org.recurrentops.BiasMode;
import org.recurrentops.CellType;
import org.recurrentops.ParameterLayout;
import org.recurrentops.ParameterSlice;
import org.recurrentops.ParameterSlice.Kind;
import org.recurrentops.RnnSpec;
import org.recurrentops.RnnSpecBuilder;

/**
 * One ONNX RNN, GRU or LSTM node in this library's terms: its spec, its weights as canonical
 * parameters, and the way back for gradients. Lossless: blocks are moved, nothing is summed. Sizes:
 * I inputs, H hidden, G gates, D directions.
 *
 * <table>
 * <caption>Layouts</caption>
 * <tr><th>tensor</th><th>ONNX</th><th>here</th></tr>
 * <tr><td>W</td><td>[D,G·H,I], blocks i,o,f,c or z,r,h</td><td>weight_ih, i,f,g,o or r,z,n</td></tr>
 * <tr><td>R</td><td>[D,G·H,H]</td><td>weight_hh</td></tr>
 * <tr><td>B</td><td>[D,2·G·H] = Wb‖Rb</td><td>bias_ih and bias_hh</td></tr>
 * <tr><td>P</td><td>[D,3·H], blocks i,o,f</td><td>peepholes, i,f,o</td></tr>
 * </table>
 */
public final class OnnxLayer {
  private final OnnxOp op;
  private final RnnSpec spec;
  private final ParameterLayout layout;

  /**
   * Makes the spec.
   *
   * @param op operator
   * @param attributes of the node
   * @param inputSize I
   * @param bias whether the node has an input B
   * @param peepholes whether the node has an input P
   * @throws IllegalArgumentException if {@link #refusal} has a reason
   */
  public OnnxLayer(
      OnnxOp op, OnnxAttributes attributes, int inputSize, boolean bias, boolean peepholes) {
    Optional<String> reason = refusal(op, attributes, peepholes);
    if (reason.isPresent()) {
      throw new IllegalArgumentException("onnx " + op + ": " + reason.get());
    }
    this.op = op;
    RnnSpecBuilder builder =
        RnnSpec.of(cell(op, attributes), inputSize, attributes.hiddenSize())
            .direction(attributes.direction())
            .activations(OnnxActivations.of(attributes).toArray(new Activation[0]))
            .bias(bias ? BiasMode.DOUBLE : BiasMode.NONE);
    if (attributes.clip() != null) {
      builder.preActivationClip(attributes.clip());
    }
    if (attributes.inputForget()) {
      builder.coupledInputForget();
    }
    spec = (peepholes ? builder.peepholes() : builder).build();
    layout = ParameterLayout.of(spec);
  }

  /**
   * Why a node cannot be expressed.
   *
   * @param op operator
   * @param a attributes
   * @param peepholes whether the node has an input P
   * @return the first feature that {@link RnnSpec} lacks, or empty
   */
  public static Optional<String> refusal(OnnxOp op, OnnxAttributes a, boolean peepholes) {
    if (!a.others().isEmpty()) {
      return Optional.of("attributes " + a.others() + " are unknown");
    }
    if (peepholes && op != OnnxOp.LSTM) {
      return Optional.of("input P: only an LSTM has peepholes");
    }
    if (a.clip() != null && !(a.clip() > 0)) {
      return Optional.of("clip=" + a.clip() + ": expected a bound above 0");
    }
    if (a.inputForget() && op != OnnxOp.LSTM) {
      return Optional.of("input_forget=1: only an LSTM has the gates to couple");
    }
    try {
      OnnxActivations.of(a);
    } catch (IllegalArgumentException e) {
      return Optional.of(e.getMessage());
    }
    int names = op.defaultActivations().size() * a.direction().count();
    return a.activations().size() == names
        ? Optional.empty()
        : Optional.of("activations: expected " + names + " names, got " + a.activations());
  }

  private static CellType cell(OnnxOp op, OnnxAttributes a) {
    switch (op) {
      case LSTM:
        return CellType.LSTM;
      case GRU:
        return a.linearBeforeReset() ? CellType.GRU : CellType.GRU_RESET_BEFORE;
      default:
        boolean relu = a.activations().stream().allMatch("Relu"::equalsIgnoreCase);
        return relu ? CellType.VANILLA_RELU : CellType.VANILLA_TANH;
    }
  }

  /**
   * What the node computes.
   *
   * @return a spec of one layer
   */
  public RnnSpec spec() {
    return spec;
  }

  /**
   * ONNX's weights, or their gradients.
   *
   * @param w [D,G·H,I]
   * @param r [D,G·H,H]
   * @param b [D,2·G·H], null if the spec has no bias
   * @param p [D,3·H], null if the spec has no peepholes
   */
  public record Weights(double[] w, double[] r, double[] b, double[] p) {}

  /**
   * Imports weights.
   *
   * @param weights ONNX's
   * @return flat canonical parameters
   */
  public double[] toParameters(Weights weights) {
    double[] flat = new double[(int) layout.elements()];
    move(weights, flat, true);
    return flat;
  }

  /**
   * Exports parameters or their gradients.
   *
   * @param flat canonical parameters
   * @return ONNX's
   */
  public Weights fromParameters(double[] flat) {
    int rows = spec.direction().count() * op.gates() * spec.hiddenSize();
    boolean bias = spec.bias() != BiasMode.NONE;
    Weights weights =
        new Weights(
            new double[rows * spec.inputSize()],
            new double[rows * spec.hiddenSize()],
            bias ? new double[2 * rows] : null,
            spec.hasPeepholes() ? new double[rows / op.gates() * 3] : null);
    move(weights, flat, false);
    return weights;
  }

  /** Every block is contiguous on both sides. */
  private void move(Weights onnx, double[] flat, boolean importing) {
    OnnxPlaces places = new OnnxPlaces(spec);
    for (ParameterSlice s : layout.slices()) {
      double[] tensor = tensor(onnx, s.kind());
      int blocks = WeightPlaces.blocks(s.kind(), spec);
      int length = (int) s.shape().elements() / blocks;
      for (int block = 0; block < blocks; block++) {
        int there = places.place(s.kind(), 0, s.direction(), block).offset();
        int here = (int) s.offset() + block * length;
        if (importing) {
          System.arraycopy(tensor, there, flat, here, length);
        } else {
          System.arraycopy(flat, here, tensor, there, length);
        }
      }
    }
  }

  private static double[] tensor(Weights onnx, Kind kind) {
    switch (kind) {
      case WEIGHT_IH:
        return onnx.w();
      case WEIGHT_HH:
        return onnx.r();
      case PEEPHOLES:
        return onnx.p();
      default:
        return onnx.b();
    }
  }
}
