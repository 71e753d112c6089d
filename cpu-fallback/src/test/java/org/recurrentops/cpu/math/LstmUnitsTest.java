package org.recurrentops.cpu.math;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.recurrentops.cpu.math.GuardedUnits.MARGIN;
import static org.recurrentops.cpu.math.GuardedUnits.filled;
import static org.recurrentops.cpu.math.GuardedUnits.forAllSizes;
import static org.recurrentops.cpu.math.GuardedUnits.logistic;
import static org.recurrentops.cpu.math.GuardedUnits.normal;
import static org.recurrentops.cpu.math.GuardedUnits.same;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** The pointwise part of an LSTM in blocks of rows, against the same in float64 unit by unit. */
class LstmUnitsTest {
  private final CpuMath form = KernelForms.form("on");
  private final LstmUnits units = form.lstmUnits(64);

  @Test
  void plainJavaGoesRowByRow() {
    assertNull(KernelForms.form("off").lstmUnits(64));
  }

  /** Vector loops that are compiled before anyone enters them allocate when somebody does. */
  @Test
  void rowsShorterThanAVectorGoRowByRow() {
    assertNull(form.lstmUnits(VectorWidth.LANES - 1));
    assertNotNull(form.lstmUnits(VectorWidth.LANES));
  }

  @Test
  void agreesWithFloat64AndWritesNothingElse() {
    forAllSizes(this::check);
  }

  /** What would be subnormal in c and h is zero, and nothing else is. */
  @Test
  void clearsSubnormals() {
    check(33, 3, 0, 33, 2e-38f);
    check(7, 9, 0, 7, 2e-38f);
  }

  private void check(int hidden, int rows, int from, int count, float scale) {
    String what = "H " + hidden + " rows " + rows + " units " + from + "+" + count + " ×" + scale;
    Random random = new Random(31L * hidden + rows);
    float[] gates = filled(random, 4 * hidden * rows, 4);
    float[] before = filled(random, hidden * rows, scale);
    if (scale < 1) { // g is tiny, too, so that c is
      for (int r = 0; r < rows; r++) {
        for (int k = 0; k < hidden; k++) {
          gates[MARGIN + r * 4 * hidden + 2 * hidden + k] *= scale;
        }
      }
    }
    float[] after = filled(before.length);
    float[] out = filled(before.length);
    float[] given = gates.clone();
    int at = MARGIN + from;
    units.forward(hidden, rows, count, gates, at, before, at, after, at, out, at);
    float[] expectedGates = given.clone();
    float[] expectedAfter = filled(after.length);
    float[] expectedOut = filled(out.length);
    for (int r = 0; r < rows; r++) {
      for (int k = from; k < from + count; k++) {
        int i = MARGIN + r * 4 * hidden + k;
        int c = MARGIN + r * hidden + k;
        double in = logistic(given[i]);
        double forget = logistic(given[i + hidden]);
        double candidate = Math.tanh(given[i + 2 * hidden]);
        double o = logistic(given[i + 3 * hidden]);
        double cell = forget * before[c] + in * candidate;
        expectedGates[i] = (float) in;
        expectedGates[i + hidden] = (float) forget;
        expectedGates[i + 2 * hidden] = (float) candidate;
        expectedGates[i + 3 * hidden] = (float) o;
        expectedAfter[c] = normal(cell);
        expectedOut[c] = normal(o * Math.tanh(expectedAfter[c]));
      }
    }
    same(what + " gates", expectedGates, gates, 1);
    same(what + " c", expectedAfter, after, scale);
    same(what + " h", expectedOut, out, scale);
  }

  @Test
  void gradientsAgreeWithFloat64AndNothingElseIsWritten() {
    forAllSizes(this::checkGradients);
  }

  @Test
  void clearsSubnormalGradients() {
    checkGradients(33, 3, 0, 33, 2e-38f);
    checkGradients(7, 9, 0, 7, 2e-38f);
  }

  private void checkGradients(int hidden, int rows, int from, int count, float scale) {
    String what =
        "gradients, H " + hidden + " rows " + rows + " units " + from + "+" + count + " ×" + scale;
    Random random = new Random(37L * hidden + rows);
    float[] gates = filled(random, 4 * hidden * rows, 1);
    float[] before = filled(random, hidden * rows, 2);
    float[] after = filled(random, hidden * rows, 2);
    float[] dOut = filled(random, hidden * rows, scale);
    float[] dc = filled(random, hidden * rows, scale);
    float[] dGates = filled(gates.length);
    float[] dBefore = filled(before.length);
    float[] expectedGates = filled(gates.length);
    float[] expectedBefore = filled(before.length);
    for (int r = 0; r < rows; r++) {
      for (int k = from; k < from + count; k++) {
        int at = MARGIN + r * 4 * hidden + k;
        int c = MARGIN + r * hidden + k;
        double i = gates[at];
        double f = gates[at + hidden];
        double g = gates[at + 2 * hidden];
        double o = gates[at + 3 * hidden];
        double t = Math.tanh(after[c]);
        double d = dc[c] + dOut[c] * o * (1 - t * t);
        expectedGates[at] = normal(d * g * i * (1 - i));
        expectedGates[at + hidden] = normal(d * before[c] * f * (1 - f));
        expectedGates[at + 2 * hidden] = normal(d * i * (1 - g * g));
        expectedGates[at + 3 * hidden] = normal(dOut[c] * t * o * (1 - o));
        expectedBefore[c] = normal(d * f);
      }
    }
    int at = MARGIN + from;
    float[][] read = {gates.clone(), before.clone(), after.clone(), dOut.clone(), dc.clone()};
    units.backward(
        hidden, rows, count, gates, at, before, at, after, at, dOut, at, dc, at, dGates, at,
        dBefore, at);
    same(what + " dGates", expectedGates, dGates, 4 * scale);
    same(what + " dBefore", expectedBefore, dBefore, 4 * scale);
    float[][] left = {gates, before, after, dOut, dc};
    for (int i = 0; i < read.length; i++) {
      assertArrayEquals(read[i], left[i], what + " argument " + i);
    }
  }
}
