package org.recurrentops.gpu;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The time loops that share launches, with what the input gives to the lowest layer: at once, or in
 * {@link Segments} where backward computes steps again, all loops a segment together.
 */
final class SharedLoops {
  private final CallMemory memory;
  private final Recurrence recurrence;
  private final InputProjection input;
  private final List<Loop> loops;
  private final int lowest;

  /**
   * Of some loops.
   *
   * @param loops the lowest layer first
   */
  SharedLoops(CallMemory memory, Recurrence recurrence, InputProjection input, List<Loop> loops) {
    this.memory = memory;
    this.recurrence = recurrence;
    this.input = input;
    this.loops = loops;
    this.lowest = loops.get(0).layer();
  }

  /**
   * Adds them forward.
   *
   * @param rows the lowest layer's input; null for indices
   */
  void forward(WorkList list, Rows rows) {
    boolean keeps = memory.layout.recompute > 0;
    for (int i = 0; i < Segments.count(memory); i++) {
      recurrence.together(list, during(list, i, rows, keeps, keeps), true);
    }
  }

  /** Adds them in reverse time, each segment after its steps are computed again. */
  void backward(WorkList list) {
    boolean again = memory.layout.recompute > 0;
    for (int i = Segments.count(memory) - 1; i >= 0; i--) {
      List<Loop> now = loops;
      if (again) {
        now = during(list, i, input.rows(memory, lowest), true, false);
        recurrence.together(list, now, true);
      }
      List<Loop> highestFirst = new ArrayList<>(now);
      if (now.get(now.size() - 1).layer() > lowest) {
        Collections.reverse(highestFirst);
      }
      recurrence.together(list, highestFirst, false);
    }
  }

  /** The loops over a segment; adds what precedes them. */
  private List<Loop> during(WorkList list, int i, Rows rows, boolean cuts, boolean forward) {
    List<Loop> now = new ArrayList<>();
    for (Loop loop : loops) {
      Segments own = new Segments(loop.memory(), recurrence, input, loop.layer(), loop.direction());
      CallMemory during = loop.memory().during(own.span(i));
      Bindings b = loop.bindings();
      if (cuts) {
        own.checkpoint(list, b, during.span, forward);
        b = Segments.during(during, forward ? b : own.withoutOutput(b));
      }
      if (loop.layer() == lowest) {
        input.add(list, during, b, rows, loop.layer(), loop.direction());
      }
      now.add(new Loop(during, b, loop.layer(), loop.direction()));
    }
    return now;
  }
}
