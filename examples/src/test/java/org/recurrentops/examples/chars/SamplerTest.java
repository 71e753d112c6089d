package org.recurrentops.examples.chars;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class SamplerTest {
  private static final float[] SCORES = {50, 1, 3, 2};

  @Test
  void drawsByTheSoftmaxButNeverTheReservedSymbol() {
    for (double temperature : new double[] {0.5, 1, 2}) {
      int[] counts = new int[4];
      int draws = 10_000;
      for (int i = 0; i < draws; i++) {
        counts[Sampler.draw(SCORES, temperature, (i + 0.5) / draws)]++;
      }
      double total = 0;
      for (int s = 1; s < 4; s++) {
        total += Math.exp(SCORES[s] / temperature);
      }
      assertEquals(0, counts[0]);
      for (int s = 1; s < 4; s++) {
        double expected = draws * Math.exp(SCORES[s] / temperature) / total;
        assertEquals(expected, counts[s], 1.01, "symbol " + s + " at " + temperature);
      }
    }
  }

  @Test
  void coldDrawsTakeTheLikeliest() {
    for (double u : new double[] {0, 0.3, 0.999999}) {
      assertEquals(2, Sampler.draw(SCORES, 1e-6, u));
    }
  }

  @Test
  void learningRateRisesThenFalls() {
    CharsConfig c = new CharsConfig("gru", 1, 8, 8, 8, 0, 0.01, 1, 1, 1000, 1);
    double before = 0;
    for (int step = 0; step < 80; step++) {
      assertTrue(c.rate(step) > before, "step " + step);
      before = c.rate(step);
    }
    for (int step = 110; step < 1000; step++) {
      assertTrue(c.rate(step + 1) < c.rate(step), "step " + step);
    }
    assertEquals(c.rate(1000), c.rate(5000), "no change after the schedule");
    assertEquals(0.05, c.rate(1000), 1e-12);
  }
}
