package org.recurrentops.gpu;

/** A kernel of one step, one work-group per row of the batch. */
final class RowWiseStage implements Stage {
  private final LaunchArguments arguments;
  private final int t;
  private final int groups;
  private final int groupSize;

  /** Over all rows, or over those that have not ended. */
  static Stage of(WorkList list, CallMemory memory, Bindings bindings, KernelId kernel) {
    return memory.compacts()
        ? PackedStage.rowWise(list, memory, bindings, kernel)
        : new RowWiseStage(list, memory, bindings, kernel);
  }

  private RowWiseStage(WorkList list, CallMemory memory, Bindings bindings, KernelId kernel) {
    groups = memory.batch;
    groupSize = list.rowGroupSize(memory.spec.hiddenSize());
    t = kernel.index("t");
    arguments = bindings.arguments(list.device(), kernel, "t").local(groupSize * Float.BYTES);
  }

  @Override
  public void enqueue(DeviceQueue queue, int step) {
    arguments.setInt(t, step);
    arguments.launch(queue, groups, 1, groupSize);
  }

  @Override
  public void close() {
    arguments.close();
  }
}
