package org.recurrentops.gpu;

import org.recurrentops.gpu.Compaction.Place;

/**
 * Multiplies an inner layer's output, or its gradient, by the mask of its layer, in place. Key and
 * step number are those of the run, brought by {@link RunRandom}.
 */
final class Dropout implements Work {
  private final LaunchArguments arguments;
  private final int groups;
  private final int groupSize;

  /**
   * Adds the mask to the steps of the memory's span.
   *
   * @param x rows of all steps
   */
  static void add(WorkList list, CallMemory memory, Rows x, int layer) {
    if (memory.compacts()) {
      packed(list, memory, x, layer);
      return;
    }
    Span span = memory.span;
    Rows part = x.steps(span.first(), span.count());
    list.add(new Dropout(list, memory, part, layer, span.first()));
  }

  /** Of rows that have not ended, which know their steps and rows. */
  private static void packed(WorkList list, CallMemory memory, Rows x, int layer) {
    Address marks = memory.places().address("sites");
    Bindings b = bindings(memory, x, layer).put("steps", 1).put("first", 0);
    b.put("marks", marks).put("batch", memory.batch);
    PackedArguments a =
        new PackedArguments(list, memory.compaction, Kernels.DROPOUT, b, "rows")
            .move("x", x.at(), Place.STEP, x.width())
            .move("marks", marks, Place.STEP, 1);
    PackedWork.elementwise(list, memory, a, (x.width() + 3) / 4);
  }

  /**
   * Of some steps.
   *
   * @param x their rows
   * @param first step of x
   */
  private Dropout(WorkList list, CallMemory memory, Rows x, int layer, int first) {
    Bindings b =
        bindings(memory, x, layer)
            .put("rows", memory.batch)
            .put("steps", Math.toIntExact(x.outerCount()))
            .put("first", first)
            .put("marks", memory.marks())
            .put("batch", 0);
    arguments = b.arguments(list.device(), Kernels.DROPOUT);
    groups = list.groups(x.count() * ((x.width() + 3) / 4));
    groupSize = list.groupSize();
  }

  private static Bindings bindings(CallMemory memory, Rows x, int layer) {
    float p = memory.spec.dropout();
    long threshold = (long) Math.floor(p * 4294967296.0);
    return new Bindings()
        .put("x", x.at())
        .put("width", x.width())
        .put("layer", layer)
        .put("random", memory.scratch(memory.layout.random))
        .put("threshold", (int) threshold)
        .put("drops_all", p >= 1)
        .put("scale", p >= 1 ? 0 : memory.layout.wide ? 1 / (1 - (double) p) : 1 / (1 - p));
  }

  @Override
  public void enqueue(DeviceQueue queue, boolean ragged) {
    arguments.launch(queue, groups, 1, groupSize);
  }

  @Override
  public void close() {
    arguments.close();
  }
}
