package org.recurrentops.gpu;

/** A kernel of one step, one work-item per row and unit. */
final class PointwiseStage implements Stage {
  private final LaunchArguments arguments;
  private final int t;
  private final int groups;
  private final int groupSize;

  PointwiseStage(WorkList list, CallMemory memory, Bindings bindings, KernelId kernel) {
    arguments = bindings.arguments(list.device(), kernel, "t");
    t = kernel.index("t");
    String last = kernel.parameters().get(kernel.parameters().size() - 1).name();
    int width = last.equals("width") ? memory.spec.stateSize() : memory.spec.hiddenSize();
    groups = list.groups(memory.plane(width));
    groupSize = list.groupSize();
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
