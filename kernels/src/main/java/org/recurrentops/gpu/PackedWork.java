package org.recurrentops.gpu;

import org.recurrentops.gpu.Compaction.Place;

/** Adds what is done to rows that a {@link Compaction} has brought together to a list. */
final class PackedWork {
  private PackedWork() {}

  /** A kernel over the elements of the rows of the memory's span. */
  static void elementwise(
      WorkList list, CallMemory memory, PackedArguments arguments, long itemsPerRow) {
    Span span = memory.span;
    int size = list.groupSize();
    list.add(
        new Work() {
          @Override
          public void enqueue(DeviceQueue queue, boolean ragged) {
            int rows = memory.compaction.rows(span);
            if (rows > 0) {
              arguments.place(span.first(), rows);
              int groups = Math.toIntExact((rows * itemsPerRow + size - 1) / size);
              arguments.block().launch(queue, groups, 1, size);
            }
          }

          @Override
          public void close() {
            arguments.close();
          }
        });
  }

  /**
   * A kernel that takes a number of rows, over those of the memory's span, from the first one on.
   */
  static void rows(
      WorkList list, CallMemory memory, KernelId kernel, Bindings b, long itemsPerRow) {
    elementwise(list, memory, block(list, memory, kernel, b), itemsPerRow);
  }

  /** dst = the valid rows of a caller's tensor. */
  static void pack(WorkList list, CallMemory memory, Rows src, Address dst) {
    Bindings b =
        memory
            .places()
            .put("src", src.at())
            .put("src_step", src.outer())
            .put("src_row", src.row())
            .put("dst", dst)
            .put("width", src.width());
    elementwise(list, memory, block(list, memory, Kernels.PACK_ROWS, b), src.width());
  }

  /** dst[r, g·W + j] = src[r, j] for the W columns of src and every gate g. */
  static void repeatColumns(WorkList list, CallMemory memory, Rows src, Rows dst) {
    Bindings b = oneBatch(memory, src, dst).put("gates", dst.width() / src.width());
    b.put("width", src.width());
    elementwise(
        list, memory, moved(list, memory, Kernels.REPEAT_COLUMNS, b, src, dst), src.width());
  }

  /** dst[r, j] = or += the sum of src[r, g·W + j] over all gates g. */
  static void sumBlocks(WorkList list, CallMemory memory, Rows src, Rows dst, boolean accumulate) {
    Bindings b = oneBatch(memory, src, dst).put("gates", src.width() / dst.width());
    b.put("width", dst.width()).put("accumulate", accumulate);
    elementwise(list, memory, moved(list, memory, Kernels.SUM_BLOCKS, b, src, dst), dst.width());
  }

  /** Rows in one level: as many as there are. */
  private static Bindings oneBatch(CallMemory memory, Rows src, Rows dst) {
    return new Bindings()
        .put("src", src.at())
        .put("src_outer", 0L)
        .put("src_row", src.row())
        .put("dst", dst.at())
        .put("dst_outer", 0L)
        .put("dst_row", dst.row())
        .put("inner", Math.toIntExact(memory.rows()));
  }

  private static PackedArguments moved(
      WorkList list, CallMemory memory, KernelId kernel, Bindings b, Rows src, Rows dst) {
    return block(list, memory, kernel, b)
        .move("src", src.at(), Place.STEP, src.row())
        .move("dst", dst.at(), Place.STEP, dst.row());
  }

  /**
   * dst = the states before or after each step.
   *
   * @param states a state sequence of a direction
   */
  static void packStates(
      WorkList list,
      CallMemory memory,
      Address states,
      boolean after,
      boolean reverse,
      Address dst,
      int width) {
    Bindings b = memory.places().put("src", states).put("dst", dst).put("width", width);
    b.put("after", after).put("reverse", reverse);
    elementwise(list, memory, block(list, memory, Kernels.PACK_STATES, b), width);
  }

  private static PackedArguments block(
      WorkList list, CallMemory memory, KernelId kernel, Bindings b) {
    return new PackedArguments(list, memory.compaction, kernel, b, "rows");
  }

  /** Adds a kernel over whole tensors of the caller that reads where rows lie. */
  static void placed(
      WorkList list, CallMemory memory, KernelId kernel, Bindings bindings, long items) {
    Bindings b = new Bindings(bindings).put("rows", memory.batch).put("steps", memory.steps);
    LaunchArguments arguments = b.put("first_rows", 0).arguments(list.device(), kernel);
    int first = kernel.index("first_rows");
    int groups = list.groups(items);
    int size = list.groupSize();
    list.add(
        new Work() {
          @Override
          public void enqueue(DeviceQueue queue, boolean ragged) {
            arguments.setInt(first, memory.compaction.first());
            arguments.launch(queue, groups, 1, size);
          }

          @Override
          public void close() {
            arguments.close();
          }
        });
  }

  /**
   * Adds what finds out where rows lie from the lengths of a run.
   *
   * @param list runs before all that compacts
   */
  static void findPlaces(WorkList list, CallMemory memory) {
    Bindings b = memory.places().put("rows", memory.batch).put("steps", memory.steps);
    list.elementwise(Kernels.RANK_ROWS, b, (long) memory.batch + memory.steps);
    list.elementwise(Kernels.PLACE_ROWS, b, memory.rows());
  }

  /**
   * Brings a state of the caller, or its gradient, to where a loop finds it.
   *
   * @param src [N,width], or null for zero
   * @param slots whether dst has a slot for every step
   */
  static void bringStates(
      WorkList list,
      CallMemory memory,
      Rows src,
      Address dst,
      int width,
      boolean slots,
      boolean reverse) {
    Bindings b =
        memory
            .places()
            .put("src", src == null ? memory.kept : src.at())
            .put("src_row", src == null ? 0L : src.row())
            .put("has_src", src != null)
            .put("dst", dst);
    states(list, memory, Kernels.BRING_STATES, b, width, slots, reverse);
  }

  /**
   * Takes the state after the last step of each row, or its gradient, to the caller.
   *
   * @param initial what rows without a step have, or null for zero
   */
  static void takeStates(
      WorkList list,
      CallMemory memory,
      Address src,
      Rows initial,
      Rows dst,
      boolean slots,
      boolean reverse) {
    Bindings b =
        memory
            .places()
            .put("src", src)
            .put("initial", initial == null ? memory.kept : initial.at())
            .put("initial_row", initial == null ? 0L : initial.row())
            .put("has_initial", initial != null)
            .put("dst", dst.at())
            .put("dst_row", dst.row());
    states(list, memory, Kernels.TAKE_STATES, b, dst.width(), slots, reverse);
  }

  private static void states(
      WorkList list,
      CallMemory memory,
      KernelId kernel,
      Bindings b,
      int width,
      boolean slots,
      boolean reverse) {
    b.put("slots", slots).put("masking", memory.spec.masking().ordinal());
    b.put("reverse", reverse).put("width", width);
    placed(list, memory, kernel, b, memory.plane(width));
  }

  /** dh += share · the gradients of outputs that repeat the last one of a row. */
  static void carryGradient(WorkList list, CallMemory memory, Rows dy, float share, Address dh) {
    Bindings b =
        memory
            .places()
            .put("dy", dy.at())
            .put("dy_step", dy.outer())
            .put("dy_row", dy.row())
            .put("share", share)
            .put("dh", dh)
            .put("width", dy.width());
    placed(list, memory, Kernels.CARRY_GRADIENT, b, memory.plane(dy.width()));
  }

  /** dst = a sequence in the caller's order, 0 in padding. */
  static void unpack(WorkList list, CallMemory memory, Address src, Rows dst) {
    Bindings b = memory.places().put("src", src).put("reverse", false).put("fill", 0f);
    b.put("masking", org.recurrentops.MaskingContract.ZERO_STATE.ordinal());
    b.put("first_rows", 0).put("rows", memory.batch).put("steps", memory.steps);
    target(b, dst);
    list.elementwise(Kernels.UNPACK_STATES, b, dst.count() * dst.width());
  }

  /** dst = the states after each step in the caller's order, padding by a masking contract. */
  static void unpackStates(
      WorkList list,
      CallMemory memory,
      Address states,
      boolean reverse,
      int masking,
      float fill,
      Rows dst) {
    Bindings b = memory.places().put("src", states).put("reverse", reverse).put("fill", fill);
    target(b.put("masking", masking), dst);
    placed(list, memory, Kernels.UNPACK_STATES, b, dst.count() * dst.width());
  }

  private static void target(Bindings b, Rows dst) {
    b.put("dst", dst.at()).put("dst_step", dst.outer()).put("dst_row", dst.row());
    b.put("width", dst.width());
  }

  /**
   * y = or += x · weightᵀ, or x · weight, over the rows of the memory's span.
   *
   * @param weight with row stride {@code ldw}
   */
  static void project(
      WorkList list,
      CallMemory memory,
      boolean transposed,
      Rows x,
      Address weight,
      int ldw,
      Rows y,
      boolean accumulate) {
    int most = Math.toIntExact(memory.span.count() * (long) memory.batch);
    GemmShape shape =
        new GemmShape(false, transposed, most, y.width(), x.width(), ld(x), ldw, ld(y), accumulate);
    list.add(new Product(list, memory, shape, x, weight, y));
  }

  private static int ld(Rows x) {
    return Math.toIntExact(x.row());
  }

  /** dWeight = or += dyᵀ · x over all rows; both lie from their addresses on. */
  static void outer(
      WorkList list,
      CallMemory memory,
      Rows dy,
      Rows x,
      Address dWeight,
      int ldw,
      boolean accumulate) {
    int most = Math.toIntExact(memory.rows());
    GemmShape shape =
        new GemmShape(true, false, dy.width(), x.width(), most, ld(dy), ld(x), ldw, accumulate);
    list.add(new Product(list, memory, shape, dy, x.at(), new Rows(dWeight, 0, 0, 1, 1, 0)));
  }

  /**
   * A product whose rows, or whose depth where the left operand is transposed, are those of a run.
   */
  private static final class Product implements Work {
    private final CallMemory memory;
    private final Span span;
    private final GemmShape shape;
    private final Gemm gemm;
    private final Rows a;
    private final Rows c;

    Product(WorkList list, CallMemory memory, GemmShape shape, Rows a, Address b, Rows c) {
      this.memory = memory;
      this.span = memory.span;
      this.shape = shape;
      this.a = a;
      this.c = c;
      gemm = list.prepare(shape);
      gemm.b(b.buffer(), b.offset());
    }

    @Override
    public void enqueue(DeviceQueue queue, boolean ragged) {
      int rows = memory.compaction.rows(span);
      if (rows == 0) {
        return;
      }
      long before = memory.compaction.row(Place.STEP, span.first());
      gemm.a(a.at().buffer(), a.at().offset() + before * a.row());
      gemm.c(c.at().buffer(), c.at().offset() + before * c.row());
      boolean depth = shape.transposeA();
      gemm.resize(depth ? shape.m() : rows, depth ? rows : shape.k());
      gemm.run(queue);
    }

    @Override
    public void close() {
      gemm.close();
    }
  }
}
