package org.recurrentops.formats;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.recurrentops.DType;
import org.recurrentops.Direction;
import org.recurrentops.Shape;

/** Reads {@code rnn-conformance/1}; every tensor's extents are checked against the attributes. */
final class OnnxCaseReader {
  static final String FORMAT = "rnn-conformance/1";

  private static final Set<String> INPUTS =
      Set.of("X", "W", "R", "B", "P", "sequence_lens", "initial_h", "initial_c");
  private static final Set<String> OUTPUTS = Set.of("Y", "Y_h", "Y_c");
  private static final Set<String> COTANGENTS = Set.of("dY", "dYh", "dYc");
  private static final Set<String> ATTRIBUTES =
      Set.of(
          "direction",
          "hidden_size",
          "activations",
          "activation_alpha",
          "activation_beta",
          "clip",
          "layout",
          "linear_before_reset",
          "input_forget");

  private final JsonValue root;
  private final String name;
  private OnnxOp op;
  private OnnxAttributes attributes;
  private int steps;
  private int batch;
  private int inputSize;
  private OnnxSequences order;

  private OnnxCaseReader(JsonValue root, String name) {
    this.root = root;
    this.name = name;
  }

  static OnnxCase read(JsonValue root, String stem) {
    return new OnnxCaseReader(root, stem).read();
  }

  private OnnxCase read() {
    if (!root.get("name").text().equals(name)) {
      throw root.get("name").error("the file's stem '" + name + "'", root.get("name").text());
    }
    op = CaseTensors.constant(root.get("op"), OnnxOp.values(), OnnxOp::name);
    attributes = attributes(root.get("attrs"));
    dims(root.get("dims"));
    Map<String, CaseTensor> inputs = tensors(root.get("inputs"), INPUTS);
    List.of("X", "W", "R").forEach(root.get("inputs")::get);
    Map<String, CaseTensor> outputs = tensors(root.get("outputs"), OUTPUTS);
    JsonValue dual = root.find("cotangents");
    Map<String, CaseTensor> cotangents = dual == null ? Map.of() : tensors(dual, COTANGENTS);
    JsonValue grads = root.find("grads");
    CaseResult expected =
        new CaseResult(outputs, grads == null ? Map.of() : gradients(grads, inputs));
    String description = root.find("description") == null ? "" : root.get("description").text();
    return new OnnxCase(
        name,
        root.get("suite").text(),
        description,
        op,
        attributes,
        steps,
        batch,
        inputSize,
        CaseTensors.texts(root.get("features")),
        inputs,
        cotangents,
        expected,
        scales(root.get("scale"), expected));
  }

  private OnnxAttributes attributes(JsonValue a) {
    Direction direction =
        CaseTensors.constant(
            a.get("direction"),
            Direction.values(),
            d -> d.name().toLowerCase(java.util.Locale.ROOT));
    List<String> activations = CaseTensors.texts(a.get("activations"));
    int names = op.defaultActivations().size() * direction.count();
    if (activations.size() != names) {
      throw a.get("activations").error(names + " names", String.valueOf(activations));
    }
    List<String> others = new ArrayList<>();
    for (String key : a.keys()) {
      JsonValue v = a.find(key);
      if (!ATTRIBUTES.contains(key) && v != null && !v.isNeutral()) {
        others.add(key + "=" + v);
      }
    }
    return new OnnxAttributes(
        direction,
        a.get("hidden_size").integer(1, Integer.MAX_VALUE),
        activations,
        numbers(a, "activation_alpha"),
        numbers(a, "activation_beta"),
        a.find("clip") == null ? null : a.find("clip").number(),
        a.find("layout") == null ? 0 : a.find("layout").integer(0, 1),
        flag(a, "linear_before_reset"),
        flag(a, "input_forget"),
        others);
  }

  private static List<Double> numbers(JsonValue a, String key) {
    JsonValue list = a.find(key);
    List<Double> numbers = new ArrayList<>();
    if (list != null) {
      for (JsonValue v : list.elements()) {
        numbers.add(v.number());
      }
    }
    return numbers;
  }

  private static boolean flag(JsonValue a, String key) {
    JsonValue v = a.find(key);
    return v != null && v.integer(0, 1) == 1;
  }

  private void dims(JsonValue d) {
    steps = d.get("T").integer(0, Integer.MAX_VALUE);
    batch = d.get("B").integer(0, Integer.MAX_VALUE);
    inputSize = d.get("I").integer(1, Integer.MAX_VALUE);
    int directions = attributes.direction().count();
    d.get("H").integer(attributes.hiddenSize(), attributes.hiddenSize());
    d.get("D").integer(directions, directions);
    order = new OnnxSequences(attributes.layout(), steps, batch, directions);
  }

  private Map<String, CaseTensor> tensors(JsonValue group, Set<String> allowed) {
    Map<String, CaseTensor> tensors = new LinkedHashMap<>();
    for (String key : group.keys()) {
      JsonValue v = group.get(key);
      if (!allowed.contains(key)) {
        throw v.error("one of " + new TreeSet<>(allowed), "unknown name '" + key + "'");
      }
      DType type = key.equals("sequence_lens") ? DType.I32 : DType.F32;
      CaseTensor t = CaseTensors.typed(v, type, shape(key, v));
      if (type == DType.I32) {
        CaseTensors.requireLengths(v, t.integers(), steps);
      }
      tensors.put(key, t);
    }
    return tensors;
  }

  private Map<String, CaseTensor> gradients(JsonValue group, Map<String, CaseTensor> inputs) {
    Set<String> differentiable = new TreeSet<>(inputs.keySet());
    differentiable.remove("sequence_lens");
    return tensors(group, differentiable);
  }

  private Shape shape(String key, JsonValue v) {
    int h = attributes.hiddenSize();
    int d = attributes.direction().count();
    boolean lstm = op == OnnxOp.LSTM;
    if (key.equals("X")) {
      return order.inputShape(inputSize);
    } else if (key.equals("W")) {
      return Shape.of(d, (long) op.gates() * h, inputSize);
    } else if (key.equals("R")) {
      return Shape.of(d, (long) op.gates() * h, h);
    } else if (key.equals("B")) {
      return Shape.of(d, 2L * op.gates() * h);
    } else if (key.equals("P") && lstm) {
      return Shape.of(d, 3L * h);
    } else if (key.equals("sequence_lens")) {
      return Shape.of(batch);
    } else if (key.equals("Y") || key.equals("dY")) {
      return order.outputShape(h);
    } else if (Set.of("initial_h", "Y_h", "dYh").contains(key)
        || lstm && Set.of("initial_c", "Y_c", "dYc").contains(key)) {
      return order.stateShape(h);
    }
    throw v.error("no such tensor for " + op, key);
  }

  private static Map<String, Double> scales(JsonValue scale, CaseResult expected) {
    Map<String, Double> scales = new LinkedHashMap<>();
    for (String key : expected.outputs().keySet()) {
      scales.put("outputs." + key, positive(scale.get("outputs").get(key)));
    }
    for (String key : expected.grads().keySet()) {
      scales.put("grads." + key, positive(scale.get("grads").get(key)));
    }
    return scales;
  }

  private static double positive(JsonValue v) {
    if (!(v.number() > 0)) {
      throw v.error("a positive number", String.valueOf(v.number()));
    }
    return v.number();
  }
}
