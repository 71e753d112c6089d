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

  /** Links the rows; all count. */
  void build(WorkList list, Address indices, long outer, long row, int inner) {
    Bindings b = links(indices, outer, row, inner).put("rows", rows);
    b.put("marks", indices).put("has_marks", false).put("batch", 0);
    list.elementwise(Kernels.CHAIN_NORMALISE, b, rows);
    list.elementwise(Kernels.CHAIN_LINK, b, rows);
  }

  /** Links the rows of a call; padding belongs to no chain. */
  void build(WorkList list, CallMemory memory, Address indices, long step, long row) {
    Bindings b = links(indices, step, row, memory.batch).put("has_marks", true);
    if (memory.compacts()) {
      b.put("marks", memory.places().address("sites")).put("batch", memory.batch);
      PackedWork.rows(list, memory, Kernels.CHAIN_NORMALISE, b, 1);
      PackedWork.rows(list, memory, Kernels.CHAIN_LINK, b, 1);
      return;
    }
    b.put("marks", memory.marks()).put("batch", 0).put("rows", rows);
    list.elementwise(Kernels.CHAIN_NORMALISE, b, rows);
    list.elementwise(Kernels.CHAIN_LINK, b, rows);
  }

  private Bindings links(Address indices, long outer, long row, int inner) {
    return new Bindings()
        .put("indices", indices)
        .put("index_outer", outer)
        .put("index_row", row)
        .put("keys", keys)
        .put("next", next)
        .put("linked", linked)
        .put("inner", Math.max(1, inner))
        .put("table_rows", tableRows);
  }

  /** dst[key·keyStride + j·featureStride] += the sum of the rows of each key. */
  void sum(WorkList list, Rows src, Address dst, long keyStride, long featureStride) {
    Bindings b = sums(src, dst, keyStride, featureStride).put("rows", rows);
    list.elementwise(Kernels.CHAIN_SUM, b, (long) rows * src.width());
  }

  /** dst[j·columns + key] += the sum of the rows of each key of a call. */
  void sum(WorkList list, CallMemory memory, Rows src, Address dst, int columns) {
    if (memory.compacts()) {
      Bindings b = sums(src, dst, 1, columns).put("inner", rows).put("src_outer", 0L);
      PackedWork.rows(list, memory, Kernels.CHAIN_SUM, b, src.width());
    } else {
      sum(list, src, dst, 1, columns);
    }
  }

  private Bindings sums(Rows src, Address dst, long keyStride, long featureStride) {
    return new Bindings()
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
        .put("width", src.width());
  }
}
