package org.recurrentops.cpu.math;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.recurrentops.cpu.math.GuardedUnits.MARGIN;
import static org.recurrentops.cpu.math.GuardedUnits.filled;
import static org.recurrentops.cpu.math.GuardedUnits.forAllSizes;
import static org.recurrentops.cpu.math.GuardedUnits.logistic;
import static org.recurrentops.cpu.math.GuardedUnits.normal;
import static org.recurrentops.cpu.math.GuardedUnits.same;
import static org.recurrentops.cpu.math.GuardedUnits.sameBesideSubnormals;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** As {@link GruUnitsTest}, where r multiplies the state before its product. */
class GruResetBeforeUnitsTest {
  private final GruUnits units = KernelForms.form("on").gruUnits(64);

  private static String what(int hidden, int rows, int from, int count, float scale) {
    return "H " + hidden + " rows " + rows + " units " + from + "+" + count + " ×" + scale;
  }

  @Test
  void agreesWithFloat64AndWritesNothingElse() {
    forAllSizes(this::checkReset);
    forAllSizes(this::checkUpdate);
  }

  /** What would be subnormal in h is zero, and nothing else is. */
  @Test
  void clearsSubnormals() {
    checkUpdate(33, 3, 0, 33, 2e-38f);
    checkUpdate(7, 9, 0, 7, 2e-38f);
  }

  private void checkReset(int hidden, int rows, int from, int count, float scale) {
    String what = "reset, " + what(hidden, rows, from, count, scale);
    Random random = new Random(47L * hidden + rows);
    float[] gates = filled(random, 3 * hidden * rows, 4);
    float[] before = filled(random, hidden * rows, scale);
    float[] operand = filled(before.length);
    float[] expectedGates = gates.clone();
    float[] expectedOperand = filled(before.length);
    for (int r = 0; r < rows; r++) {
      for (int k = from; k < from + count; k++) {
        int at = MARGIN + r * 3 * hidden + k;
        int unit = MARGIN + r * hidden + k;
        double reset = logistic(gates[at]);
        expectedGates[at] = (float) reset;
        expectedOperand[unit] = (float) (reset * before[unit]);
      }
    }
    int at = MARGIN + from;
    float[] given = before.clone();
    units.reset(hidden, rows, count, gates, at, before, at, operand, at);
    same(what + " gates", expectedGates, gates, 1);
    same(what + " operand", expectedOperand, operand, scale);
    assertArrayEquals(given, before, what + " before");
  }

  private void checkUpdate(int hidden, int rows, int from, int count, float scale) {
    String what = "update, " + what(hidden, rows, from, count, scale);
    Random random = new Random(53L * hidden + rows);
    float[] gates = filled(random, 3 * hidden * rows, 4);
    float[] before = filled(random, hidden * rows, scale);
    for (int r = 0; scale < 1 && r < rows; r++) { // n is tiny, too, so that h is
      for (int k = 0; k < hidden; k++) {
        gates[MARGIN + r * 3 * hidden + 2 * hidden + k] *= scale;
      }
    }
    float[] after = filled(before.length);
    float[] expectedGates = gates.clone();
    float[] expectedAfter = filled(after.length);
    for (int r = 0; r < rows; r++) {
      for (int k = from; k < from + count; k++) {
        int at = MARGIN + r * 3 * hidden + k;
        int unit = MARGIN + r * hidden + k;
        double keep = logistic(gates[at + hidden]);
        double fresh = Math.tanh(gates[at + 2 * hidden]);
        expectedGates[at + hidden] = (float) keep;
        expectedGates[at + 2 * hidden] = (float) fresh;
        expectedAfter[unit] = normal((1 - keep) * fresh + keep * before[unit]);
      }
    }
    int at = MARGIN + from;
    float[] given = before.clone();
    units.update(hidden, rows, count, gates, at, before, at, after, at);
    same(what + " gates", expectedGates, gates, 1);
    same(what + " h", expectedAfter, after, scale);
    assertArrayEquals(given, before, what + " before");
  }

  @Test
  void gradientsAgreeWithFloat64AndNothingElseIsWritten() {
    forAllSizes(this::checkUpdateGradients);
    forAllSizes(this::checkResetGradients);
  }

  @Test
  void clearsSubnormalGradients() {
    checkUpdateGradients(33, 3, 0, 33, 2e-38f);
    checkUpdateGradients(7, 9, 0, 7, 2e-38f);
    checkResetGradients(33, 3, 0, 33, 2e-38f);
    checkResetGradients(7, 9, 0, 7, 2e-38f);
  }

  private void checkUpdateGradients(int hidden, int rows, int from, int count, float scale) {
    String what = "gradients of update, " + what(hidden, rows, from, count, scale);
    Random random = new Random(59L * hidden + rows);
    float[] gates = filled(random, 3 * hidden * rows, 1);
    float[] before = filled(random, hidden * rows, 1);
    float[] dh = filled(random, hidden * rows, scale);
    float[] dGates = filled(gates.length);
    float[] dBefore = filled(before.length);
    float[] expectedGates = filled(gates.length);
    float[] expectedBefore = filled(before.length);
    for (int r = 0; r < rows; r++) {
      for (int k = from; k < from + count; k++) {
        int at = MARGIN + r * 3 * hidden + k;
        int unit = MARGIN + r * hidden + k;
        double keep = gates[at + hidden];
        double fresh = gates[at + 2 * hidden];
        expectedGates[at + hidden] = normal(dh[unit] * (before[unit] - fresh) * keep * (1 - keep));
        expectedGates[at + 2 * hidden] = normal(dh[unit] * (1 - keep) * (1 - fresh * fresh));
        expectedBefore[unit] = (float) (dh[unit] * keep);
      }
    }
    int at = MARGIN + from;
    float[][] given = {gates.clone(), before.clone(), dh.clone()};
    units.updateGradients(
        hidden, rows, count, gates, at, before, at, dh, at, dGates, at, dBefore, at);
    same(what + " dGates", expectedGates, dGates, 4 * scale);
    sameBesideSubnormals(what + " dBefore", expectedBefore, dBefore, 4 * scale);
    float[][] left = {gates, before, dh};
    for (int i = 0; i < given.length; i++) {
      assertArrayEquals(given[i], left[i], what + " argument " + i);
    }
  }

  private void checkResetGradients(int hidden, int rows, int from, int count, float scale) {
    String what = "gradients of reset, " + what(hidden, rows, from, count, scale);
    Random random = new Random(61L * hidden + rows);
    float[] gates = filled(random, 3 * hidden * rows, 1);
    float[] before = filled(random, hidden * rows, 1);
    float[] dOperand = filled(random, hidden * rows, scale);
    float[] dBefore = filled(random, hidden * rows, scale);
    float[] dGates = filled(gates.length);
    float[] expectedGates = filled(gates.length);
    float[] expectedBefore = dBefore.clone();
    for (int r = 0; r < rows; r++) {
      for (int k = from; k < from + count; k++) {
        int at = MARGIN + r * 3 * hidden + k;
        int unit = MARGIN + r * hidden + k;
        double reset = gates[at];
        expectedGates[at] = normal(dOperand[unit] * (double) before[unit] * reset * (1 - reset));
        expectedBefore[unit] = (float) (dBefore[unit] + dOperand[unit] * reset);
      }
    }
    int at = MARGIN + from;
    float[][] given = {gates.clone(), before.clone(), dOperand.clone()};
    units.resetGradients(
        hidden, rows, count, gates, at, before, at, dOperand, at, dGates, at, dBefore, at);
    same(what + " dGates", expectedGates, dGates, 4 * scale);
    sameBesideSubnormals(what + " dBefore", expectedBefore, dBefore, 4 * scale);
    float[][] left = {gates, before, dOperand};
    for (int i = 0; i < given.length; i++) {
      assertArrayEquals(given[i], left[i], what + " argument " + i);
    }
  }
}
