package org.recurrentops.cpu.math;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.Random;

/** Arrays for pointwise kernels: random values, and around them what no kernel may touch. */
final class GuardedUnits {
  /** Elements before the first value. */
  static final int MARGIN = 21;

  private static final float GUARD = Float.intBitsToFloat(0x7fc0beef);

  private static final int[] SIZES = {1, 7, 8, 16, 33, 64, 257};

  private GuardedUnits() {}

  /** What a kernel does to some units of all rows. */
  interface Check {
    void run(int hidden, int rows, int from, int count, float scale);
  }

  /** All units of some rows, and those of two workers. */
  static void forAllSizes(Check check) {
    for (int hidden : SIZES) {
      for (int rows : new int[] {1, 2, 5}) {
        check.run(hidden, rows, 0, hidden, 4);
        if (hidden > 16) {
          check.run(hidden, rows, 0, 16, 4);
          check.run(hidden, rows, 16, hidden - 16, 4);
        }
      }
    }
  }

  static double logistic(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  static float normal(double x) {
    return Math.abs(x) < Float.MIN_NORMAL ? 0f : (float) x;
  }

  static float[] filled(int length) {
    float[] values = new float[length];
    Arrays.fill(values, GUARD);
    return values;
  }

  static float[] filled(Random random, int count, float scale) {
    float[] values = filled(count + 2 * MARGIN);
    for (int i = 0; i < count; i++) {
      values[MARGIN + i] = scale * (2 * random.nextFloat() - 1);
    }
    return values;
  }

  /** Guards bit for bit, the others within a few roundings of values as large as scale. */
  static void same(String what, float[] expected, float[] actual, float scale) {
    for (int i = 0; i < expected.length; i++) {
      String where = what + " element " + i;
      if (Float.isNaN(expected[i])) {
        int bits = Float.floatToRawIntBits(expected[i]);
        assertEquals(bits, Float.floatToRawIntBits(actual[i]), where);
      } else if (scale < 1) { // near the border either neighbour may be right
        double error = Math.abs((double) expected[i] - actual[i]);
        boolean bordering = Math.abs(error - Float.MIN_NORMAL) < 1e-43;
        assertEquals(true, bordering || error <= 1e-6 * scale, where + ": " + actual[i]);
        assertEquals(true, actual[i] == 0 || Math.abs(actual[i]) >= Float.MIN_NORMAL, where);
      } else {
        assertEquals(expected[i], actual[i], 1e-6 * Math.max(1, scale), where);
      }
    }
  }

  /** As {@link #same} where subnormals may stay, as in what is added to later. */
  static void sameBesideSubnormals(String what, float[] expected, float[] actual, float scale) {
    for (int i = 0; scale < 1 && i < actual.length; i++) {
      if (!Float.isNaN(expected[i])) {
        actual[i] = normal(actual[i]);
        expected[i] = normal(expected[i]);
      }
    }
    same(what, expected, actual, scale);
  }
}
