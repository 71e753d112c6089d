package org.recurrentops.bench.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MeasuredTest {
  @Test
  void theIntervalHoldsTheMedianOfSkewedTimesAtLeastNineteenTimesInTwenty() {
    Random random = new Random(5);
    for (int n : new int[] {6, 8, 9, 15, 30}) {
      int held = 0;
      int trials = 4000;
      for (int i = 0; i < trials; i++) {
        double[] v = new double[n];
        Arrays.setAll(v, k -> Math.exp(random.nextGaussian())); // its median is 1
        Arrays.sort(v);
        int cut = Measured.outside(n);
        held += v[cut] <= 1 && 1 <= v[n - 1 - cut] ? 1 : 0;
      }
      assertTrue(held >= 0.945 * trials, "n " + n + ": " + held + " of " + trials);
    }
  }

  @Test
  void theIntervalIsNoWiderThanItHasToBe() {
    assertEquals(0, Measured.outside(1));
    assertEquals(0, Measured.outside(8));
    assertEquals(1, Measured.outside(9)); // 2·(1+9)/512 = 3.9%
    assertEquals(9, Measured.outside(30)); // the textbook's ranks 10 and 21
  }

  @Test
  void twoSamplesGiveAWholeRangeAndNoNaN() {
    Combination of = ResultsFixture.on("forward", "lstm-t3n2c5h7", "cpu");
    Round round =
        new Round(
            of,
            0,
            "",
            "",
            "",
            List.of(3.0, 2.0),
            2,
            2,
            3,
            3,
            3,
            3,
            JmhRun.finite(0.0 / 0),
            null,
            null,
            null);
    Measured m = Measured.of(of, List.of(round));
    assertEquals(2.5, m.median());
    assertEquals(2, m.low());
    assertEquals(3, m.high());
    assertNull(round.allocatedBytes());
    assertTrue(Double.isNaN(m.allocatedBytes()));
  }

  /** In the last iteration JMH counts what the benchmark's end takes, too. */
  @Test
  void heapOfACallIsThatOfTheLeastIteration() {
    assertEquals(16, JmhRun.perCall(List.of(16.5, 16.0, 44_000_000.0)));
    assertNull(JmhRun.perCall(List.of(44_000_000.0)), "one iteration, which is the last");
    assertNull(JmhRun.perCall(List.of()));
    assertNull(JmhRun.perCall(List.of(0.0 / 0, 16.0)), "JMH had no number");
  }

  /**
   * Of five rounds two fell into a slow phase of the machine, and one had a single bad iteration.
   */
  @Test
  void slowRoundsSpoilNeitherTheMedianNorTheBestRound() {
    Combination of = ResultsFixture.on("forward", "lstm-t3n2c5h7", "cpu");
    double[][] millis = {{10, 11, 30}, {22, 20, 21}, {12, 10, 14}, {9, 9.5, 10}, {19, 25, 23}};
    List<Round> rounds = new ArrayList<>();
    for (double[] times : millis) {
      List<Double> list = Arrays.stream(times).boxed().toList();
      rounds.add(
          new Round(of, rounds.size(), "", "", "", list, 3, 1, 1, 1, 1, 1, null, null, null, null));
    }
    Measured m = Measured.of(of, rounds);
    assertEquals(12, m.medianRound(), "of 11, 21, 12, 9.5 and 23");
    assertEquals(9.5, m.bestRound());
    assertEquals(14, m.median(), "of all iterations");
    rounds.remove(4);
    assertEquals(11.5, Measured.of(of, rounds).medianRound(), "of 11, 21, 12 and 9.5");
  }

  @Test
  void countsOperationsAndBytesOfACall() {
    // G·H·(C+H) weights and two biases of G·H: 28·12 + 56 = 392; x 30, y 42 values
    Combination forward = ResultsFixture.on("forward", "lstm-t3n2c5h7", "cpu");
    assertEquals(2 * 3 * 2 * 28 * 12, forward.flops());
    assertEquals(4 * (392 + 30 + 42), forward.bytes());
    assertEquals(2 * 3 * 2 * 28 * 5, ResultsFixture.on("gemm", "lstm-t3n2c5h7", "cpu").flops());
    assertEquals(2 * 2 * 28 * 12, ResultsFixture.on("stream", "lstm-t3n2c5h7", "cpu").flops());
    assertEquals(4 * 30, ResultsFixture.on("upload", "lstm-t3n2c5h7", "cpu").bytes());
    assertEquals(
        3 * forward.flops(), ResultsFixture.on("training", "lstm-t3n2c5h7", "cpu").flops());
  }
}
