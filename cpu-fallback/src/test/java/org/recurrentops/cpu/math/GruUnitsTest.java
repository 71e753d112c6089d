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
import static org.recurrentops.cpu.math.GuardedUnits.sameBesideSubnormals;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** The pointwise part of a GRU in blocks of rows, against the same in float64 unit by unit. */
class GruUnitsTest {
  private final CpuMath form = KernelForms.form("on");
  private final GruUnits units = form.gruUnits(64);

  @Test
  void goesRowByRowWhereRowsAreShortOrThereAreNoVectors() {
    assertNull(KernelForms.form("off").gruUnits(64));
    assertNull(form.gruUnits(VectorWidth.LANES - 1));
    assertNotNull(form.gruUnits(VectorWidth.LANES));
  }

  @Test
  void agreesWithFloat64AndWritesNothingElse() {
    forAllSizes(this::check);
  }

  /** What would be subnormal in h is zero, and nothing else is. */
  @Test
  void clearsSubnormals() {
    check(33, 3, 0, 33, 2e-38f);
    check(7, 9, 0, 7, 2e-38f);
  }

  private void check(int hidden, int rows, int from, int count, float scale) {
    String what = "H " + hidden + " rows " + rows + " units " + from + "+" + count + " ×" + scale;
    Random random = new Random(41L * hidden + rows);
    float[] gates = filled(random, 3 * hidden * rows, 4);
    float[] q = filled(random, hidden * rows, scale);
    float[] before = filled(random, hidden * rows, scale);
    for (int r = 0; scale < 1 && r < rows; r++) { // n is tiny, too, so that h is
      for (int k = 0; k < hidden; k++) {
        gates[MARGIN + r * 3 * hidden + 2 * hidden + k] *= scale;
      }
    }
    float[] after = filled(before.length);
    float[][] read = {q.clone(), before.clone()};
    float[] expectedGates = gates.clone();
    float[] expectedAfter = filled(after.length);
    for (int r = 0; r < rows; r++) {
      for (int k = from; k < from + count; k++) {
        int at = MARGIN + r * 3 * hidden + k;
        int unit = MARGIN + r * hidden + k;
        double reset = logistic(gates[at]);
        double keep = logistic(gates[at + hidden]);
        double fresh = Math.tanh(gates[at + 2 * hidden] + reset * q[unit]);
        expectedGates[at] = (float) reset;
        expectedGates[at + hidden] = (float) keep;
        expectedGates[at + 2 * hidden] = (float) fresh;
        expectedAfter[unit] = normal((1 - keep) * fresh + keep * before[unit]);
      }
    }
    int at = MARGIN + from;
    units.forward(hidden, rows, count, gates, at, q, at, before, at, after, at);
    same(what + " gates", expectedGates, gates, Math.max(1, scale));
    same(what + " h", expectedAfter, after, scale);
    assertArrayEquals(read[0], q, what + " q");
    assertArrayEquals(read[1], before, what + " before");
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
    Random random = new Random(43L * hidden + rows);
    float[] gates = filled(random, 3 * hidden * rows, 1);
    float[] q = filled(random, hidden * rows, 1);
    float[] before = filled(random, hidden * rows, 1);
    float[] dh = filled(random, hidden * rows, scale);
    float[] dGates = filled(gates.length);
    float[] dQ = filled(q.length);
    float[] dBefore = filled(q.length);
    float[] expectedGates = filled(gates.length);
    float[] expectedQ = filled(q.length);
    float[] expectedBefore = filled(q.length);
    for (int r = 0; r < rows; r++) {
      for (int k = from; k < from + count; k++) {
        int at = MARGIN + r * 3 * hidden + k;
        int unit = MARGIN + r * hidden + k;
        double reset = gates[at];
        double keep = gates[at + hidden];
        double fresh = gates[at + 2 * hidden];
        float dn = normal(dh[unit] * (1 - keep) * (1 - fresh * fresh));
        expectedGates[at] = normal(dn * q[unit] * reset * (1 - reset));
        expectedGates[at + hidden] = normal(dh[unit] * (before[unit] - fresh) * keep * (1 - keep));
        expectedGates[at + 2 * hidden] = dn;
        expectedQ[unit] = normal(dn * reset);
        expectedBefore[unit] = (float) (dh[unit] * keep);
      }
    }
    int at = MARGIN + from;
    float[][] given = {gates.clone(), q.clone(), before.clone(), dh.clone()};
    units.backward(
        hidden, rows, count, gates, at, q, at, before, at, dh, at, dGates, at, dQ, at, dBefore, at);
    same(what + " dGates", expectedGates, dGates, 4 * scale);
    same(what + " dQ", expectedQ, dQ, 4 * scale);
    sameBesideSubnormals(what + " dBefore", expectedBefore, dBefore, 4 * scale);
    float[][] left = {gates, q, before, dh};
    for (int i = 0; i < given.length; i++) {
      assertArrayEquals(given[i], left[i], what + " argument " + i);
    }
  }
}
