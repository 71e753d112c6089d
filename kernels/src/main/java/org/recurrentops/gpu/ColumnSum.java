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
    this.list = list;
    this.partial = partial;
    columns = src.width();
    long most = PlanLayout.SUM_CHUNKS;
    int chunkRows = Math.toIntExact(Math.max(LEAST_CHUNK_ROWS, (src.count() + most - 1) / most));
    chunks = Math.toIntExact((src.count() + chunkRows - 1) / chunkRows);
    Bindings b =
        new Bindings()
            .put("src", src.at())
            .put("src_outer", src.outer())
            .put("src_row", src.row())
            .put("inner", src.inner())
            .put("rows", src.count())
            .put("columns", columns)
            .put("chunk_rows", chunkRows)
            .put("partial", partial);
    if (chunks > 0) {
      LaunchArguments a = b.arguments(list.device(), Kernels.COLUMN_SUM_PARTIAL);
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
