package org.recurrentops.gpu;

/** Sums of columns in a fixed order: first chunks of rows, then the chunks. */
final class ColumnSum {
  private static final int LEAST_CHUNK_ROWS = 64;

  private final WorkList list;
  private final Address partial;
  private final int columns;
  private final int chunks;

  /**
   * Adds the sums of chunks.
   *
   * @param partial at least {@link PlanLayout#SUM_CHUNKS} · width elements
   */
  ColumnSum(WorkList list, Rows src, Address partial) {
    this(
        list,
        src,
        partial,
        Kernels.COLUMN_SUM_PARTIAL,
        new Bindings()
            .put("src", src.at())
            .put("src_outer", src.outer())
            .put("src_row", src.row()));
  }

  /**
   * Adds the sums of chunks of left ∘ right over the steps within a row's length.
   *
   * @param right as many rows and columns as left
   * @param partial at least {@link PlanLayout#SUM_CHUNKS} · width elements
   */
  static ColumnSum ofProduct(WorkList list, Rows left, Rows right, Address marks, Address partial) {
    return new ColumnSum(
        list,
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
            .put("marks", marks));
  }

  private ColumnSum(WorkList list, Rows rows, Address partial, KernelId kernel, Bindings b) {
    this.list = list;
    this.partial = partial;
    columns = rows.width();
    long most = PlanLayout.SUM_CHUNKS;
    int chunkRows = Math.toIntExact(Math.max(LEAST_CHUNK_ROWS, (rows.count() + most - 1) / most));
    chunks = Math.toIntExact((rows.count() + chunkRows - 1) / chunkRows);
    b.put("inner", rows.inner())
        .put("rows", rows.count())
        .put("columns", columns)
        .put("chunk_rows", chunkRows)
        .put("partial", partial);
    if (chunks > 0) {
      LaunchArguments a = b.arguments(list.device(), kernel);
      list.add(list.launch(a, list.groups(columns), chunks, list.groupSize()));
    }
  }

  /** dst[columns] = or += the sums. */
  void addTo(Address dst, boolean accumulate) {
    Bindings b =
        new Bindings()
            .put("partial", partial)
            .put("chunks", chunks)
            .put("columns", columns)
            .put("dst", dst)
            .put("accumulate", accumulate);
    list.elementwise(Kernels.COLUMN_SUM_FINAL, b, columns);
  }
}
