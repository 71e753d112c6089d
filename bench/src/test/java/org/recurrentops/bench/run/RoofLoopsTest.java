package org.recurrentops.bench.run;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** The roofs do what they are counted for, all of it. */
class RoofLoopsTest {
  private static float[] values(int seed) {
    Random random = new Random(seed);
    float[] values = new float[3 * RoofLoops.BLOCK];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextInt(64);
    }
    return values;
  }

  @Test
  void bothFormsMultiplyEachValueAsOften() {
    float[] expected = values(1);
    for (int round = 0; round < 24; round++) {
      for (int i = 0; i < expected.length; i++) {
        expected[i] = Math.fma(expected[i], 0.75f, 0.25f);
      }
    }
    float[] plain = values(1);
    new PlainRoofLoops().multiplyAdd(plain, 24, 0.75f, 0.25f);
    assertEquals(Math.fma(values(1)[5], 0.5f, 0.25f), once(values(1))[5]);
    float[] vectors = values(1);
    RoofLoops here = RoofLoops.ofThisJvm();
    assertTrue(here instanceof VectorRoofLoops, "this test runs with the Vector API");
    here.multiplyAdd(vectors, 24, 0.75f, 0.25f);
    assertArrayEquals(expected, plain);
    assertArrayEquals(expected, vectors);
  }

  private static float[] once(float[] values) {
    new VectorRoofLoops().multiplyAdd(values, 1, 0.5f, 0.25f);
    return values;
  }

  @Test
  void bothFormsReadEachValue() {
    float[] values = values(2);
    double expected = 0;
    for (int i = RoofLoops.BLOCK; i < 3 * RoofLoops.BLOCK; i++) {
      expected += values[i];
    }
    values[0] = Float.NaN; // not asked for
    for (RoofLoops loops : new RoofLoops[] {new PlainRoofLoops(), new VectorRoofLoops()}) {
      float[] sums = new float[RoofLoops.BLOCK];
      loops.read(values, RoofLoops.BLOCK, 2 * RoofLoops.BLOCK, sums);
      double sum = 0;
      for (float s : sums) {
        sum += s;
      }
      assertEquals(expected, sum, loops.toString()); // whole numbers, so that no order rounds
    }
  }
}
