package org.recurrentops.gpu;

/**
 * Rows that name the same index, linked in row order, so that a gradient of gathered rows is a
 * segmented sum in a fixed order without atomics.
 */
final class IndexChains {
  private final Address keys;
  private final Address next;
  private final Address linked;
  private final int rows;
  private final int tableRows;

  /**
   * Over some memory.
   *
   * @param memory 3 · rows elements, read as ints
   */
  IndexChains(Address memory, int rows, int tableRows) {
    keys = memory;
    next = memory.plus(rows);
    linked = memory.plus(2L * rows);
    this.rows = rows;
    this.tableRows = tableRows;
  }

  /** Links the rows; with marks, padding belongs to no chain. */
  void build(WorkList list, Address indices, long outer, long row, int inner, Address marks) {
    Bindings b =
        new Bindings()
            .put("indices", indices)
            .put("index_outer", outer)
            .put("index_row", row)
            .put("marks", marks == null ? indices : marks)
            .put("has_marks", marks != null)
            .put("keys", keys)
            .put("next", next)
            .put("linked", linked)
            .put("inner", inner)
            .put("rows", rows)
            .put("table_rows", tableRows);
    list.elementwise(Kernels.CHAIN_NORMALISE, b, rows);
    list.elementwise(Kernels.CHAIN_LINK, b, rows);
  }

  /** dst[key·keyStride + j·featureStride] += the sum of the rows of each key. */
  void sum(WorkList list, Rows src, Address dst, long keyStride, long featureStride) {
    Bindings b =
        new Bindings()
            .put("src", src.at())
            .put("src_outer", src.outer())
            .put("src_row", src.row())
            .put("keys", keys)
            .put("next", next)
            .put("linked", linked)
            .put("dst", dst)
            .put("key_stride", keyStride)
            .put("feature_stride", featureStride)
            .put("inner", src.inner())
            .put("rows", rows)
            .put("width", src.width());
    list.elementwise(Kernels.CHAIN_SUM, b, (long) rows * src.width());
  }
}
