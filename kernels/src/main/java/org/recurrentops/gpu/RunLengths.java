package org.recurrentops.gpu;

import org.recurrentops.Tensor;
import org.recurrentops.spi.RunState;

/**
 * Brings a run's lengths into the plan's memory: filled with T, clamped from a caller's tensor, or
 * carried from the host as kernel arguments, sixteen per launch, so that no host memory must
 * outlive the call and nothing waits.
 */
final class RunLengths implements Work {
  private static final int PER_LAUNCH = 16;

  private final LaunchArguments fill;
  private final LaunchArguments set;
  private final LaunchArguments clamp;
  private final int batch;
  private final int groups;
  private final int groupSize;
  private final long base;
  private final int lengthsIndex;
  private final int countIndex;
  private final int firstValueIndex;

  RunLengths(WorkList list, CallMemory memory, Tensor deviceLengths) {
    batch = memory.batch;
    groups = list.groups(batch);
    groupSize = list.groupSize();
    Address lengths = memory.lengths();
    base = lengths.offset();
    Bindings b = new Bindings().put("lengths", lengths).put("rows", batch);
    b.put("value", memory.steps).put("steps", memory.steps);
    KernelId words = Kernels.SET_LENGTHS;
    lengthsIndex = words.index("lengths");
    countIndex = words.index("count");
    firstValueIndex = words.index("v0");
    if (deviceLengths != null) {
      b.put("src", Address.of(deviceLengths)).put("src_row", deviceLengths.stride(0));
      clamp = b.arguments(list.device(), Kernels.CLAMP_LENGTHS);
      fill = null;
      set = null;
      return;
    }
    clamp = null;
    fill = b.arguments(list.device(), Kernels.FILL_LENGTHS);
    set = list.device().prepare(words);
    set.set(lengthsIndex, lengths.buffer(), base);
  }

  @Override
  public void enqueue(DeviceQueue queue, RunState state) {
    if (clamp != null) {
      clamp.launch(queue, groups, 1, groupSize);
    } else if (!state.hasLengths()) {
      fill.launch(queue, groups, 1, groupSize);
    } else {
      int[] lengths = state.lengths();
      for (int n = 0; n < batch; n += PER_LAUNCH) {
        set.setOffset(lengthsIndex, base + n);
        set.setInt(countIndex, Math.min(PER_LAUNCH, batch - n));
        for (int k = 0; k < PER_LAUNCH; k++) {
          set.setInt(firstValueIndex + k, n + k < batch ? lengths[n + k] : 0);
        }
        set.launch(queue, 1, 1, PER_LAUNCH);
      }
    }
  }

  @Override
  public void close() {
    if (clamp != null) {
      clamp.close();
    } else {
      fill.close();
      set.close();
    }
  }
}
