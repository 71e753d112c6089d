package org.recurrentops.examples.chars;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.recurrentops.examples.CommandException;

class BatchesTest {
  private static final int T = 7;
  private static final int N = 3;

  private static int[] at(Batches b, long step) {
    int[] symbols = new int[(T + 1) * N];
    Arrays.fill(symbols, -1);
    b.fill(step, symbols);
    return symbols;
  }

  @Test
  void streamsGoOnWhereTheyStopped() {
    int[] text = IntStream.range(0, 200).toArray();
    Batches b = new Batches(text, T, N, 4);
    assertEquals(200 / N / T, b.stepsPerEpoch());
    for (long step = 0; step < 3 * b.stepsPerEpoch(); step++) {
      int[] now = at(b, step);
      int[] next = at(b, step + 1);
      for (int n = 0; n < N; n++) {
        for (int t = 0; t < T; t++) {
          assertEquals((now[t * N + n] + 1) % 200, now[(t + 1) * N + n], "step " + step);
        }
        if (!b.startsEpoch(step + 1)) {
          assertEquals(now[T * N + n], next[n], "row " + n + " after step " + step);
        }
      }
      assertEquals(now[0], b.cursor(step));
    }
  }

  @Test
  void epochsStartElsewhereAndAreRepeatable() {
    int[] text = IntStream.range(0, 1000).toArray();
    Batches b = new Batches(text, T, N, 4);
    long epoch = b.stepsPerEpoch();
    assertTrue(b.startsEpoch(0) && b.startsEpoch(epoch));
    assertFalse(b.startsEpoch(1));
    assertNotEquals(b.cursor(epoch), b.cursor(2 * epoch));
    assertArrayEquals(at(b, 5 * epoch + 2), at(new Batches(text, T, N, 4), 5 * epoch + 2));
    assertNotEquals(b.cursor(epoch), new Batches(text, T, N, 5).cursor(epoch));
  }

  @Test
  void oneEpochReadsNearlyAllOfTheText() {
    int[] text = IntStream.range(0, 500).toArray();
    Batches b = new Batches(text, T, N, 4);
    long distinct =
        IntStream.range(0, (int) b.stepsPerEpoch())
            .flatMap(s -> Arrays.stream(at(b, s)))
            .distinct()
            .count();
    assertTrue(distinct >= 500 - N * T, "read only " + distinct);
  }

  @Test
  void refusesTextShorterThanOneWindow() {
    CommandException e =
        assertThrows(CommandException.class, () -> new Batches(new int[T * N], T, N, 1));
    assertEquals(2, e.exitCode());
    assertTrue(e.getMessage().contains("lower --batch or --window"), e.getMessage());
    assertEquals(1, new Batches(new int[T * N + 1], T, N, 1).stepsPerEpoch());
    assertThrows(CommandException.class, () -> Validation.streams(T, T, N));
    assertEquals(1, Validation.streams(T + 1, T, N));
    assertEquals(N, Validation.streams(1000, T, N));
  }
}
