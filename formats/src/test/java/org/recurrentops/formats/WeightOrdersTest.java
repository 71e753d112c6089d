package org.recurrentops.formats;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.recurrentops.BiasMode;
import org.recurrentops.CellType;
import org.recurrentops.ParameterLayout;
import org.recurrentops.ParameterSlice;
import org.recurrentops.ParameterSlice.Kind;
import org.recurrentops.RnnSpec;
import org.recurrentops.RnnSpecBuilder;
import org.recurrentops.Shape;

/**
 * Where each system keeps each weight, from its documentation and not by way of this library's
 * tables: a round trip alone cannot see two gates that are swapped both ways. Every canonical
 * parameter is its own index, so that a tensor shows where its values came from.
 */
class WeightOrdersTest {
  private static final int C = 3;
  private static final int H = 2;
  private static final int L = 2;

  /** The indices of one spec's parameters, as a system's tensors would hold them. */
  private static final class Indices {
    private final RnnSpec spec;
    private final ParameterLayout layout;

    Indices(RnnSpec spec) {
      this.spec = spec;
      layout = ParameterLayout.of(spec);
    }

    Map<String, float[]> exported(WeightFormat format) {
      float[] flat = new float[(int) layout.elements()];
      for (int i = 0; i < flat.length; i++) {
        flat[i] = i;
      }
      return WeightConverter.of(format, spec).fromParameters(flat);
    }

    /** Index of one value: of the gate with this letter, the row within it and the column. */
    float index(Kind kind, int l, int d, char gate, int row, int column) {
      ParameterSlice s = layout.find(kind, l, d);
      String ours = kind == Kind.PEEPHOLES ? "ifo" : spec.cell().gates() == 4 ? "ifgo" : "rzn";
      int columns = s.shape().rank() == 1 ? 1 : (int) s.shape().dim(1);
      return s.offset() + (long) (ours.indexOf(gate) * spec.hiddenSize() + row) * columns + column;
    }

    /** A matrix with the axes that the letters say: i inputs, g gates, o units of a gate. */
    float[] matrix(Kind kind, int l, int d, String order, String axes) {
      int columns = kind == Kind.WEIGHT_IH ? spec.inputSize(l) : spec.stateSize();
      int gates = order.length();
      float[] m = new float[columns * gates * H];
      for (int g = 0; g < gates; g++) {
        for (int o = 0; o < H; o++) {
          for (int i = 0; i < columns; i++) {
            int at =
                axes.equals("igo") ? (i * gates + g) * H + o : (g * H + o) * columns + i; // or goi
            m[at] = index(kind, l, d, order.charAt(g), o, i);
          }
        }
      }
      return m;
    }

    float[] vector(Kind kind, int l, int d, String order) {
      float[] v = new float[order.length() * H];
      for (int k = 0; k < v.length; k++) {
        v[k] = index(kind, l, d, order.charAt(k / H), k % H, 0);
      }
      return v;
    }

    float[] both(Kind kind, int l, String order, String axes) {
      if (axes.isEmpty()) {
        return joined(vector(kind, l, 0, order), vector(kind, l, 1, order));
      }
      return joined(matrix(kind, l, 0, order, axes), matrix(kind, l, 1, order, axes));
    }
  }

  private static float[] joined(float[]... parts) {
    int length = 0;
    for (float[] p : parts) {
      length += p.length;
    }
    float[] all = new float[length];
    int at = 0;
    for (float[] p : parts) {
      System.arraycopy(p, 0, all, at, p.length);
      at += p.length;
    }
    return all;
  }

  private static RnnSpecBuilder deep(String cell) {
    return RnnSpec.of(CellType.valueOf(cell), C, H).layers(L).bidirectional();
  }

  @ParameterizedTest
  @CsvSource({
    "KERAS, LSTM, ifgo",
    "KERAS, GRU, zrn",
    "KERAS, GRU_RESET_BEFORE, zrn",
    "HASTE, LSTM, igfo",
    "HASTE, GRU, zrn"
  })
  void kernelsOfKerasAndHasteHaveInputsFirst(WeightFormat format, String cell, String order) {
    boolean two = cell.equals("GRU");
    RnnSpec s = (two ? deep(cell) : deep(cell).bias(BiasMode.SINGLE)).build();
    Indices o = new Indices(s);
    Map<String, float[]> w = o.exported(format);
    for (int l = 0; l < L; l++) {
      for (int d = 0; d < 2; d++) {
        String name = "_l" + l + (d == 1 ? "_reverse" : "");
        assertArrayEquals(o.matrix(Kind.WEIGHT_IH, l, d, order, "igo"), w.get("kernel" + name));
        assertArrayEquals(
            o.matrix(Kind.WEIGHT_HH, l, d, order, "igo"), w.get("recurrent_kernel" + name));
        float[] input = o.vector(Kind.BIAS_IH, l, d, order);
        float[] recurrent = two ? o.vector(Kind.BIAS_HH, l, d, order) : new float[0];
        boolean keras = format == WeightFormat.KERAS;
        assertArrayEquals(keras ? joined(input, recurrent) : input, w.get("bias" + name));
        if (two && !keras) {
          assertArrayEquals(recurrent, w.get("recurrent_bias" + name));
        }
      }
    }
    assertEquals(L * 2 * (two && format == WeightFormat.HASTE ? 4 : 3), w.size());
  }

  @ParameterizedTest
  @CsvSource({"LSTM, igfo", "GRU, zrn"})
  void hasteHasTheGainsOfBothSidesInOneTensor(String cell, String order) {
    boolean lstm = cell.equals("LSTM");
    RnnSpecBuilder b = deep(cell).layerNorm();
    RnnSpec s = (lstm ? b.bias(BiasMode.SINGLE) : b).build();
    Indices o = new Indices(s);
    Map<String, float[]> w = o.exported(WeightFormat.HASTE);
    for (int l = 0; l < L; l++) {
      for (int d = 0; d < 2; d++) {
        String name = "_l" + l + (d == 1 ? "_reverse" : "");
        float[] input = o.vector(Kind.LN_GAMMA_IH, l, d, order);
        float[] recurrent = o.vector(Kind.LN_GAMMA_HH, l, d, order);
        assertArrayEquals(joined(input, recurrent), w.get("gamma" + name));
        if (lstm) { // one block each, as the first gate's
          assertArrayEquals(o.vector(Kind.LN_GAMMA_C, l, d, "i"), w.get("gamma_h" + name));
          assertArrayEquals(o.vector(Kind.LN_BETA_C, l, d, "i"), w.get("beta_h" + name));
        }
      }
    }
    assertEquals(L * 2 * (lstm ? 6 : 5), w.size());
  }

  @ParameterizedTest
  @CsvSource({
    "ONEDNN_LDIGO, LSTM, ifgo, igo",
    "ONEDNN_LDGOI, LSTM, ifgo, goi",
    "ONEDNN_LDIGO, GRU_RESET_BEFORE, zrn, igo",
    "ONEDNN_LDGOI, GRU_RESET_BEFORE, zrn, goi"
  })
  void oneDnnHasBothDirectionsInOneTensor(
      WeightFormat format, String cell, String order, String axes) {
    RnnSpecBuilder b = deep(cell).bias(BiasMode.SINGLE);
    RnnSpec s = (cell.equals("LSTM") ? b.peepholes() : b).build();
    Indices o = new Indices(s);
    Map<String, float[]> w = o.exported(format);
    for (int l = 0; l < L; l++) {
      assertArrayEquals(o.both(Kind.WEIGHT_IH, l, order, axes), w.get("weights_layer_l" + l));
      assertArrayEquals(o.both(Kind.WEIGHT_HH, l, order, axes), w.get("weights_iter_l" + l));
      assertArrayEquals(o.both(Kind.BIAS_IH, l, order, ""), w.get("bias_l" + l));
      if (s.hasPeepholes()) {
        assertArrayEquals(o.both(Kind.PEEPHOLES, l, "ifo", ""), w.get("weights_peephole_l" + l));
      }
    }
  }

  /** lbr_gru: one bias for u and r, two for o; the values that are not kept have to be zero. */
  @Test
  void oneDnnsLinearBeforeResetHasAFourthBias() {
    RnnSpec s = RnnSpec.gru(1, 1).build(); // parameters w r z n, u r z n, b r z n, b' r z n
    float[] flat = {1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 0, 12};
    Map<String, float[]> w = WeightConverter.of(WeightFormat.ONEDNN_LDIGO, s).fromParameters(flat);
    assertArrayEquals(new float[] {2, 1, 3}, w.get("weights_layer_l0"));
    assertArrayEquals(new float[] {5, 4, 6}, w.get("weights_iter_l0"));
    assertArrayEquals(new float[] {8, 7, 9, 12}, w.get("bias_l0"));
  }

  @ParameterizedTest
  @CsvSource({"ONEDNN_LDIGO", "ONEDNN_LDGOI"})
  void oneDnnsProjection(WeightFormat format) {
    RnnSpec s = RnnSpec.lstm(1, 3).projection(2).bidirectional().bias(BiasMode.NONE).build();
    Indices o = new Indices(s);
    float[] got = o.exported(format).get("weights_projection_l0");
    for (int d = 0; d < 2; d++) {
      int first = (int) o.layout.find(Kind.WEIGHT_HR, 0, d).offset(); // [P,H]
      for (int p = 0; p < 2; p++) {
        for (int h = 0; h < 3; h++) {
          boolean inputMajor = format == WeightFormat.ONEDNN_LDIGO;
          int at = d * 6 + (inputMajor ? h * 2 + p : p * 3 + h);
          assertEquals(first + p * 3 + h, got[at], format + " d " + d + " p " + p + " h " + h);
        }
      }
    }
  }

  /** GravesLSTM: blocks candidate, f, o, input gate; peephole columns of f, o, input gate. */
  @Test
  void deeplearning4j() {
    RnnSpec s = deep("LSTM").bias(BiasMode.SINGLE).peepholes().build();
    Indices o = new Indices(s);
    Map<String, float[]> w = o.exported(WeightFormat.DL4J);
    for (int l = 0; l < L; l++) {
      for (int d = 0; d < 2; d++) {
        String name = "_l" + l + (d == 1 ? "_reverse" : "");
        assertArrayEquals(o.matrix(Kind.WEIGHT_IH, l, d, "gfoi", "goi"), w.get("W" + name));
        float[] recurrent = o.matrix(Kind.WEIGHT_HH, l, d, "gfoi", "goi");
        assertArrayEquals(
            joined(recurrent, o.vector(Kind.PEEPHOLES, l, d, "foi")), w.get("RW" + name));
        assertArrayEquals(o.vector(Kind.BIAS_IH, l, d, "gfoi"), w.get("b" + name));
      }
    }
    Map<String, Shape> shapes = WeightConverter.of(WeightFormat.DL4J, s).tensors();
    assertEquals(Shape.of(C, 4 * H), shapes.get("W_l0"));
    assertEquals(Shape.of(H, 4 * H + 3), shapes.get("RW_l0"));
  }

  @ParameterizedTest
  @CsvSource({"LSTM, iofg", "GRU, zrn", "GRU_RESET_BEFORE, zrn"})
  void onnxHasBothDirectionsInOneTensor(String cell, String order) {
    RnnSpec s = (cell.equals("LSTM") ? deep(cell).peepholes() : deep(cell)).build();
    Indices o = new Indices(s);
    Map<String, float[]> w = o.exported(WeightFormat.ONNX);
    for (int l = 0; l < L; l++) {
      assertArrayEquals(o.both(Kind.WEIGHT_IH, l, order, "goi"), w.get("W_l" + l));
      assertArrayEquals(o.both(Kind.WEIGHT_HH, l, order, "goi"), w.get("R_l" + l));
      float[] biases = new float[0];
      for (int d = 0; d < 2; d++) {
        float[] input = o.vector(Kind.BIAS_IH, l, d, order);
        biases = joined(biases, input, o.vector(Kind.BIAS_HH, l, d, order));
      }
      assertArrayEquals(biases, w.get("B_l" + l));
      if (s.hasPeepholes()) {
        assertArrayEquals(o.both(Kind.PEEPHOLES, l, "iof", ""), w.get("P_l" + l));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"LSTM, ifgo", "GRU, rzn"})
  void cudnnHasAMatrixPerGate(String cell, String order) {
    Indices o = new Indices(deep(cell).build());
    Map<String, float[]> w = o.exported(WeightFormat.CUDNN);
    int gates = order.length();
    for (int l = 0; l < L; l++) {
      for (int d = 0; d < 2; d++) {
        for (int g = 0; g < 2 * gates; g++) { // first on the input, then on the state
          String gate = order.substring(g % gates, g % gates + 1);
          String name = (2 * l + d) + "_" + g;
          Kind matrix = g < gates ? Kind.WEIGHT_IH : Kind.WEIGHT_HH;
          assertArrayEquals(o.matrix(matrix, l, d, gate, "goi"), w.get("matrix_" + name), name);
          Kind bias = g < gates ? Kind.BIAS_IH : Kind.BIAS_HH;
          assertArrayEquals(o.vector(bias, l, d, gate), w.get("bias_" + name), name);
        }
      }
    }
  }
}
