package org.recurrentops.formats;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.recurrentops.formats.OnnxLayer.Weights;

/**
 * A case of the format {@code rnn-conformance/1}: one ONNX node, its inputs and what it must give.
 *
 * @param name file stem
 * @param suite {@code onnx} or {@code random}
 * @param description for people
 * @param op operator
 * @param attributes of the node
 * @param steps T
 * @param batch B, our N
 * @param inputSize I
 * @param features tags
 * @param inputs X, W, R and, where given, B, sequence_lens, initial_h, initial_c, P
 * @param cotangents dY, dYh, dYc where given
 * @param expected outputs and gradients
 * @param scales what errors are measured in
 */
public record OnnxCase(
    String name,
    String suite,
    String description,
    OnnxOp op,
    OnnxAttributes attributes,
    int steps,
    int batch,
    int inputSize,
    List<String> features,
    Map<String, CaseTensor> inputs,
    Map<String, CaseTensor> cotangents,
    CaseResult expected,
    Map<String, Double> scales)
    implements CaseFile {

  /** Copies lists and maps. */
  public OnnxCase {
    features = List.copyOf(features);
    inputs = Collections.unmodifiableMap(new LinkedHashMap<>(inputs));
    cotangents = Collections.unmodifiableMap(new LinkedHashMap<>(cotangents));
    scales = Map.copyOf(scales);
  }

  @Override
  public Optional<String> refusal() {
    return OnnxLayer.refusal(op, attributes, inputs.containsKey("P"));
  }

  @Override
  public LayerCase toLayer() {
    Optional<String> reason = refusal();
    if (reason.isPresent()) {
      throw new UnsupportedCaseException(name, reason.get());
    }
    OnnxLayer layer =
        new OnnxLayer(op, attributes, inputSize, inputs.containsKey("B"), inputs.containsKey("P"));
    OnnxSequences order =
        new OnnxSequences(attributes.layout(), steps, batch, layer.spec().direction().count());
    CaseTensor lengths = inputs.get("sequence_lens");
    LayerData data =
        new LayerData(
            layer.toParameters(
                new Weights(
                    singles(inputs, "W"),
                    singles(inputs, "R"),
                    singles(inputs, "B"),
                    singles(inputs, "P"))),
            order.importInput(singles(inputs, "X")),
            order.importState(singles(inputs, "initial_h")),
            order.importState(singles(inputs, "initial_c")),
            lengths == null ? null : lengths.integers(),
            order.importOutput(singles(cotangents, "dY")),
            order.importState(singles(cotangents, "dYh")),
            order.importState(singles(cotangents, "dYc")));
    return new LayerCase(
        this, layer.spec(), steps, batch, data, result -> fromLayer(layer, order, result));
  }

  /** The values from which the reference started: exactly float32. */
  private static double[] singles(Map<String, CaseTensor> tensors, String key) {
    CaseTensor t = tensors.get(key);
    return t == null ? null : t.singles();
  }

  private CaseResult fromLayer(OnnxLayer layer, OnnxSequences order, LayerResult r) {
    Map<String, CaseTensor> outputs = new LinkedHashMap<>();
    for (String key : expected.outputs().keySet()) {
      outputs.put(
          key,
          key.equals("Y")
              ? order.exportOutput(r.y(), attributes.hiddenSize())
              : order.exportState(key.equals("Y_h") ? r.hN() : r.cN(), attributes.hiddenSize()));
    }
    Map<String, CaseTensor> grads = new LinkedHashMap<>();
    if (!expected.grads().isEmpty()) {
      Weights dWeights = layer.fromParameters(r.dParams());
      for (String key : expected.grads().keySet()) {
        grads.put(key, gradient(key, order, r, dWeights));
      }
    }
    return new CaseResult(outputs, grads);
  }

  private CaseTensor gradient(String key, OnnxSequences order, LayerResult r, Weights dWeights) {
    switch (key) {
      case "X":
        return order.exportInput(r.dx(), inputSize);
      case "initial_h":
        return order.exportState(r.dh0(), attributes.hiddenSize());
      case "initial_c":
        return order.exportState(r.dc0(), attributes.hiddenSize());
      case "W":
        return shapedLike(key, dWeights.w());
      case "R":
        return shapedLike(key, dWeights.r());
      case "P":
        return shapedLike(key, dWeights.p());
      default:
        return shapedLike(key, dWeights.b());
    }
  }

  private CaseTensor shapedLike(String key, double[] values) {
    return CaseTensor.of(values, inputs.get(key).shape().dims());
  }
}
