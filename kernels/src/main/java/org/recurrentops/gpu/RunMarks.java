package org.recurrentops.gpu;

import org.recurrentops.Tensor;
import org.recurrentops.spi.RunState;

/**
 * Marks in the plan's memory which steps of a run are valid: all, or those below lengths that are
 * read from a caller's tensor or carried from the host as kernel arguments, sixteen per launch, so
 * that no host memory must outlive the call and nothing waits.
 */
final class RunMarks implements RunInput {
  private static final int PER_LAUNCH = 16;

  private final LaunchArguments fill;
  private final LaunchArguments set;
  private final LaunchArguments mark;
  private final boolean deviceLengths;
  private final int batch;
  private final int groups;
  private final int groupSize;
  private final long base;
  private final int lengthsIndex;
  private final int countIndex;
  private final int firstValueIndex;

  RunMarks(WorkList list, CallMemory memory, Tensor lengthsTensor) {
    batch = memory.batch;
    groups = list.groups((memory.steps + 1L) * batch);
    groupSize = list.groupSize();
    deviceLengths = lengthsTensor != null;
    Address lengths = memory.lengths();
    base = lengths.offset();
    KernelId words = Kernels.SET_LENGTHS;
    lengthsIndex = words.index("lengths");
    countIndex = words.index("count");
    firstValueIndex = words.index("v0");
    Bindings b = new Bindings().put("marks", memory.marks()).put("row_marks", memory.rowMarks());
    b.put("rows", batch).put("steps", memory.steps);
    b.put("src", deviceLengths ? Address.of(lengthsTensor) : lengths);
    b.put("src_row", deviceLengths ? lengthsTensor.stride(0) : 1L);
    mark = b.arguments(list.device(), Kernels.MARK_LENGTHS);
    fill = b.arguments(list.device(), Kernels.FILL_MARKS);
    set = list.device().prepare(words);
    set.set(lengthsIndex, lengths.buffer(), base);
  }

  @Override
  public void enqueue(DeviceQueue queue, RunState state) {
    if (!deviceLengths && !state.hasLengths()) {
      fill.launch(queue, groups, 1, groupSize);
      return;
    }
    if (!deviceLengths) {
      carry(queue, state.lengths());
    }
    mark.launch(queue, groups, 1, groupSize);
  }

  private void carry(DeviceQueue queue, int[] lengths) {
    for (int n = 0; n < batch; n += PER_LAUNCH) {
      set.setOffset(lengthsIndex, base + n);
      set.setInt(countIndex, Math.min(PER_LAUNCH, batch - n));
      for (int k = 0; k < PER_LAUNCH; k++) {
        set.setInt(firstValueIndex + k, n + k < batch ? lengths[n + k] : 0);
      }
      set.launch(queue, 1, 1, PER_LAUNCH);
    }
  }

  @Override
  public void close() {
    mark.close();
    fill.close();
    set.close();
  }
}
