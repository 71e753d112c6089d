package org.recurrentops.tck.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.recurrentops.CellType;
import org.recurrentops.Shape;
import org.recurrentops.formats.BundledCases;
import org.recurrentops.formats.CaseTensor;
import org.recurrentops.formats.OnnxAttributes;
import org.recurrentops.formats.OnnxCall;
import org.recurrentops.formats.OnnxCase;
import org.recurrentops.formats.OnnxNode;
import org.recurrentops.formats.OnnxOp;
import org.recurrentops.formats.OnnxTensor;
import org.recurrentops.tck.reference.ReferenceCall;
import org.recurrentops.tck.reference.ReferenceRnn;
import org.recurrentops.tck.reference.ReferenceRun;

/** ONNX nodes as models have them, against what ONNX's own node tests expect. */
class OnnxNodeTest {
  static List<String> onnxCases() {
    return BundledCases.paths().stream().filter(p -> !p.startsWith("torch/")).toList();
  }

  private static float[] singles(double[] values) {
    float[] singles = new float[values.length];
    for (int i = 0; i < singles.length; i++) {
      singles[i] = (float) values[i];
    }
    return singles;
  }

  private static double[] doubles(float[] values) {
    double[] wide = new double[values == null ? 0 : values.length];
    for (int i = 0; i < wide.length; i++) {
      wide[i] = values[i];
    }
    return values == null ? null : wide;
  }

  private static OnnxTensor tensor(CaseTensor t) {
    return t == null ? null : new OnnxTensor(t.shape(), singles(t.singles()));
  }

  /** Only what differs from ONNX's defaults, so that the defaults are tested, too. */
  private static Map<String, Object> attributes(OnnxCase c) {
    OnnxAttributes a = c.attributes();
    Map<String, Object> raw = new LinkedHashMap<>();
    raw.put("hidden_size", (long) a.hiddenSize());
    if (a.direction().ordinal() > 0) {
      raw.put("direction", a.direction().name().toLowerCase(Locale.ROOT));
    }
    if (c.op() == OnnxOp.RNN && !a.activations().get(0).equals("Tanh")) {
      raw.put("activations", a.activations());
    }
    if (a.clip() != null) {
      raw.put("clip", a.clip());
    }
    putFlag(raw, "layout", a.layout() == 1);
    putFlag(raw, "linear_before_reset", a.linearBeforeReset());
    putFlag(raw, "input_forget", a.inputForget());
    return raw;
  }

  private static void putFlag(Map<String, Object> raw, String key, boolean set) {
    if (set) {
      raw.put(key, 1L);
    }
  }

  private static Map<String, OnnxTensor> weights(OnnxCase c) {
    Map<String, OnnxTensor> weights = new LinkedHashMap<>();
    for (String name : List.of("W", "R", "B", "P")) {
      if (c.inputs().containsKey(name)) {
        weights.put(name, tensor(c.inputs().get(name)));
      }
    }
    return weights;
  }

  @ParameterizedTest
  @MethodSource("onnxCases")
  void nodeGivesWhatOnnxExpects(String path) {
    OnnxCase c = (OnnxCase) BundledCases.read(path);
    OnnxNode node = OnnxNode.of(c.op(), 14, attributes(c), weights(c));
    Map<String, OnnxTensor> back = node.weights(node.parameters());
    weights(c).forEach((n, t) -> assertArrayEquals(t.values(), back.get(n).values(), n));
    CaseTensor lengths = c.inputs().get("sequence_lens");
    OnnxCall call =
        node.call(
            tensor(c.inputs().get("X")),
            lengths == null ? null : lengths.integers(),
            tensor(c.inputs().get("initial_h")),
            tensor(c.inputs().get("initial_c")));
    ReferenceRun run =
        new ReferenceRnn(node.spec(), doubles(node.parameters()))
            .forward(
                ReferenceCall.dense(call.steps(), call.batch(), doubles(call.x()))
                    .initialStates(doubles(call.h0()), doubles(call.c0()))
                    .lengths(call.lengths()));
    check(c, "Y", call.output(singles(run.y())));
    check(c, "Y_h", call.state(singles(run.hN())));
    if (run.cN() != null) {
      check(c, "Y_c", call.state(singles(run.cN())));
    }
  }

  private static void check(OnnxCase c, String name, OnnxTensor got) {
    CaseTensor expected = c.expected().outputs().get(name);
    if (expected != null) {
      assertEquals(expected.shape(), got.shape(), name);
      assertArrayEquals(singles(expected.values()), got.values(), 1e-6f, c.name() + " " + name);
    }
  }

  private static OnnxTensor zeros(long... dims) {
    Shape shape = Shape.of(dims);
    return new OnnxTensor(shape, new float[(int) shape.elements()]);
  }

  private static final Map<String, OnnxTensor> GRU =
      Map.of("W", zeros(1, 9, 2), "R", zeros(1, 9, 3));

  private static void refused(
      OnnxOp op, int opset, Map<String, ?> attributes, Map<String, OnnxTensor> w, String... words) {
    String message =
        assertThrows(IllegalArgumentException.class, () -> OnnxNode.of(op, opset, attributes, w))
            .getMessage();
    for (String word : words) {
      assertTrue(message.contains(word), message);
    }
  }

  @Test
  void defaultsAreOnnxs() {
    OnnxNode node = OnnxNode.of(OnnxOp.GRU, 7, Map.of(), GRU);
    assertEquals(CellType.GRU_RESET_BEFORE, node.spec().cell());
    assertEquals(0, node.spec().bias().count());
    assertEquals(List.of("Sigmoid", "Tanh"), node.attributes().activations());
    assertEquals(0, node.attributes().layout());
  }

  @Test
  void wrongAttributesAreNamed() {
    refused(OnnxOp.GRU, 14, Map.of("hidden_size", 4L), GRU, "hidden_size", "expected 3");
    refused(OnnxOp.GRU, 14, Map.of("direction", "sideways"), GRU, "direction", "sideways");
    refused(OnnxOp.GRU, 14, Map.of("layout", 2L), GRU, "layout", "0 or 1");
    refused(OnnxOp.GRU, 13, Map.of("layout", 0L), GRU, "layout", "opset 14");
    refused(OnnxOp.GRU, 3, Map.of(), GRU, "opset 3");
    refused(OnnxOp.GRU, 14, Map.of("input_forget", 1L), GRU, "input_forget");
    refused(OnnxOp.GRU, 14, Map.of("output_sequence", 1L), GRU, "output_sequence");
    refused(OnnxOp.GRU, 14, Map.of("activations", List.of("Tanh")), GRU, "expected 2 names");
    refused(OnnxOp.GRU, 14, Map.of("clip", "3"), GRU, "clip", "a number");
    refused(OnnxOp.GRU, 14, Map.of("clip", -3f), GRU, "clip=-3.0");
  }

  @Test
  void activationsWithCoefficientsReachTheSpec() {
    Map<String, Object> raw = new LinkedHashMap<>();
    raw.put("activations", List.of("HardSigmoid", "Elu"));
    raw.put("activation_alpha", List.of(0.25f, 0.5f));
    OnnxNode node = OnnxNode.of(OnnxOp.GRU, 14, raw, GRU);
    assertEquals("hard-sigmoid(0.25,0.5)", node.spec().activation(0, 0).label());
    assertEquals("elu(0.5)", node.spec().activation(1, 0).label());
  }

  @Test
  void whatTheSpecLacksIsRefusedWithItsReason() {
    refused(OnnxOp.GRU, 14, Map.of("activations", List.of("Gelu", "Tanh")), GRU, "Gelu");
    refused(
        OnnxOp.GRU,
        14,
        Map.of("activation_alpha", List.of(0.2f)),
        GRU,
        "activation_alpha: expected at most 0 values");
    refused(OnnxOp.GRU, 14, Map.of("activation_beta", "1"), GRU, "a list of numbers");
    assertTrue(
        OnnxNode.refusal(OnnxOp.GRU, 14, Map.of(), 3, true).orElse("").contains("peepholes"));
    assertTrue(OnnxNode.refusal(OnnxOp.LSTM, 14, Map.of(), 3, true).isEmpty());
  }

  @Test
  void wrongTensorsAreNamed() {
    refused(OnnxOp.GRU, 14, Map.of(), Map.of("W", zeros(1, 9, 2)), "'R'");
    refused(OnnxOp.LSTM, 14, Map.of(), GRU, "'W'", "[1, 12, 2]", "[1, 9, 2]");
    Map<String, OnnxTensor> more = new LinkedHashMap<>(GRU);
    more.put("B", zeros(1, 9));
    refused(OnnxOp.GRU, 14, Map.of(), more, "'B'", "[1, 18]");
    OnnxNode node = OnnxNode.of(OnnxOp.GRU, 14, Map.of("layout", 1L), GRU);
    OnnxTensor x = zeros(4, 5, 2);
    assertEquals(5, node.call(x, null, zeros(4, 1, 3), null).steps());
    assertCallNames("X", node, zeros(4, 5, 3), null, null, null);
    assertCallNames("sequence_lens", node, x, new int[] {1, 2, 3, 6}, null, null);
    assertCallNames("sequence_lens", node, x, new int[5], null, null);
    assertCallNames("initial_h", node, x, null, zeros(1, 4, 3), null);
    assertCallNames("initial_c", node, x, null, null, zeros(4, 1, 3));
  }

  private static void assertCallNames(
      String tensor, OnnxNode node, OnnxTensor x, int[] lengths, OnnxTensor h, OnnxTensor c) {
    String message =
        assertThrows(IllegalArgumentException.class, () -> node.call(x, lengths, h, c))
            .getMessage();
    assertTrue(message.contains("'" + tensor + "'"), message);
  }
}
