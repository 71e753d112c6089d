package org.recurrentops.formats;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.recurrentops.Direction;

/**
 * Raw attributes of an ONNX RNN, GRU or LSTM node: checked against the operator's opset, defaults
 * filled in.
 */
final class OnnxNodeAttributes {
  private static final Set<String> COMMON =
      Set.of(
          "activation_alpha",
          "activation_beta",
          "activations",
          "clip",
          "direction",
          "hidden_size",
          "layout",
          "linear_before_reset",
          "input_forget");

  private final OnnxOp op;
  private final int opset;
  private final Map<String, Object> raw;

  OnnxNodeAttributes(OnnxOp op, int opset, Map<String, ?> raw) {
    this.op = op;
    this.opset = opset;
    this.raw = new LinkedHashMap<>(raw);
  }

  OnnxAttributes read(int hiddenOfWeights) {
    for (String key : raw.keySet()) {
      if (!COMMON.contains(key)
          || key.equals("linear_before_reset") && op != OnnxOp.GRU
          || key.equals("input_forget") && op != OnnxOp.LSTM) {
        throw refused("attribute '" + key + "' is unknown");
      }
    }
    if (opset < 7) {
      throw refused("opset " + opset + ": expected 7 or later, whose shapes these are");
    }
    if (opset < 14 && raw.containsKey("layout")) {
      throw refused("attribute 'layout': expected from opset 14 on, got opset " + opset);
    }
    Direction direction = direction();
    long hidden = integer("hidden_size", hiddenOfWeights);
    if (hidden != hiddenOfWeights) {
      throw refused("hidden_size: expected " + hiddenOfWeights + " as in R, got " + hidden);
    }
    return new OnnxAttributes(
        direction,
        hiddenOfWeights,
        activations(direction),
        coefficients("activation_alpha"),
        coefficients("activation_beta"),
        clip(),
        (int) flag("layout"),
        flag("linear_before_reset") == 1,
        flag("input_forget") == 1,
        List.of());
  }

  private Direction direction() {
    String text = raw.containsKey("direction") ? text("direction") : "forward";
    for (Direction d : Direction.values()) {
      if (d.name().toLowerCase(Locale.ROOT).equals(text)) {
        return d;
      }
    }
    throw refused("direction: expected forward, reverse or bidirectional, got '" + text + "'");
  }

  private List<String> activations(Direction direction) {
    int names = op.defaultActivations().size() * direction.count();
    List<String> list = new ArrayList<>();
    if (!raw.containsKey("activations")) {
      for (int i = 0; i < names; i++) {
        list.add(op.defaultActivations().get(i % op.defaultActivations().size()));
      }
      return list;
    }
    if (raw.get("activations") instanceof List<?> given && given.size() == names) {
      given.forEach(name -> list.add(String.valueOf(name)));
      return list;
    }
    throw refused("activations: expected " + names + " names, got " + raw.get("activations"));
  }

  private List<Double> coefficients(String key) {
    List<Double> numbers = new ArrayList<>();
    Object value = raw.getOrDefault(key, List.of());
    if (!(value instanceof List<?> list)) {
      throw refused(key + ": expected a list of numbers, got " + value);
    }
    for (Object v : list) {
      if (!(v instanceof Number number)) {
        throw refused(key + ": expected a list of numbers, got " + value);
      }
      numbers.add(number.doubleValue());
    }
    return numbers;
  }

  private Double clip() {
    Object value = raw.get("clip");
    if (value == null) {
      return null;
    }
    if (value instanceof Number number) {
      return number.doubleValue();
    }
    throw refused("clip: expected a number, got " + value);
  }

  private String text(String key) {
    if (raw.get(key) instanceof String s) {
      return s;
    }
    throw refused(key + ": expected text, got " + raw.get(key));
  }

  private long integer(String key, long ifAbsent) {
    Object value = raw.get(key);
    if (value == null) {
      return ifAbsent;
    }
    if (value instanceof Long || value instanceof Integer) {
      return ((Number) value).longValue();
    }
    throw refused(key + ": expected an integer, got " + value);
  }

  private long flag(String key) {
    long value = integer(key, 0);
    if (value != 0 && value != 1) {
      throw refused(key + ": expected 0 or 1, got " + value);
    }
    return value;
  }

  private IllegalArgumentException refused(String reason) {
    return new IllegalArgumentException("onnx " + op + ": " + reason);
  }
}
