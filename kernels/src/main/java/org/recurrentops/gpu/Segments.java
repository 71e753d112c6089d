package org.recurrentops.gpu;

/**
 * The time loop of one layer and direction with what the input gives to it: at once, or in segments
 * where backward computes steps again. Then the reserve holds the state before the first step of
 * each segment; gates have places for one segment, which each one overwrites; states, and what the
 * cell saves, have them for all steps, since the gradients of the weights read them at the end.
 */
final class Segments {
  private final CallMemory memory;
  private final Recurrence recurrence;
  private final InputProjection input;
  private final int layer;
  private final int direction;
  private final boolean reverse;

  Segments(
      CallMemory memory, Recurrence recurrence, InputProjection input, int layer, int direction) {
    this.memory = memory;
    this.recurrence = recurrence;
    this.input = input;
    this.layer = layer;
    this.direction = direction;
    this.reverse = memory.spec.direction().isReverse(direction);
  }

  /**
   * Adds the forward loop.
   *
   * @param rows the layer's input; null for indices
   */
  void forward(WorkList list, Bindings b, Rows rows) {
    if (memory.layout.recompute == 0) {
      input.add(list, memory, b, rows, layer, direction);
      recurrence.forward(list, memory, b, layer, direction);
      return;
    }
    CallMemory prepared = memory;
    for (int i = 0; i < count(memory); i++) {
      Span span = span(i);
      checkpoint(list, b, span, true);
      steps(list, prepared.during(span), b, rows);
      prepared = memory.withWeightsReady();
    }
  }

  /**
   * Adds the forward loop chunk by chunk, each after what completes its input.
   *
   * @param rows the layer's input, of which a chunk is complete when its list runs
   */
  void forward(Parts parts, Bindings b, Rows rows) {
    CallMemory prepared = memory;
    for (int k = 0; k < parts.count(); k++) {
      CallMemory during = prepared.during(parts.chunks().span(k, reverse));
      input.add(parts.list(k), during, b, rows, layer, direction);
      recurrence.forward(parts.list(k), during, b, layer, direction);
      prepared = memory.withWeightsReady();
    }
  }

  /** Adds the loop in reverse time chunk by chunk. */
  void backward(Parts parts, Bindings b) {
    CallMemory prepared = memory;
    for (int k = 0; k < parts.count(); k++) {
      CallMemory during = prepared.during(parts.chunks().span(k, !reverse));
      recurrence.backward(parts.list(k), during, b, layer, direction);
      prepared = memory.withWeightsReady();
    }
  }

  /** Adds all steps again, from what forward kept, for the states that they leave. */
  void again(WorkList list, Bindings b) {
    Bindings own = withoutOutput(b);
    CallMemory prepared = memory;
    for (int i = 0; i < count(memory); i++) {
      Span span = span(i);
      checkpoint(list, b, span, false);
      steps(list, prepared.during(span), own, input.rows(memory, layer));
      prepared = memory.withWeightsReady();
    }
  }

  /** Adds the loop in reverse time, each segment after its steps are computed again. */
  void backward(WorkList list, Bindings b) {
    if (memory.layout.recompute == 0) {
      recurrence.backward(list, memory, b, layer, direction);
      return;
    }
    Bindings own = withoutOutput(b);
    CallMemory prepared = memory;
    for (int i = count(memory) - 1; i >= 0; i--) {
      Span span = span(i);
      checkpoint(list, b, span, false);
      CallMemory during = prepared.during(span);
      Bindings again = steps(list, during, own, input.rows(memory, layer));
      recurrence.backward(list, during, again, layer, direction);
      prepared = memory.withWeightsReady();
    }
  }

  /** Of steps whose outputs are there. */
  Bindings withoutOutput(Bindings b) {
    Bindings own = new Bindings(b).put("has_y", false).put("y", memory.kept);
    return own.put("y_step", 0L).put("y_row", 0L).put("fill", 0f);
  }

  /** Adds the steps of a segment; returns the bindings whose gates are theirs. */
  private Bindings steps(WorkList list, CallMemory during, Bindings b, Rows rows) {
    Bindings own = during(during, b);
    input.add(list, during, own, rows, layer, direction);
    recurrence.forward(list, during, own, layer, direction);
    return own;
  }

  /** With the gates of a segment, where all steps have a place. */
  static Bindings during(CallMemory memory, Bindings b) {
    if (memory.layout.recompute == 0) {
      return b;
    }
    long before = memory.span.first() * memory.plane(memory.gateRows());
    return new Bindings(b).put("gates", b.address("gates").plus(-before));
  }

  /** How many there are. */
  static int count(CallMemory memory) {
    int length = memory.layout.segmentSteps;
    return (memory.steps + length - 1) / length;
  }

  /** One of them; they are counted as the loop takes them, so that all loops have the same. */
  Span span(int i) {
    int first = i * memory.layout.segmentSteps;
    int count = Math.min(memory.layout.segmentSteps, memory.steps - first);
    return new Span(reverse ? memory.steps - first - count : first, count);
  }

  /** Keeps the state before a segment, or brings it back. */
  void checkpoint(WorkList list, Bindings b, Span span, boolean keep) {
    int state = layer * memory.spec.direction().count() + direction;
    int index = (reverse ? memory.steps - span.end() : span.first()) / memory.layout.segmentSteps;
    int slot = reverse ? span.end() : span.first();
    int width = memory.spec.stateSize();
    Rows h =
        Rows.dense(b.address("h_seq").plus(slot * memory.plane(width)), 1, memory.batch, width);
    copy(list, h, memory.layout.hCheckpoint[state], index, keep);
    if (memory.spec.cell().hasCellState()) {
      int hidden = memory.spec.hiddenSize();
      Address at = b.address("c_seq").plus(slot * memory.plane(hidden));
      Rows c = Rows.dense(at, 1, memory.batch, hidden);
      copy(list, c, memory.layout.cCheckpoint[state], index, keep);
    }
  }

  private void copy(WorkList list, Rows state, long slice, int index, boolean keep) {
    Address at = memory.kept.plus(slice + index * memory.plane(state.width()));
    Rows kept = Rows.dense(at, 1, memory.batch, state.width());
    RowWork.copy(list, keep ? state : kept, keep ? kept : state);
  }
}
