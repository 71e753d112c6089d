package org.recurrentops.gpu;

import java.util.Arrays;
import org.recurrentops.Tensor;
import org.recurrentops.spi.RunState;

/**
 * Marks in the plan's memory which steps of a run are valid: all, those below lengths, or those of
 * a mask. Lengths and masks are read from a caller's tensor, or carried from the host as kernel
 * arguments, so that no host memory must outlive the call and nothing waits.
 */
final class RunMarks implements RunInput {
  /** Lengths that one launch carries; a mask has 32 steps in each word. */
  private static final int WORDS = 16;

  private static final int STEPS_PER_WORD = 32;

  private final int batch;
  private final int sites;
  private final boolean deviceLengths;
  private final boolean deviceMask;
  private final int rowGroups;
  private final int siteGroups;
  private final int groups;
  private final int groupSize;
  private final LaunchArguments fill;
  private final LaunchArguments mark;
  private final LaunchArguments link;
  private final LaunchArguments read;
  private final Words lengths;
  private final Words mask;
  private final int[] carried = new int[WORDS];

  RunMarks(WorkList list, CallMemory memory, Tensor lengthsTensor, Tensor maskTensor) {
    batch = memory.batch;
    sites = Math.toIntExact(memory.rows());
    deviceLengths = lengthsTensor != null;
    deviceMask = maskTensor != null;
    rowGroups = list.groups(batch);
    siteGroups = list.groups(sites);
    groups = list.groups(sites + (long) batch);
    groupSize = list.groupSize();
    Device device = list.device();
    Bindings b = new Bindings().put("marks", memory.marks()).put("row_marks", memory.rowMarks());
    b.put("rows", batch).put("steps", memory.steps);
    b.put("src", deviceLengths ? Address.of(lengthsTensor) : memory.lengths());
    b.put("src_row", deviceLengths ? lengthsTensor.stride(0) : 1L);
    mark = b.arguments(device, Kernels.MARK_LENGTHS);
    fill = b.arguments(device, Kernels.FILL_MARKS);
    link = b.arguments(device, Kernels.LINK_MARKS);
    read = deviceMask ? mask(b, maskTensor).arguments(device, Kernels.READ_MASK) : null;
    lengths = new Words(device, Kernels.SET_LENGTHS, "lengths", memory.lengths());
    mask = new Words(device, Kernels.SET_MASK, "marks", memory.marks());
  }

  private static Bindings mask(Bindings b, Tensor mask) {
    return b.put("mask", Address.of(mask))
        .put("mask_step", mask.stride(0))
        .put("mask_row", mask.stride(1));
  }

  @Override
  public void enqueue(DeviceQueue queue, RunState state) {
    if (deviceMask || state.mask() != null) {
      if (deviceMask) {
        launch(read, queue, siteGroups);
      } else {
        carryMask(queue, state.mask());
      }
      launch(link, queue, rowGroups);
    } else if (deviceLengths || state.hasLengths()) {
      if (!deviceLengths) {
        carryLengths(queue, state.lengths());
      }
      launch(mark, queue, groups);
    } else {
      launch(fill, queue, groups);
    }
  }

  private void launch(LaunchArguments kernel, DeviceQueue queue, int count) {
    if (count > 0) {
      kernel.launch(queue, count, 1, groupSize);
    }
  }

  private void carryLengths(DeviceQueue queue, int[] values) {
    for (int n = 0; n < batch; n += WORDS) {
      for (int k = 0; k < WORDS; k++) {
        carried[k] = n + k < batch ? values[n + k] : 0;
      }
      lengths.launch(queue, carried, n, Math.min(WORDS, batch - n), WORDS);
    }
  }

  private void carryMask(DeviceQueue queue, byte[] values) {
    int perLaunch = WORDS * STEPS_PER_WORD;
    for (int from = 0; from < sites; from += perLaunch) {
      int count = Math.min(perLaunch, sites - from);
      Arrays.fill(carried, 0);
      for (int i = 0; i < count; i++) {
        if (values[from + i] != 0) {
          carried[i / STEPS_PER_WORD] |= 1 << i % STEPS_PER_WORD;
        }
      }
      mask.launch(queue, carried, from, count, groupSize);
    }
  }

  @Override
  public void close() {
    mark.close();
    fill.close();
    link.close();
    lengths.close();
    mask.close();
    if (read != null) {
      read.close();
    }
  }

  /** A kernel whose last arguments are sixteen words of values. */
  private static final class Words {
    private final LaunchArguments arguments;
    private final Address target;
    private final int targetIndex;
    private final int countIndex;
    private final int firstIndex;

    Words(Device device, KernelId kernel, String name, Address target) {
      this.target = target;
      targetIndex = kernel.index(name);
      countIndex = kernel.index("count");
      firstIndex = kernel.index("v0");
      arguments = device.prepare(kernel);
      arguments.set(targetIndex, target.buffer(), target.offset());
    }

    void launch(DeviceQueue queue, int[] words, int from, int count, int groupSize) {
      arguments.setOffset(targetIndex, target.offset(), from);
      arguments.setInt(countIndex, count);
      for (int k = 0; k < WORDS; k++) {
        arguments.setInt(firstIndex + k, words[k]);
      }
      arguments.launch(queue, (count + groupSize - 1) / groupSize, 1, groupSize);
    }

    void close() {
      arguments.close();
    }
  }
}
