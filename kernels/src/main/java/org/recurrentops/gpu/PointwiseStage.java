package org.recurrentops.gpu;

/** A kernel of one step, one work-item per row and unit. */
final class PointwiseStage implements Stage {
  private final LaunchArguments arguments;
  private final int t;
  private final int groups;
  private final int groupSize;

  PointwiseStage(WorkList list, CallMemory memory, Bindings bindings, KernelId kernel) {
    this(list, memory, bindings, kernel, width(memory, kernel));
  }

  /** With the columns of what it works on. */
  PointwiseStage(WorkList list, CallMemory memory, Bindings bindings, KernelId kernel, int width) {
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
