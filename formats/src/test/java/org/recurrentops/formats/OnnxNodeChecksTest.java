package org.recurrentops.formats;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.recurrentops.Shape;

/**
 * What a node refuses, by the name of what is wrong; and that nothing is shared with the caller.
 */
class OnnxNodeChecksTest {
  private static final int I = 2;
  private static final int H = 3;

  private static OnnxTensor zeros(long... dims) {
    Shape shape = Shape.of(dims);
    return new OnnxTensor(shape, new float[(int) shape.elements()]);
  }

  private static Map<String, OnnxTensor> weights() {
    Map<String, OnnxTensor> weights = new LinkedHashMap<>();
    weights.put("W", zeros(1, 4 * H, I));
    weights.put("R", zeros(1, 4 * H, H));
    return weights;
  }

  private static OnnxNode node() {
    return OnnxNode.of(OnnxOp.LSTM, 14, Map.of(), weights());
  }

  private static void refused(Runnable call, String... parts) {
    String message = assertThrows(IllegalArgumentException.class, call::run).getMessage();
    for (String part : parts) {
      assertTrue(message.contains(part), () -> "expected '" + part + "' in: " + message);
    }
  }

  private static void refused(int opset, Map<String, ?> attributes, String... parts) {
    refused(() -> OnnxNode.of(OnnxOp.LSTM, opset, attributes, weights()), parts);
  }

  @Test
  void tensorsOfOtherNamesAndWithoutExtent() {
    Map<String, OnnxTensor> strange = weights();
    strange.put("Q", zeros(1));
    refused(() -> OnnxNode.of(OnnxOp.LSTM, 14, Map.of(), strange), "'Q'", "[B, P, R, W]");
    for (String name : List.of("W", "R")) {
      Map<String, OnnxTensor> empty = weights();
      empty.put(name, zeros(1, 4 * H, 0));
      refused(() -> OnnxNode.of(OnnxOp.LSTM, 14, Map.of(), empty), "'" + name + "'", "[1, 12, 0]");
    }
  }

  @Test
  void opsetsAndNumbersOfActivations() {
    refused(6, Map.of(), "opset 6");
    OnnxNode.of(OnnxOp.LSTM, 7, Map.of(), weights());
    List<String> four = List.of("Sigmoid", "Tanh", "Tanh", "Sigmoid");
    refused(14, Map.of("activations", four), "expected 3 names");
    refused(14, Map.of("activations", four.subList(0, 2)), "expected 3 names");
    refused(14, Map.of("activations", "Tanh"), "expected 3 names");
  }

  @Test
  void refusalGivesTheReasonThatOfThrows() {
    Optional<String> reason = OnnxNode.refusal(OnnxOp.LSTM, 14, Map.of("nonsense", 1L), H, false);
    assertTrue(reason.orElse("").contains("'nonsense'"), reason.toString());
    assertEquals(Optional.empty(), OnnxNode.refusal(OnnxOp.LSTM, 14, Map.of(), H, true));
    assertTrue(OnnxNode.refusal(OnnxOp.GRU, 14, Map.of(), H, true).isPresent());
  }

  @Test
  void inputsOfACall() {
    OnnxNode node = node();
    OnnxTensor x = zeros(5, 2, I);
    refused(() -> node.call(x, new int[] {-1, 5}, null, null), "sequence_lens", "-1 for row 0");
    refused(() -> node.call(x, new int[] {5, 6}, null, null), "sequence_lens", "6 for row 1");
    refused(() -> node.call(x, new int[] {5}, null, null), "sequence_lens", "2 lengths");
    refused(() -> node.call(x, null, zeros(1, 2, H + 1), null), "initial_h", "[1, 2, 3]");
    refused(() -> node.call(x, null, null, zeros(2, 1, H)), "initial_c", "[1, 2, 3]");
    refused(() -> node.call(zeros(5, 2, I + 1), null, null, null), "'X'", "[T, N, 2]");
    node.call(x, new int[] {0, 5}, zeros(1, 2, H), zeros(1, 2, H));
  }

  @Test
  void nothingIsShared() {
    OnnxNode node = node();
    Arrays.fill(node.parameters(), 1);
    assertArrayEquals(new float[node.parameters().length], node.parameters());
    int[] lengths = {1, 2};
    OnnxCall call = node.call(zeros(5, 2, I), lengths, null, null);
    lengths[0] = 4;
    assertArrayEquals(new int[] {1, 2}, call.lengths());
  }
}
