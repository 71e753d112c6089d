package org.recurrentops.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The chunks that the model chooses, against trying all. */
class WaveModelTest {
  private static final Overlap MODEL = new Overlap(true, Overlap.MODEL);

  @ParameterizedTest
  @CsvSource({"33, 2, 2", "100, 2, 2", "257, 3, 2", "1000, 4, 4", "200, 2, 1", "64, 9, 2"})
  void chunksAreNearTheBest(int steps, int layers, int launches) {
    int together = Math.min(layers, WaveModel.MOST_LAYERS);
    Chunks chosen = WaveModel.chunks(steps, layers, launches, MODEL);
    long best = Long.MAX_VALUE;
    for (int length = 1; length <= steps; length++) {
      best = Math.min(best, WaveModel.inWave(new Chunks(steps, length), together, launches));
    }
    long got = WaveModel.inWave(chosen, together, launches);
    assertTrue(chosen.count() > 1 && got <= 1.1 * best, chosen + " takes " + got + ", not " + best);
    assertTrue(got < WaveModel.inTurn(steps, together, launches), chosen.toString());
  }

  /** T = 100, L = 2, s = 2: K = √(3·100/2) = 12; 9 + 2 − 1 chunks of 27 launches. */
  @Test
  void countsWhatIsLaunchedInARow() {
    Chunks chunks = WaveModel.chunks(100, 2, 2, MODEL);
    assertEquals(new Chunks(100, 12), chunks);
    assertEquals(270, WaveModel.inWave(chunks, 2, 2));
    assertEquals(400, WaveModel.inTurn(100, 2, 2));
  }

  @ParameterizedTest
  @CsvSource({"0, 2", "1, 2", "4, 2", "1000, 1"})
  void doesNotCutWhatDoesNotPay(int steps, int layers) {
    assertEquals(1, WaveModel.chunks(steps, layers, 2, MODEL).count());
    assertEquals(1, WaveModel.chunks(steps, layers, 2, Overlap.NONE).count());
  }

  /** Every step is in one chunk, in both directions, chunk 0 first in the loop's order. */
  @ParameterizedTest
  @CsvSource({"7, 3", "9, 3", "1, 1", "33, 32", "5, 9"})
  void chunksCoverEachStepOnce(int steps, int length) {
    Chunks chunks = new Chunks(steps, length);
    int up = 0;
    int down = steps;
    for (int k = 0; k < chunks.count(); k++) {
      Span forward = chunks.span(k, false);
      Span backward = chunks.span(k, true);
      assertEquals(up, forward.first());
      assertEquals(down, backward.end());
      up += forward.count();
      down -= backward.count();
    }
    assertEquals(steps, up);
    assertEquals(0, down);
  }
}
