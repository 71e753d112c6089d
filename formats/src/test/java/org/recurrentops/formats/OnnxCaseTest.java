package org.recurrentops.formats;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.recurrentops.DType;
import org.recurrentops.Direction;
import org.recurrentops.Shape;

/** An LSTM with states of its own for h and c: every tensor arrives at its own place, and back. */
class OnnxCaseTest {
  private static final int T = 2;
  private static final int B = 3;
  private static final int D = 2;

  private static CaseTensor tensor(int first, long... dims) {
    double[] values = new double[(int) Shape.of(dims).elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = first + i;
    }
    return CaseTensor.of(values, dims);
  }

  private static OnnxCase lstm() {
    Map<String, CaseTensor> inputs = new LinkedHashMap<>();
    inputs.put("X", tensor(100, T, B, 1));
    inputs.put("W", tensor(200, D, 4, 1));
    inputs.put("R", tensor(300, D, 4, 1));
    inputs.put("B", tensor(400, D, 8));
    inputs.put("sequence_lens", new CaseTensor(DType.I32, Shape.of(B), new double[] {2, 0, 1}));
    inputs.put("initial_h", tensor(500, D, B, 1));
    inputs.put("initial_c", tensor(600, D, B, 1));
    Map<String, CaseTensor> cotangents = new LinkedHashMap<>();
    cotangents.put("dY", tensor(700, T, D, B, 1));
    cotangents.put("dYh", tensor(800, D, B, 1));
    cotangents.put("dYc", tensor(900, D, B, 1));
    Map<String, CaseTensor> outputs =
        Map.of("Y", cotangents.get("dY"), "Y_h", cotangents.get("dYh"), "Y_c", tensor(0, D, B, 1));
    Map<String, CaseTensor> grads = new LinkedHashMap<>(inputs);
    grads.remove("sequence_lens");
    OnnxOp op = OnnxOp.LSTM;
    List<String> names = List.of("Sigmoid", "Tanh", "Tanh", "Sigmoid", "Tanh", "Tanh");
    return new OnnxCase(
        "made",
        "random",
        "",
        op,
        new OnnxAttributes(Direction.BIDIRECTIONAL, 1, names, null, 0, false, false, List.of()),
        T,
        B,
        1,
        List.of(),
        inputs,
        cotangents,
        new CaseResult(outputs, grads),
        Map.of());
  }

  @Test
  void inputsArriveAtTheirPlaces() {
    LayerData d = lstm().toLayer().data();
    assertArrayEquals(lstm().inputs().get("X").values(), d.x());
    assertArrayEquals(lstm().inputs().get("initial_h").values(), d.h0());
    assertArrayEquals(lstm().inputs().get("initial_c").values(), d.c0());
    assertArrayEquals(new int[] {2, 0, 1}, d.lengths());
    assertArrayEquals(lstm().cotangents().get("dYh").values(), d.dhN());
    assertArrayEquals(lstm().cotangents().get("dYc").values(), d.dcN());
    // [T,D,B,1] becomes [T,N,D]: t = 0, n = 0 holds directions 700 and 700 + B.
    double[] dy = {700, 703, 701, 704, 702, 705, 706, 709, 707, 710, 708, 711};
    assertArrayEquals(dy, d.dy());
    double[] forward = {200, 202, 203, 201, 300, 302, 303, 301};
    double[] forwardBias = {400, 402, 403, 401, 404, 406, 407, 405};
    double[] reverse = {204, 206, 207, 205, 304, 306, 307, 305};
    double[] reverseBias = {408, 410, 411, 409, 412, 414, 415, 413};
    double[] flat = new double[32];
    System.arraycopy(forward, 0, flat, 0, 8);
    System.arraycopy(forwardBias, 0, flat, 8, 8);
    System.arraycopy(reverse, 0, flat, 16, 8);
    System.arraycopy(reverseBias, 0, flat, 24, 8);
    assertArrayEquals(flat, d.params());
  }

  @Test
  void resultsGoBackToTheirPlaces() {
    OnnxCase made = lstm();
    LayerData d = made.toLayer().data();
    double[] cN = {1, 2, 3, 4, 5, 6};
    LayerResult echo = new LayerResult(d.dy(), d.dhN(), cN, d.x(), d.params(), d.h0(), d.c0());
    CaseResult back = made.toLayer().toFileLayout(echo);
    assertArrayEquals(made.cotangents().get("dY").values(), back.outputs().get("Y").values());
    assertArrayEquals(made.cotangents().get("dYh").values(), back.outputs().get("Y_h").values());
    assertArrayEquals(cN, back.outputs().get("Y_c").values());
    for (String key : List.of("X", "W", "R", "B", "initial_h", "initial_c")) {
      CaseTensor expected = made.inputs().get(key);
      assertArrayEquals(expected.values(), back.grads().get(key).values(), key);
      assertEquals(expected.shape(), back.grads().get(key).shape(), key);
    }
  }
}
