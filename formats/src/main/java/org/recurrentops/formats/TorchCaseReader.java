package org.recurrentops.formats;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.recurrentops.CellType;
import org.recurrentops.DType;
import org.recurrentops.ParameterLayout;
import org.recurrentops.ParameterSlice;
import org.recurrentops.RnnSpec;
import org.recurrentops.Shape;

/** Reads the torch format; every tensor's extents are checked against the config. */
final class TorchCaseReader {
  private static final Map<String, CellType> CELLS =
      Map.of(
          "rnn_tanh", CellType.VANILLA_TANH,
          "rnn_relu", CellType.VANILLA_RELU,
          "gru", CellType.GRU,
          "lstm", CellType.LSTM);
  private static final Set<String> SETTINGS =
      Set.of(
          "name",
          "cell",
          "num_layers",
          "bidirectional",
          "proj_size",
          "bias",
          "T",
          "B",
          "input_size",
          "hidden_size",
          "lengths",
          "zero_initial_state",
          "dtype",
          "by");

  private final JsonValue root;
  private final String name;
  private TorchConfig config;
  private RnnSpec spec;

  private TorchCaseReader(JsonValue root, String name) {
    this.root = root;
    this.name = name;
  }

  static TorchCase read(JsonValue root, String stem) {
    return new TorchCaseReader(root, stem).read();
  }

  private TorchCase read() {
    JsonValue c = root.get("config");
    if (!c.get("name").text().equals(name)) {
      throw c.get("name").error("the file's stem '" + name + "'", c.get("name").text());
    }
    config = config(c);
    try {
      spec = config.spec();
    } catch (IllegalArgumentException e) {
      throw c.error("settings that agree", e.getMessage());
    }
    boolean cellState = spec.cell().hasCellState();
    Map<String, Shape> inputs = new LinkedHashMap<>();
    inputs.put("x", sequence(spec.inputSize()));
    inputs.put("h0", state(spec.stateSize()));
    Map<String, Shape> outputs = new LinkedHashMap<>();
    outputs.put("y", sequence(spec.outputSize()));
    outputs.put("hn", state(spec.stateSize()));
    if (cellState) {
      inputs.put("c0", state(spec.hiddenSize()));
      outputs.put("cn", state(spec.hiddenSize()));
    }
    Map<String, Shape> weights = new LinkedHashMap<>();
    for (ParameterSlice s : ParameterLayout.of(spec).slices()) {
      weights.put(s.name(), s.shape());
    }
    Map<String, Shape> grads = new LinkedHashMap<>(weights);
    grads.putAll(inputs);
    weights.keySet().forEach(root.get("weights")::get);
    root.get("inputs").get("x");
    return new TorchCase(
        name,
        config,
        tensors(root.get("weights"), weights),
        tensors(root.get("inputs"), inputs),
        lengths(c),
        root.find("cotangents") == null ? Map.of() : tensors(root.get("cotangents"), outputs),
        new CaseResult(
            tensors(root.get("outputs"), outputs),
            root.find("grads") == null ? Map.of() : tensors(root.get("grads"), grads)),
        root.find("loss") == null ? Double.NaN : root.get("loss").number());
  }

  private TorchConfig config(JsonValue c) {
    CellType cell = CELLS.get(c.get("cell").text());
    if (cell == null) {
      throw c.get("cell").error("one of " + new TreeSet<>(CELLS.keySet()), c.get("cell").text());
    }
    List<String> others = new ArrayList<>();
    for (String key : c.keys()) {
      JsonValue v = c.find(key);
      if (!SETTINGS.contains(key) && v != null && !v.isNeutral()) {
        others.add(key + "=" + v);
      }
    }
    return new TorchConfig(
        cell,
        c.get("num_layers").integer(1, Integer.MAX_VALUE),
        c.get("bidirectional").bool(),
        c.get("proj_size").integer(0, Integer.MAX_VALUE),
        c.get("bias").bool(),
        c.get("T").integer(0, Integer.MAX_VALUE),
        c.get("B").integer(0, Integer.MAX_VALUE),
        c.get("input_size").integer(1, Integer.MAX_VALUE),
        c.get("hidden_size").integer(1, Integer.MAX_VALUE),
        others);
  }

  private Shape sequence(int width) {
    return Shape.of(config.steps(), config.batch(), width);
  }

  private Shape state(int width) {
    return Shape.of(spec.stateCount(), config.batch(), width);
  }

  private int[] lengths(JsonValue c) {
    JsonValue v = c.find("lengths");
    if (v == null) {
      return null;
    }
    List<JsonValue> list = v.elements();
    if (list.size() != config.batch()) {
      throw v.error("B=" + config.batch() + " lengths", list.size() + "");
    }
    int[] lengths = new int[list.size()];
    for (int n = 0; n < lengths.length; n++) {
      lengths[n] = list.get(n).integer(0, config.steps());
    }
    return lengths;
  }

  private static Map<String, CaseTensor> tensors(JsonValue group, Map<String, Shape> shapes) {
    Map<String, CaseTensor> tensors = new LinkedHashMap<>();
    for (String key : group.keys()) {
      JsonValue v = group.get(key);
      if (!shapes.containsKey(key)) {
        throw v.error("one of " + shapes.keySet(), "unknown name '" + key + "'");
      }
      tensors.put(key, CaseTensors.shaped(v, "shape", DType.F32, shapes.get(key)));
    }
    return tensors;
  }
}
