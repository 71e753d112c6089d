package org.recurrentops.gpu;

import java.util.ArrayList;
import java.util.List;
import org.recurrentops.gpu.Compaction.Place;

/**
 * The argument block of a kernel over rows that a {@link Compaction} has brought together: buffers
 * move with the step, counts are those of the run. Kernels see rows of one step, t = 0 of a batch
 * of as many rows as the step has.
 */
final class PackedArguments {
  private final LaunchArguments arguments;
  private final Compaction compaction;
  private final List<Moving> moving = new ArrayList<>();
  private final List<Stride> strides = new ArrayList<>();
  private final int rows;
  private final boolean longRows;
  private final int first;

  /** A buffer whose rows are so many elements wide. */
  private record Moving(int index, Address at, Place place, long width, boolean ints) {}

  /** A parameter that is the distance of slots. */
  private record Stride(int index, long width) {}

  /** Of a kernel that all of {@code b} is bound to; its number of rows is set per launch. */
  PackedArguments(WorkList list, Compaction compaction, KernelId kernel, Bindings b, String rows) {
    this.compaction = compaction;
    Bindings own = new Bindings(b);
    first = position(kernel, "first_rows");
    if (first >= 0) {
      own.put("first_rows", 0);
    }
    arguments = own.arguments(list.device(), kernel, rows);
    this.rows = kernel.index(rows);
    longRows = kernel.parameters().get(this.rows).type() == KernelId.Type.LONG;
  }

  private static int position(KernelId kernel, String name) {
    for (int i = 0; i < kernel.parameters().size(); i++) {
      if (kernel.parameters().get(i).name().equals(name)) {
        return i;
      }
    }
    return -1;
  }

  /** With local memory. */
  PackedArguments local(int bytes) {
    arguments.local(bytes);
    return this;
  }

  /** Makes a buffer follow the step; not if it has no place in a sequence. */
  PackedArguments move(String name, Address at, Place place, long width) {
    if (place != Place.FIXED) {
      int index = arguments.kernel().index(name);
      boolean ints = arguments.kernel().parameters().get(index).type().isInts();
      moving.add(new Moving(index, at, place, width, ints));
    }
    return this;
  }

  /** Makes a parameter the distance between the slots of a state sequence. */
  PackedArguments stride(String name, long width) {
    strides.add(new Stride(arguments.kernel().index(name), width));
    return this;
  }

  /** The block, for parameters that are set per launch. */
  LaunchArguments block() {
    return arguments;
  }

  /** Sets what follows the step and the number of rows. */
  void place(int t, int count) {
    for (int i = 0; i < moving.size(); i++) {
      Moving m = moving.get(i);
      long by = compaction.row(m.place, t) * m.width;
      arguments.setOffset(
          m.index, m.at.offset() + (m.ints ? 0 : by), m.at.numbers() + (m.ints ? by : 0));
    }
    for (int i = 0; i < strides.size(); i++) {
      arguments.setLong(strides.get(i).index, count * strides.get(i).width);
    }
    if (longRows) {
      arguments.setLong(rows, count);
    } else {
      arguments.setInt(rows, count);
    }
    if (first >= 0) {
      arguments.setInt(first, compaction.first());
    }
  }

  void close() {
    arguments.close();
  }
}
