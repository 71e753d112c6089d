package org.recurrentops.gpu;

/** Adds copies, fills and products over {@link Rows} to a list. */
final class RowWork {
  private RowWork() {}

  static void copy(WorkList list, Rows src, Rows dst) {
    list.elementwise(Kernels.COPY_ROWS, pair(src, dst), src.count() * src.width());
  }

  /** Copies valid steps and writes 0 past each row's length. */
  static void copyValid(WorkList list, Rows src, Rows dst, Address marks) {
    list.elementwise(
        Kernels.COPY_VALID_ROWS, pair(src, dst).put("marks", marks), src.count() * src.width());
  }

  static void add(WorkList list, Rows src, float scale, Rows dst) {
    list.elementwise(
        Kernels.ADD_ROWS, pair(src, dst).put("scale", scale), dst.count() * dst.width());
  }

  static void fill(WorkList list, Rows x, float value) {
    list.elementwise(Kernels.FILL_ROWS, one(x).put("value", value), x.count() * x.width());
  }

  /** dst[r, g·W + j] = src[r, j] for the W columns of src and every gate g; dst is dense. */
  static void repeatColumns(WorkList list, Rows src, Rows dst) {
    int gates = dst.width() / src.width();
    list.elementwise(
        Kernels.REPEAT_COLUMNS,
        pair(src, dst).put("gates", gates).put("inner", src.inner()).put("width", src.width()),
        src.count() * src.width());
  }

  /** dst[r, j] = or += the sum of src[r, g·W + j] over all gates g; src is dense. */
  static void sumBlocks(WorkList list, Rows src, Rows dst, boolean accumulate) {
    int gates = src.width() / dst.width();
    list.elementwise(
        Kernels.SUM_BLOCKS,
        pair(src, dst).put("gates", gates).put("accumulate", accumulate),
        dst.count() * dst.width());
  }

  static void zeroPadding(WorkList list, Rows x, Address marks) {
    list.elementwise(Kernels.ZERO_PADDING, one(x).put("marks", marks), x.count() * x.width());
  }

  private static Bindings one(Rows x) {
    return new Bindings()
        .put("x", x.at())
        .put("x_outer", x.outer())
        .put("x_row", x.row())
        .put("inner", x.inner())
        .put("rows", x.count())
        .put("width", x.width());
  }

  private static Bindings pair(Rows src, Rows dst) {
    return new Bindings()
        .put("src", src.at())
        .put("src_outer", src.outer())
        .put("src_row", src.row())
        .put("dst", dst.at())
        .put("dst_outer", dst.outer())
        .put("dst_row", dst.row())
        .put("inner", dst.inner())
        .put("rows", dst.count())
        .put("width", dst.width());
  }

  /**
   * y = or += x · weightᵀ over rows.
   *
   * @param weight [y.width, x.width] with row stride {@code ldw}
   */
  static void project(WorkList list, Rows x, Address weight, int ldw, Rows y, boolean accumulate) {
    forBlocks(
        x,
        y,
        (a, lda, c, ldc, m) ->
            list.gemm(
                new GemmShape(false, true, m, y.width(), x.width(), lda, ldw, ldc, accumulate),
                a,
                weight,
                c));
  }

  /**
   * dx = or += dy · weight over rows.
   *
   * @param weight [dy.width, dx.width] with row stride {@code ldw}
   */
  static void projectBack(
      WorkList list, Rows dy, Address weight, int ldw, Rows dx, boolean accumulate) {
    forBlocks(
        dy,
        dx,
        (a, lda, c, ldc, m) ->
            list.gemm(
                new GemmShape(false, false, m, dx.width(), dy.width(), lda, ldw, ldc, accumulate),
                a,
                weight,
                c));
  }

  /**
   * dWeight = or += dyᵀ · x over rows.
   *
   * @param dWeight [dy.width, x.width] with row stride {@code ldw}
   */
  static void outer(WorkList list, Rows dy, Rows x, Address dWeight, int ldw, boolean accumulate) {
    boolean[] more = {accumulate};
    forBlocks(
        dy,
        x,
        (a, lda, b, ldb, k) -> {
          list.gemm(
              new GemmShape(true, false, dy.width(), x.width(), k, lda, ldb, ldw, more[0]),
              a,
              b,
              dWeight);
          more[0] = true;
        });
  }

  private interface Block {
    void accept(Address left, int leftLd, Address right, int rightLd, int rows);
  }

  /** Once for all rows if both sides are evenly spaced, else once per outer index, or per row. */
  private static void forBlocks(Rows left, Rows right, Block block) {
    int l = left.leadingDimension();
    int r = right.leadingDimension();
    if (l > 0 && r > 0) {
      block.accept(left.at(), l, right.at(), r, Math.toIntExact(left.count()));
      return;
    }
    l = left.innerLeadingDimension();
    r = right.innerLeadingDimension();
    int rows = l > 0 && r > 0 ? left.inner() : 1;
    for (long o = 0; o < left.outerCount(); o++) {
      for (int n = 0; n < left.inner(); n += rows) {
        block.accept(
            left.at().plus(o * left.outer() + n * left.row()),
            rows > 1 ? l : left.width(),
            right.at().plus(o * right.outer() + n * right.row()),
            rows > 1 ? r : right.width(),
            rows);
      }
    }
  }
}
