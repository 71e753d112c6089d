package org.recurrentops.cpu.math;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Sweeps the float32 inputs: every {@value #STEP}th bit pattern, all with
 * -Drecurrentops.sweep.step=1.
 */
class ActivationsTest {
  private static final int STEP = 397;
  private static final int CHUNK = 1 << 14;

  static Stream<CpuMath> forms() {
    return KernelForms.both();
  }

  private interface Bulk {
    void apply(float[] x, int xOffset, float[] y, int yOffset, int length);
  }

  private interface Single {
    float apply(float x);
  }

  private interface Exact {
    double apply(double x);
  }

  private static double logistic(double x) {
    return 1 / (1 + StrictMath.exp(-x));
  }

  @ParameterizedTest
  @MethodSource("forms")
  void sigmoidIsAccurateForAllInputs(CpuMath form) {
    Activations f = form.activations();
    new Sweep(form.name() + " sigmoid", f::sigmoid, f::sigmoid, ActivationsTest::logistic)
        .run(1.8e-7, 9e-8);
  }

  @ParameterizedTest
  @MethodSource("forms")
  void tanhIsAccurateForAllInputs(CpuMath form) {
    Activations f = form.activations();
    new Sweep(form.name() + " tanh", f::tanh, f::tanh, StrictMath::tanh).run(1.9e-7, 8e-8);
  }

  /** Backpropagation multiplies by 1 − y², in which an error of y near ±1 weighs most. */
  @ParameterizedTest
  @MethodSource("forms")
  void tanhLeavesItsDerivativeAlmostAsAccurateAsRoundingDoes(CpuMath form) {
    Activations f = form.activations();
    int step = Integer.getInteger("recurrentops.sweep.step", STEP);
    for (int from = 1; from < 8; from++) {
      double worst = 0;
      double least = 0;
      int end = Float.floatToIntBits(from + 1);
      for (int bits = Float.floatToIntBits(from); bits < end; bits += step) {
        float x = Float.intBitsToFloat(bits);
        worst = Math.max(worst, derivativeError(x, f.tanh(x)));
        least = Math.max(least, derivativeError(x, (float) StrictMath.tanh(x)));
      }
      String found =
          String.format(
              "%s 1 - tanh^2, [%d, %d]: max relative error %.3e, rounded %.3e, ratio %.2f",
              form.name(), from, from + 1, worst, least, worst / least);
      System.out.println(found);
      assertTrue(worst <= 1.25 * least, found);
    }
  }

  private static double derivativeError(double x, double y) {
    double cosh = StrictMath.cosh(x);
    return Math.abs((1 - y * y) * cosh * cosh - 1);
  }

  /** One function over the bit patterns, ascending in |x|, positive then negative. */
  private static final class Sweep {
    final String name;
    final Bulk bulk;
    final Single single;
    final Exact exact;
    double mostRelative; // asserted
    double relative;
    double absolute;
    String worst = "";
    long inputs;
    float previous;

    Sweep(String name, Bulk bulk, Single single, Exact exact) {
      this.name = name;
      this.bulk = bulk;
      this.single = single;
      this.exact = exact;
    }

    void run(double mostRelative, double mostAbsolute) {
      this.mostRelative = mostRelative;
      int step = Integer.getInteger("recurrentops.sweep.step", STEP);
      float[] x = new float[CHUNK];
      float[] y = new float[CHUNK];
      for (long sign = 0; sign <= 1; sign++) {
        previous = single.apply(0f);
        long bits = sign << 31;
        long end = bits + (1L << 31);
        while (bits < end) {
          int count = 0;
          for (; count < CHUNK && bits < end; bits += step) {
            x[count++] = Float.intBitsToFloat((int) bits);
          }
          bulk.apply(x, 0, y, 0, count);
          for (int i = 0; i < count; i++) {
            check(x[i], y[i], sign == 0);
          }
        }
      }
      assertTrue(inputs >= (1L << 32) / step, name + ": only " + inputs + " inputs");
      assertTrue(relative <= mostRelative, name + ": relative error " + relative + worst);
      assertTrue(absolute <= mostAbsolute, name + ": absolute error " + absolute);
      System.out.printf(
          "%s: %d inputs, max relative error %.3e%s, max absolute error %.3e%n",
          name, inputs, relative, worst, absolute);
    }

    private void check(float x, float y, boolean rising) {
      inputs++;
      float alone = single.apply(x);
      if (Float.floatToIntBits(alone) != Float.floatToIntBits(y)) {
        throw new AssertionError(name + "(" + x + "): " + y + " in bulk, " + alone + " alone");
      }
      if (Float.isNaN(x) || Float.isNaN(y)) {
        assertTrue(Float.isNaN(x) && Float.isNaN(y), () -> name + "(" + x + ") is " + y);
        return;
      }
      double wanted = exact.apply(x);
      double error = Math.abs(y - wanted);
      absolute = Math.max(absolute, error);
      // Below the normal range, sigmoid is cut to 0 and tanh(x) = x exactly.
      if (Math.abs(wanted) >= Float.MIN_NORMAL) {
        if (error > relative * Math.abs(wanted)) {
          relative = error / Math.abs(wanted);
          worst = " at " + x;
        }
      } else if (y != 0f && y != x) {
        throw new AssertionError(name + "(" + x + ") is " + y);
      }
      double back = 2 * mostRelative * Math.abs(y); // the errors of two results
      if (rising ? y < previous - back : y > previous + back) {
        throw new AssertionError(name + " is not monotone at " + x + ": " + previous + ", " + y);
      }
      previous = y;
    }
  }

  @ParameterizedTest
  @MethodSource("forms")
  void limitsAreExact(CpuMath form) {
    Activations f = form.activations();
    for (float large : new float[] {10f, 100f, 1e9f, Float.MAX_VALUE, Float.POSITIVE_INFINITY}) {
      assertEquals(1f, f.tanh(large));
      assertEquals(-1f, f.tanh(-large));
    }
    for (float large : new float[] {18f, 100f, 1e9f, Float.MAX_VALUE, Float.POSITIVE_INFINITY}) {
      assertEquals(1f, f.sigmoid(large));
    }
    for (float large : new float[] {88f, 104f, 1e9f, Float.MAX_VALUE, Float.POSITIVE_INFINITY}) {
      assertEquals(0f, f.sigmoid(-large));
    }
    for (float tiny : new float[] {0f, -0f, Float.MIN_VALUE, -Float.MIN_VALUE, 1e-39f, 1e-30f}) {
      assertEquals(tiny, f.tanh(tiny));
      assertEquals(0.5f, f.sigmoid(tiny));
    }
  }

  @ParameterizedTest
  @MethodSource("forms")
  void touchesOnlyItsRangeAndWorksInPlace(CpuMath form) {
    Activations f = form.activations();
    Random random = new Random(5);
    for (int length = 0; length < 70; length++) {
      int from = random.nextInt(9);
      int to = random.nextInt(9);
      float[] x = new float[length + 9];
      for (int i = 0; i < x.length; i++) {
        x[i] = 6 * random.nextFloat() - 3;
      }
      for (Bulk bulk : new Bulk[] {f::sigmoid, f::tanh}) {
        float[] y = new float[length + 9];
        Arrays.fill(y, 42f);
        bulk.apply(x, from, y, to, length);
        for (int i = 0; i < y.length; i++) {
          assertEquals(i < to || i >= to + length, y[i] == 42f, "length " + length + " at " + i);
        }
        float[] inPlace = x.clone();
        bulk.apply(inPlace, from, inPlace, from, length);
        assertArrayEquals(
            Arrays.copyOfRange(y, to, to + length),
            Arrays.copyOfRange(inPlace, from, from + length));
        assertArrayEquals(Arrays.copyOf(x, from), Arrays.copyOf(inPlace, from));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("forms")
  void clearsSubnormalsOnly(CpuMath form) {
    float[] kept = {
      1f,
      -1f,
      Float.MIN_NORMAL,
      -Float.MIN_NORMAL,
      Float.MAX_VALUE,
      Float.POSITIVE_INFINITY,
      Float.NEGATIVE_INFINITY,
      Float.NaN,
      0f
    };
    float[] cleared = {Float.MIN_VALUE, -Float.MIN_VALUE, 1e-39f, Math.nextDown(Float.MIN_NORMAL)};
    for (int length = 1; length < 40; length++) {
      float[] x = new float[length + 2];
      float[] expected = new float[length + 2];
      for (int i = 0; i < x.length; i++) {
        boolean keep = i % 3 == 0;
        x[i] = keep ? kept[i % kept.length] : cleared[i % cleared.length];
        boolean outside = i == 0 || i == length + 1;
        expected[i] = keep || outside ? x[i] : 0f;
      }
      form.activations().clearSubnormals(x, 1, length);
      for (int i = 0; i < x.length; i++) {
        // Zeros may have either sign.
        assertTrue(x[i] == expected[i] || Float.isNaN(x[i]) && Float.isNaN(expected[i]), "at " + i);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("forms")
  void allocatesNothingOnceCompiled(CpuMath form) {
    Activations f = form.activations();
    float[] x = new float[1000];
    float[] y = new float[1000];
    Allocation.assertNone(
        form.name(),
        () -> {
          f.sigmoid(x, 1, y, 0, 997);
          f.tanh(y, 0, y, 0, 997);
        });
  }
}
