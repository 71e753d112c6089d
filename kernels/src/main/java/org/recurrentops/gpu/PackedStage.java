package org.recurrentops.gpu;

import java.util.Map;
import org.recurrentops.gpu.Compaction.Place;

/**
 * A kernel of one step over the rows that have not ended, a work-item per row and unit or a
 * work-group per row. The kernel is that of {@link PointwiseStage} and {@link RowWiseStage}: it
 * sees a batch of these rows at t = 0, its buffers moved to where they lie.
 */
final class PackedStage implements Stage {
  /** Parameters that are the distance of two steps, and what has it. */
  private static final Map<String, String> STEPS =
      Map.of(
          "c_step", "c_seq",
          "q_step", "q_seq",
          "s_step", "s_seq",
          "m_step", "m_seq",
          "state_step", "state",
          "y_step", "y",
          "dy_step", "dy");

  private final Compaction compaction;
  private final PackedArguments arguments;
  private final long itemsPerRow;
  private final int groupSize;

  private PackedStage(
      CallMemory memory, PackedArguments arguments, long itemsPerRow, int groupSize) {
    this.compaction = memory.compaction;
    this.arguments = arguments;
    this.itemsPerRow = itemsPerRow;
    this.groupSize = groupSize;
  }

  /** One work-item per row and column. */
  static PackedStage pointwise(
      WorkList list, CallMemory memory, Bindings bindings, KernelId kernel, int width) {
    PackedArguments a = arguments(list, memory, bindings, kernel, width);
    return new PackedStage(memory, a, width, list.groupSize());
  }

  /** One work-group per row. */
  static PackedStage rowWise(WorkList list, CallMemory memory, Bindings bindings, KernelId kernel) {
    int size = list.rowGroupSize(memory.spec.hiddenSize());
    PackedArguments a = arguments(list, memory, bindings, kernel, memory.spec.hiddenSize());
    return new PackedStage(memory, a.local(size * Float.BYTES), size, size);
  }

  /** dst += src of the rows of a step, which are those of states that all steps share. */
  static PackedStage sum(WorkList list, CallMemory memory, Address src, Address dst, int width) {
    Bindings b = new Bindings().put("src", src).put("dst", dst).put("scale", 1f);
    b.put("src_outer", 0L).put("src_row", (long) width).put("dst_outer", 0L);
    b.put("dst_row", (long) width).put("inner", Math.max(1, memory.batch)).put("width", width);
    PackedArguments a =
        new PackedArguments(list, memory.compaction, Kernels.ADD_ROWS, b, "rows")
            .move("src", src, Place.ROW, width)
            .move("dst", dst, Place.ROW, width);
    return new PackedStage(memory, a, width, list.groupSize());
  }

  /**
   * A block whose buffers lie where those of a step do, its number of rows unset.
   *
   * @param width columns of what the kernel works on, where its parameters do not say so
   */
  static PackedArguments arguments(
      WorkList list, CallMemory memory, Bindings bindings, KernelId kernel, int width) {
    Bindings b = new Bindings(bindings).put("t", 0);
    PackedArguments a = new PackedArguments(list, memory.compaction, kernel, b, "rows");
    boolean reverse = ((Integer) bindings.value("reverse")) != 0;
    for (KernelId.Parameter p : kernel.parameters()) {
      String name = p.name();
      if (p.type().isBuffer()) {
        Place place = place(name, memory, b, reverse);
        a.move(name, b.address(name), place, rowWidth(name, memory, b, width));
      } else if (STEPS.containsKey(name) && number(b, name) != 0) {
        a.stride(name, rowWidth(STEPS.get(name), memory, b, width));
      }
    }
    return a;
  }

  private static long number(Bindings b, String name) {
    return ((Number) b.value(name)).longValue();
  }

  /** Where the rows of a step lie in what a kernel calls so. */
  private static Place place(String name, CallMemory memory, Bindings b, boolean reverse) {
    switch (name) {
      case "gates":
      case "dgates":
      case "drecurrent":
      case "dargs":
      case "drecurrent_args":
      case "normal_ih":
      case "normal_hh":
      case "normal_c":
      case "inverses":
      case "dcell":
      case "fresh":
      case "dh_seq":
      case "marks":
      case "y":
      case "dy":
        return Place.STEP;
      case "q_seq":
      case "s_seq":
      case "m_seq":
        return memory.layout.training ? Place.STEP : Place.FIXED;
      case "c_fresh":
        boolean own = memory.layout.training && memory.spec.cellOptions().zoneoutCell() > 0;
        return own ? Place.STEP : reverse ? Place.SLOT : Place.NEXT_SLOT;
      case "h_seq":
      case "state":
        return Place.SLOT;
      case "c_seq":
        return number(b, "c_step") == 0 ? Place.ROW : Place.SLOT;
      case "dh":
      case "dc":
      case "d":
      case "kept":
        return Place.ROW;
      case "dm":
        return b.address("dm").equals(b.address("dh_seq")) ? Place.STEP : Place.FIXED;
      default:
        return Place.FIXED; // of one step only, of no row, or the caller's, found by the marks
    }
  }

  private static long rowWidth(String name, CallMemory memory, Bindings b, int width) {
    switch (name) {
      case "gates":
      case "dgates":
      case "drecurrent":
      case "dargs":
      case "drecurrent_args":
      case "normal_ih":
      case "normal_hh":
        return memory.gateRows();
      case "inverses":
        return 3;
      case "marks":
        return 1;
      case "y":
        return number(b, "y_row");
      case "dy":
        return number(b, "dy_row");
      case "h_seq":
      case "dh_seq":
      case "dh":
        return memory.spec.stateSize();
      case "state":
      case "fresh":
      case "d":
      case "kept":
        return width;
      default:
        return memory.spec.hiddenSize();
    }
  }

  @Override
  public void enqueue(DeviceQueue queue, int t) {
    int rows = compaction.active(t);
    arguments.place(t, rows);
    long items = rows * itemsPerRow;
    int groups = Math.toIntExact((items + groupSize - 1) / groupSize);
    arguments.block().launch(queue, groups, 1, groupSize);
  }

  @Override
  public void close() {
    arguments.close();
  }
}
