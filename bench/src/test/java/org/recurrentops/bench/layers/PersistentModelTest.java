package org.recurrentops.bench.layers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.recurrentops.MathMode;
import org.recurrentops.bench.layers.PersistentModel.Step;

class PersistentModelTest {
  private static final PersistentModel MODEL = PersistentModel.H200;

  /** Whatever the cell, the mode and the direction: weights from memory are never for nothing. */
  @Test
  void aStepTakesNoLessTimeWithMoreWeightsInMemory() {
    for (String text :
        List.of(
            "lstm-t50n1c768h768",
            "lstm-t50n16c1024h1024",
            "gru-t50n33c1024h1024",
            "vanilla-t50n64c1760h1760")) {
      LayerShape s = LayerShape.parse(text);
      for (MathMode mode : MathMode.values()) {
        for (boolean backward : new boolean[] {false, true}) {
          Step before = MODEL.streaming(PersistentModel.NEVER).step(s, mode, backward);
          assertEquals(0, before.streamed());
          for (int percent = 0; percent <= 100; percent += 5) {
            Step step = MODEL.streaming(percent).step(s, mode, backward);
            String what = text + " " + mode + (backward ? " backward " : " ") + percent + " %";
            assertTrue(step.streamed() >= before.streamed(), what);
            assertTrue(100 * step.streamed() >= percent, what + ": " + step);
            assertTrue(step.micros() >= before.micros() - 1e-9, what + ": " + before + step);
            before = step;
          }
          double onChip = MODEL.step(s, mode, backward).micros();
          assertTrue(before.micros() > onChip, text + " " + mode + " all from memory");
        }
      }
    }
  }

  /** Half of the weights at most, and those of a loop alone only. */
  @Test
  void whatDoesNotFitIsReadFromMemory() {
    LayerShape s = LayerShape.parse("lstm-t50n16c1536h1536");
    LayerShape last = LayerShape.parse("lstm-t50n16c1728h1728");
    LayerShape beyond = LayerShape.parse("lstm-t50n16c1732h1732");
    Step backward = MODEL.step(s, MathMode.FP32, true);
    assertTrue(backward.streamed() > 0.1 && backward.streamed() <= 0.5, backward.toString());
    assertTrue(MODEL.millis(last, Pass.TRAINING, MathMode.FP32).isPresent());
    assertTrue(MODEL.millis(beyond, Pass.TRAINING, MathMode.FP32).isEmpty());
    assertTrue(Double.isNaN(new StripModel(MODEL, 2, false).step(s, true).micros()), "roles");
    LayerShape half = LayerShape.parse("lstm-t50n16c2432h2432");
    assertTrue(MODEL.step(half, MathMode.BF16, true).streamed() > 0);
    assertTrue(MODEL.millis(half, Pass.TRAINING, MathMode.BF16).isPresent());
    LayerShape larger = LayerShape.parse("lstm-t50n16c2496h2496");
    assertTrue(MODEL.millis(larger, Pass.TRAINING, MathMode.BF16).isEmpty());
  }

  /** L2 holds 50 MB, of which 40 count; beyond, words come at the speed of memory. */
  @Test
  void whatL2DoesNotHoldTakesLonger() {
    double within = MODEL.streaming(39e6, 1);
    assertEquals(39 / 5.5, within, 1e-9);
    assertEquals(2 * within, MODEL.streaming(39e6, 2), 1e-9);
    assertEquals(41 / 4.8, MODEL.streaming(41e6, 1), 1e-9);
  }
}
