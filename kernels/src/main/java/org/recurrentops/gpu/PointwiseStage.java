package org.recurrentops.gpu;

/** A kernel of one step, one work-item per row and unit. */
final class PointwiseStage implements Stage {
  private final LaunchArguments arguments;
  private final int t;
  private final int groups;
  private final int groupSize;

  /** Over all rows, or over those that have not ended. */
  static Stage of(WorkList list, CallMemory memory, Bindings bindings, KernelId kernel) {
    return of(list, memory, bindings, kernel, width(memory, kernel));
  }

  /** With the columns of what it works on. */
  static Stage of(WorkList list, CallMemory memory, Bindings bindings, KernelId kernel, int width) {
    return memory.compacts()
        ? PackedStage.pointwise(list, memory, bindings, kernel, width)
        : new PointwiseStage(list, memory, bindings, kernel, width);
  }

  private PointwiseStage(
      WorkList list, CallMemory memory, Bindings bindings, KernelId kernel, int width) {
    arguments = bindings.arguments(list.device(), kernel, "t");
    t = kernel.index("t");
    groups = list.groups(memory.plane(width));
    groupSize = list.groupSize();
  }

  private static int width(CallMemory memory, KernelId kernel) {
    String last = kernel.parameters().get(kernel.parameters().size() - 1).name();
    return last.equals("width") ? memory.spec.stateSize() : memory.spec.hiddenSize();
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
