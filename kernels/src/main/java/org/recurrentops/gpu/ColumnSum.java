package org.recurrentops.gpu;

/** Sums of columns in a fixed order: first chunks of rows, then the chunks. */
final class ColumnSum {
  private static final int LEAST_CHUNK_ROWS = 64;

  private final WorkList list;
  private final Address partial;
  private final int columns;
  private final long rows;
  private final Compaction compaction;
  private final Span span;
  private final int groups;
  private final int groupSize;

  /**
   * Adds the sums of chunks.
   *
   * @param partial at least {@link PlanLayout#SUM_CHUNKS} · width elements
   */
  ColumnSum(WorkList list, Rows src, Address partial) {
    this(list, null, src, partial, Kernels.COLUMN_SUM_PARTIAL, source(src));
  }

  /** Adds the sums of chunks of the rows of a call. */
  static ColumnSum of(WorkList list, CallMemory memory, Rows src, Address partial) {
    return new ColumnSum(list, memory, src, partial, Kernels.COLUMN_SUM_PARTIAL, source(src));
  }

  private static Bindings source(Rows src) {
    return new Bindings()
        .put("src", src.at())
        .put("src_outer", src.outer())
        .put("src_row", src.row());
  }

  /**
   * Adds the sums of chunks of left ∘ right over the steps within a row's length.
   *
   * @param right as many rows and columns as left
   * @param partial at least {@link PlanLayout#SUM_CHUNKS} · width elements
   */
  static ColumnSum ofProduct(
      WorkList list, CallMemory memory, Rows left, Rows right, Address partial) {
    return new ColumnSum(
        list,
        memory,
        left,
        partial,
        Kernels.COLUMN_PRODUCT_PARTIAL,
        new Bindings()
            .put("left", left.at())
            .put("left_outer", left.outer())
            .put("left_row", left.row())
            .put("right", right.at())
            .put("right_outer", right.outer())
            .put("right_row", right.row())
            .put("marks", memory.compacts() ? memory.places().address("sites") : memory.marks()));
  }

  private ColumnSum(
      WorkList list, CallMemory memory, Rows src, Address partial, KernelId kernel, Bindings b) {
    this.list = list;
    this.partial = partial;
    columns = src.width();
    rows = src.count();
    groups = list.groups(columns);
    groupSize = list.groupSize();
    compaction = memory == null ? null : memory.compaction;
    span = memory == null ? null : memory.span;
    b.put("inner", compaction == null ? src.inner() : Math.toIntExact(rows))
        .put("columns", columns)
        .put("partial", partial);
    if (rows > 0) {
      list.add(new Partial(b.arguments(list.device(), kernel, "rows", "chunk_rows")));
    }
  }

  private long rows() {
    return compaction == null ? rows : compaction.rows(span);
  }

  private int chunkRows() {
    long most = PlanLayout.SUM_CHUNKS;
    return Math.toIntExact(Math.max(LEAST_CHUNK_ROWS, (rows() + most - 1) / most));
  }

  private int chunks() {
    return Math.toIntExact((rows() + chunkRows() - 1) / chunkRows());
  }

  /** dst[columns] = or += the sums. */
  void addTo(Address dst, boolean accumulate) {
    Bindings b =
        new Bindings()
            .put("partial", partial)
            .put("columns", columns)
            .put("dst", dst)
            .put("accumulate", accumulate);
    list.add(new Total(b.arguments(list.device(), Kernels.COLUMN_SUM_FINAL, "chunks")));
  }

  /** The sums of chunks; as many as the rows of a run need. */
  private final class Partial implements Work {
    private final LaunchArguments arguments;
    private final int rowsIndex;
    private final int chunkRowsIndex;

    Partial(LaunchArguments arguments) {
      this.arguments = arguments;
      rowsIndex = arguments.kernel().index("rows");
      chunkRowsIndex = arguments.kernel().index("chunk_rows");
    }

    @Override
    public void enqueue(DeviceQueue queue, boolean ragged) {
      arguments.setLong(rowsIndex, rows());
      arguments.setInt(chunkRowsIndex, chunkRows());
      arguments.launch(queue, groups, chunks(), groupSize);
    }

    @Override
    public void close() {
      arguments.close();
    }
  }

  /** Their sum. */
  private final class Total implements Work {
    private final LaunchArguments arguments;
    private final int chunksIndex;

    Total(LaunchArguments arguments) {
      this.arguments = arguments;
      chunksIndex = arguments.kernel().index("chunks");
    }

    @Override
    public void enqueue(DeviceQueue queue, boolean ragged) {
      arguments.setInt(chunksIndex, chunks());
      arguments.launch(queue, groups, 1, groupSize);
    }

    @Override
    public void close() {
      arguments.close();
    }
  }
}
