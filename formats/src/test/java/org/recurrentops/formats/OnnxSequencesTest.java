package org.recurrentops.formats;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.recurrentops.Shape;

/** T = 2, B = 3, D = 2: every element holds its own coordinates as digits. */
class OnnxSequencesTest {
  private static final int T = 2;
  private static final int B = 3;
  private static final int D = 2;
  private static final int H = 2;

  private static int code(int t, int n, int d, int h) {
    return t * 1000 + n * 100 + d * 10 + h;
  }

  private static double[] ours() {
    double[] y = new double[T * B * D * H];
    int i = 0;
    for (int t = 0; t < T; t++) {
      for (int n = 0; n < B; n++) {
        for (int d = 0; d < D; d++) {
          for (int h = 0; h < H; h++) {
            y[i++] = code(t, n, d, h);
          }
        }
      }
    }
    return y;
  }

  @Test
  void layout0IsTimeDirectionBatch() {
    double[] y = new double[T * D * B * H];
    int i = 0;
    for (int t = 0; t < T; t++) {
      for (int d = 0; d < D; d++) {
        for (int n = 0; n < B; n++) {
          for (int h = 0; h < H; h++) {
            y[i++] = code(t, n, d, h);
          }
        }
      }
    }
    check(0, y, Shape.of(T, D, B, H));
  }

  @Test
  void layout1IsBatchTimeDirection() {
    double[] y = new double[T * D * B * H];
    int i = 0;
    for (int n = 0; n < B; n++) {
      for (int t = 0; t < T; t++) {
        for (int d = 0; d < D; d++) {
          for (int h = 0; h < H; h++) {
            y[i++] = code(t, n, d, h);
          }
        }
      }
    }
    check(1, y, Shape.of(B, T, D, H));
  }

  private static void check(int layout, double[] onnx, Shape shape) {
    OnnxSequences order = new OnnxSequences(layout, T, B, D);
    assertArrayEquals(ours(), order.importOutput(onnx));
    assertArrayEquals(onnx, order.exportOutput(ours(), H).values());
    assertEquals(shape, order.exportOutput(ours(), H).shape());
  }

  @Test
  void batchFirstInputsAndStatesAreTransposed() {
    OnnxSequences order = new OnnxSequences(1, T, B, D);
    double[] x = {0, 10, 1, 11, 2, 12}; // [B,T,1] of t·10 + n
    assertArrayEquals(new double[] {0, 1, 2, 10, 11, 12}, order.importInput(x));
    double[] h = {0, 10, 1, 11, 2, 12}; // [B,D,1] of d·10 + n
    assertArrayEquals(new double[] {0, 1, 2, 10, 11, 12}, order.importState(h));
    assertArrayEquals(h, order.exportState(order.importState(h), 1).values());
  }

  @Test
  void nothingAtAllStaysNothing() {
    OnnxSequences order = new OnnxSequences(0, 0, B, D);
    assertEquals(Shape.of(0, D, B, H), order.exportOutput(new double[0], H).shape());
    assertEquals(0, order.importInput(new double[0]).length);
  }
}
