package org.recurrentops.tck;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.recurrentops.ParameterLayout;
import org.recurrentops.RnnSpec;

/** The rule of the tolerance, from both sides of its bound. */
class ToleranceTest {
  /** Depth 16: allowed is 8·4·2⁻²⁴ = 2⁻¹⁹ times scale. */
  private static final Tolerance FORWARD = Tolerance.ofDepth(16, false);

  private static final double ALLOWED = 0x1p-19;
  private static final int WIDTH = 40;

  private static double[] steps(double... scales) {
    double[] values = new double[scales.length * WIDTH];
    for (int i = 0; i < values.length; i++) {
      values[i] = scales[i / WIDTH] * (i % 2 == 0 ? 1 : -0.5);
    }
    return values;
  }

  private static float[] floats(double[] values) {
    float[] f = new float[values.length];
    for (int i = 0; i < f.length; i++) {
      f[i] = (float) values[i];
    }
    return f;
  }

  private static void check(float[] got, double[] expected, Slices slices) {
    FORWARD.check("y", got, expected, slices, "seed=7");
  }

  @Test
  void eachStepHasItsOwnScale() {
    double[] expected = steps(1, 1e-6);
    Slices slices = Slices.alongFirstAxis(2, WIDTH);
    float[] got = floats(expected);
    assertDoesNotThrow(() -> check(got, expected, slices));
    got[3] += (float) (0.9 * ALLOWED);
    assertDoesNotThrow(() -> check(got, expected, slices));
    got[WIDTH + 3] +=
        1e-9f; // far below the first step's tolerance, a thousandth of the second's scale
    ConformanceFailure f =
        assertThrows(ConformanceFailure.class, () -> check(got, expected, slices));
    for (String part : new String[] {"y[1, 3]", "expected", "got", "seed=7", "1 of 80"}) {
      assertTrue(f.getMessage().contains(part), f.getMessage());
    }
  }

  @Test
  void outsideTheBoundFails() {
    double[] expected = steps(1);
    float[] got = floats(expected);
    got[7] += (float) (1.1 * ALLOWED);
    Slices slices = Slices.alongFirstAxis(1, WIDTH);
    assertThrows(ConformanceFailure.class, () -> check(got, expected, slices));
    assertDoesNotThrow(
        () -> Tolerance.ofDepth(16, true).check("dx", got, expected, slices, "twice as wide"));
    assertDoesNotThrow(
        () -> Tolerance.ofDepth(17, false).check("y", got, expected, slices, "⌈log2 17⌉ = 5"));
  }

  @Test
  void nonFiniteNumbersAreEqualOnlyToThemselves() {
    Slices one = Slices.alongFirstAxis(1, 1);
    double[][] values = {{Double.NaN}, {Double.POSITIVE_INFINITY}, {Double.NEGATIVE_INFINITY}, {0}};
    for (double[] expected : values) {
      for (double[] other : values) {
        float[] got = floats(other);
        if (expected == other) {
          assertDoesNotThrow(() -> check(got, expected, one));
        } else {
          assertThrows(ConformanceFailure.class, () -> check(got, expected, one));
        }
      }
    }
  }

  @Test
  void smallSlicesLookAtTheirNeighbours() {
    double[] expected = new double[64];
    Arrays.fill(expected, 1);
    expected[10] = 1e-7; // its terms cancelled
    float[] got = floats(expected);
    got[10] += (float) (0.5 * ALLOWED);
    assertDoesNotThrow(() -> check(got, expected, Slices.alongFirstAxis(64, 1)));
  }

  @Test
  void fewValuesHaveAScaleOfAQuarterAndZeroIsExact() {
    double[] few = {1e-9, 0};
    float[] got = {(float) (0.2 * ALLOWED), 0};
    assertDoesNotThrow(() -> check(got, few, Slices.alongFirstAxis(1, 2)));
    float[] far = {(float) (0.3 * ALLOWED), 0};
    assertThrows(ConformanceFailure.class, () -> check(far, few, Slices.alongFirstAxis(1, 2)));
    float[] tiny = {1e-30f, 0};
    assertThrows(
        ConformanceFailure.class, () -> check(tiny, new double[2], Slices.alongFirstAxis(1, 2)));
  }

  @Test
  void parametersAreJudgedByTheirOwnSlice() {
    ParameterLayout layout = ParameterLayout.of(RnnSpec.vanilla(8, 8).layers(2).build());
    double[] expected = new double[(int) layout.elements()];
    Arrays.fill(expected, 1);
    int from = (int) layout.slice("weight_hh_l0").offset();
    Arrays.fill(expected, from, from + 64, 1e-6);
    float[] got = floats(expected);
    got[from + 13] += 1e-9f;
    ConformanceFailure f =
        assertThrows(
            ConformanceFailure.class, () -> check(got, expected, Slices.ofParameters(layout)));
    assertTrue(f.getMessage().contains("y.weight_hh_l0[1, 5]"), f.getMessage());
  }

  @Test
  void lengthsMustAgree() {
    assertThrows(
        ConformanceFailure.class,
        () -> check(new float[3], new double[4], Slices.alongFirstAxis(1, 4)));
  }
}
