package org.recurrentops.formats;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.recurrentops.RnnSpec;
import org.recurrentops.Shape;

/**
 * An ONNX RNN, GRU or LSTM node (operators of opset 7 and 14) as this library runs it: the spec,
 * the parameters, and the order of axes of its sequences and states. Defaults are filled in as ONNX
 * says; what {@link RnnSpec} lacks is refused with its reason.
 *
 * <p>ONNX's Y past a row's length is zero and its states freeze, which is {@link
 * org.recurrentops.MaskingContract#FREEZE_FILL}, the spec's default. {@code clip} bounds the
 * arguments of f and g; whether it also bounds h's argument, ONNX leaves open, and here it does
 * not.
 */
public final class OnnxNode {
  private static final Set<String> WEIGHTS = Set.of("W", "R", "B", "P");

  private final OnnxOp op;
  private final OnnxAttributes attributes;
  private final RnnSpec spec;
  private final float[] parameters;

  private OnnxNode(OnnxOp op, OnnxAttributes attributes, RnnSpec spec, float[] parameters) {
    this.op = op;
    this.attributes = attributes;
    this.spec = spec;
    this.parameters = parameters;
  }

  /**
   * Takes a node.
   *
   * @param op operator
   * @param opset of the model's default domain, at least 7
   * @param attributes as the model has them: numbers, text, lists; without those left out
   * @param weights W [D,G·H,I], R [D,G·H,H] and, where given, B [D,2·G·H] and P [D,3·H]
   * @return the node
   * @throws IllegalArgumentException naming the attribute or tensor that is wrong or unsupported
   */
  public static OnnxNode of(
      OnnxOp op, int opset, Map<String, ?> attributes, Map<String, OnnxTensor> weights) {
    for (String name : weights.keySet()) {
      if (!WEIGHTS.contains(name)) {
        throw wrong(op, name, "one of " + new TreeSet<>(WEIGHTS), "this name");
      }
    }
    int hidden = lastExtent(op, weights, "R");
    int inputs = lastExtent(op, weights, "W");
    OnnxAttributes read = new OnnxNodeAttributes(op, opset, attributes).read(hidden);
    boolean bias = weights.containsKey("B");
    boolean peepholes = weights.containsKey("P");
    RnnSpec spec = new OnnxLayer(op, read, inputs, bias, peepholes).spec();
    WeightConverter converter = WeightConverter.of(WeightFormat.ONNX, spec);
    Map<String, float[]> values = new LinkedHashMap<>();
    for (Map.Entry<String, Shape> e : converter.tensors().entrySet()) {
      String name = e.getKey().substring(0, 1);
      OnnxTensor t = weights.get(name);
      if (!t.shape().equals(e.getValue())) {
        throw wrong(op, name, e.getValue().toString(), t.shape().toString());
      }
      values.put(e.getKey(), t.values());
    }
    return new OnnxNode(op, read, spec, converter.toParameters(values));
  }

  private static int lastExtent(OnnxOp op, Map<String, OnnxTensor> weights, String name) {
    OnnxTensor t = weights.get(name);
    if (t == null || t.shape().rank() != 3 || t.shape().dim(2) < 1) {
      throw wrong(op, name, "three extents", t == null ? "no such tensor" : t.shape().toString());
    }
    return Math.toIntExact(t.shape().dim(2));
  }

  private static IllegalArgumentException wrong(
      OnnxOp op, String tensor, String expected, String got) {
    return new IllegalArgumentException(
        "onnx " + op + ": tensor '" + tensor + "': expected " + expected + ", got " + got);
  }

  /**
   * What the node computes.
   *
   * @return a spec of one layer; plan with it
   */
  public RnnSpec spec() {
    return spec;
  }

  /**
   * Attributes with defaults filled in.
   *
   * @return the attributes
   */
  public OnnxAttributes attributes() {
    return attributes;
  }

  /**
   * The weights as canonical parameters, to upload.
   *
   * @return a copy
   */
  public float[] parameters() {
    return parameters.clone();
  }

  /**
   * Exports parameters, or their gradients.
   *
   * @param flat canonical
   * @return W, R and, where the node has them, B and P
   */
  public Map<String, OnnxTensor> weights(float[] flat) {
    WeightConverter converter = WeightConverter.of(WeightFormat.ONNX, spec);
    Map<String, Shape> shapes = converter.tensors();
    Map<String, OnnxTensor> weights = new LinkedHashMap<>();
    converter
        .fromParameters(flat)
        .forEach(
            (name, v) -> weights.put(name.substring(0, 1), new OnnxTensor(shapes.get(name), v)));
    return weights;
  }

  /**
   * The data of one call of the node: X, sequence_lens and initial states in this library's order.
   *
   * @param x [T,N,I], or [N,T,I] with layout 1
   * @param sequenceLens [N] in 0 … T, or null if the node has none
   * @param initialH [D,N,H], or [N,D,H] with layout 1, or null
   * @param initialC likewise, LSTM only
   * @return the call
   * @throws IllegalArgumentException naming the input that is wrong
   */
  public OnnxCall call(OnnxTensor x, int[] sequenceLens, OnnxTensor initialH, OnnxTensor initialC) {
    boolean batchFirst = attributes.layout() == 1;
    if (x.shape().rank() != 3 || x.shape().dim(2) != spec.inputSize()) {
      throw wrong(
          op,
          "X",
          (batchFirst ? "[N, T, " : "[T, N, ") + spec.inputSize() + "]",
          x.shape().toString());
    }
    int steps = Math.toIntExact(x.shape().dim(batchFirst ? 1 : 0));
    int batch = Math.toIntExact(x.shape().dim(batchFirst ? 0 : 1));
    if (sequenceLens != null) {
      requireLengths(sequenceLens, steps, batch);
    }
    if (initialC != null && op != OnnxOp.LSTM) {
      throw wrong(op, "initial_c", "none", initialC.shape().toString());
    }
    OnnxSequences order =
        new OnnxSequences(attributes.layout(), steps, batch, spec.direction().count());
    requireState("initial_h", initialH, order);
    requireState("initial_c", initialC, order);
    return new OnnxCall(spec, steps, batch, order, x, sequenceLens, initialH, initialC);
  }

  private void requireLengths(int[] lengths, int steps, int batch) {
    if (lengths.length != batch) {
      throw wrong(op, "sequence_lens", batch + " lengths", lengths.length + "");
    }
    for (int n = 0; n < batch; n++) {
      if (lengths[n] < 0 || lengths[n] > steps) {
        throw wrong(op, "sequence_lens", "0 ≤ length ≤ " + steps, lengths[n] + " for row " + n);
      }
    }
  }

  private void requireState(String name, OnnxTensor state, OnnxSequences order) {
    Shape expected = order.stateShape(spec.hiddenSize());
    if (state != null && !state.shape().equals(expected)) {
      throw wrong(op, name, expected.toString(), state.shape().toString());
    }
  }

  /**
   * Why a node cannot be expressed, without its tensors' values.
   *
   * @param op operator
   * @param opset at least 7
   * @param attributes as the model has them
   * @param hiddenSize H as R has it
   * @param peepholes whether the node has an input P
   * @return the reason, or empty
   */
  public static Optional<String> refusal(
      OnnxOp op, int opset, Map<String, ?> attributes, int hiddenSize, boolean peepholes) {
    try {
      OnnxAttributes read = new OnnxNodeAttributes(op, opset, attributes).read(hiddenSize);
      return OnnxLayer.refusal(op, read, peepholes);
    } catch (IllegalArgumentException e) {
      return Optional.of(e.getMessage());
    }
  }
}
