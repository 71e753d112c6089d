package org.recurrentops.gpu;

import org.recurrentops.RnnSpec;

/**
 * Multiplies an inner layer's output, or its gradient, by the mask of its layer, in place. Key and
 * step number are those of the run, brought by {@link RunRandom}.
 */
final class Dropout implements Work {
  private final LaunchArguments arguments;
  private final int groups;
  private final int groupSize;

  /** Of all steps. */
  Dropout(WorkList list, CallMemory memory, Rows x, int layer) {
    this(list, memory, x, layer, 0);
  }

  /**
   * Of some steps.
   *
   * @param x their rows
   * @param first step of x
   */
  Dropout(WorkList list, CallMemory memory, Rows x, int layer, int first) {
    RnnSpec spec = memory.spec;
    float p = spec.dropout();
    long threshold = (long) Math.floor(p * 4294967296.0);
    Bindings b =
        new Bindings()
            .put("x", x.at())
            .put("rows", memory.batch)
            .put("steps", Math.toIntExact(x.outerCount()))
            .put("first", first)
            .put("width", x.width())
            .put("layer", layer)
            .put("random", memory.scratch(memory.layout.random))
            .put("threshold", (int) threshold)
            .put("drops_all", p >= 1)
            .put("scale", p >= 1 ? 0 : memory.layout.wide ? 1 / (1 - (double) p) : 1 / (1 - p));
    arguments = b.arguments(list.device(), Kernels.DROPOUT);
    groups = list.groups(x.count() * ((x.width() + 3) / 4));
    groupSize = list.groupSize();
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
