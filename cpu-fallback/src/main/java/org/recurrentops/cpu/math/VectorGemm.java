package org.recurrentops.cpu.math;

import java.util.Arrays;

/**
 * {@link Gemm} in the Vector API: panels of B in the first-level cache meet tiles of A in registers
 * (Goto and van de Geijn, Anatomy of high-performance matrix multiplication, 2008).
 *
 * <p>Order of an element's sum: products by ascending k, fused, in blocks of {@value #DEPTH} that
 * begin at zero; C (or 0) plus the blocks' sums one after another. Tiles of any shape keep that
 * order, so the element does not depend on where it lies.
 */
final class VectorGemm implements Gemm {
  /** Columns of a panel, two vectors. */
  private static final int PANEL = 2 * VectorWidth.LANES;

  /**
   * Longest run of k that is summed in registers; even. A panel of it fills the first-level cache,
   * and a tile's beginning and end cost 2 % of its products.
   */
  private static final int DEPTH = 512;

  /** Rows of A packed at a time: with them, their part of C stays in the second-level cache. */
  private static final int ROWS = 80;

  /** Floats of B packed at a time. */
  private static final int PACKED = 1 << 18;

  /**
   * Rows of a transposed A that are packed for all tiles before the next ones: their cache lines,
   * which tiles share, often have room for eight only, as they lie a large power of 2 apart. Even.
   */
  private static final int PIECE = 8;

  /** Rows of the tallest tile: its sums and what it reads fit the registers. */
  private static final int TALLEST = VectorWidth.MANY_REGISTERS ? 8 : 5;

  private static final class Buffers implements Scratch {
    final float[] a = new float[ROWS * DEPTH];
    final float[] b = new float[PACKED];
    final float[] edge = new float[TALLEST * PANEL];
    final float[] zeros = new float[4 * PANEL];
    final float[] sums = new float[VectorWidth.MANY_REGISTERS ? TALLEST * PANEL : 0];

    @Override
    public long bytes() {
      return 4L * (a.length + b.length + edge.length + zeros.length + sums.length);
    }
  }

  @Override
  public String name() {
    return "vector-" + VectorWidth.SPECIES.vectorBitSize();
  }

  @Override
  public String tiling() {
    return "tiles of "
        + TALLEST
        + " rows by "
        + PANEL
        + " columns, one row by "
        + 4 * PANEL
        + ", two by "
        + 2 * PANEL
        + "; blocks of "
        + ROWS
        + " rows by "
        + DEPTH
        + " deep";
  }

  @Override
  public int columnGranularity() {
    return PANEL;
  }

  @Override
  public Scratch newScratch() {
    return new Buffers();
  }

  @Override
  public void gemm(
      boolean transA,
      boolean transB,
      int m,
      int n,
      int k,
      float[] a,
      int aOffset,
      int lda,
      float[] b,
      int bOffset,
      int ldb,
      float[] c,
      int cOffset,
      int ldc,
      boolean accumulate,
      Scratch scratch) {
    if (k == 0 && !accumulate) {
      zero(m, n, c, cOffset, ldc);
    }
    Buffers own = (Buffers) scratch;
    for (int p = 0; p < k; p += DEPTH) {
      int depth = Math.min(DEPTH, k - p);
      int stride = PanelPacking.even(depth) * PANEL;
      int most = own.b.length / stride * PANEL;
      int rows = aOffset + (transA ? p * lda : p);
      for (int j = 0; j < n; j += most) {
        int columns = Math.min(most, n - j);
        int block = bOffset + (transB ? j * ldb + p : p * ldb + j);
        PanelPacking.columns(transB, depth, columns, b, block, ldb, own.b, 0, PANEL, 0, columns);
        boolean add = accumulate || p > 0;
        int to = cOffset + j;
        multiply(transA, m, depth, a, rows, lda, own.b, 0, 1, 0, 0, columns, c, to, ldc, add, own);
      }
    }
  }

  @Override
  public int packedLength(int k, int n) {
    int panels = (int) ((n + PANEL - 1L) / PANEL);
    return Math.multiplyExact(Math.multiplyExact(panels, PANEL), Math.addExact(k, k & 1));
  }

  @Override
  public void packB(
      boolean transB,
      int k,
      int n,
      float[] b,
      int bOffset,
      int ldb,
      float[] packed,
      int packedOffset,
      int fromColumn,
      int toColumn) {
    PanelPacking.columns(
        transB, k, n, b, bOffset, ldb, packed, packedOffset, PANEL, fromColumn, toColumn);
  }

  @Override
  public void gemmPacked(
      boolean transA,
      int m,
      int n,
      int k,
      float[] a,
      int aOffset,
      int lda,
      float[] packed,
      int packedOffset,
      int fromColumn,
      int toColumn,
      float[] c,
      int cOffset,
      int ldc,
      boolean accumulate,
      Scratch scratch) {
    if (k == 0 && !accumulate) {
      zero(m, toColumn - fromColumn, c, cOffset + fromColumn, ldc);
    }
    Buffers own = (Buffers) scratch;
    multiply(
        transA,
        m,
        k,
        a,
        aOffset,
        lda,
        packed,
        packedOffset,
        1,
        0,
        fromColumn,
        toColumn,
        c,
        cOffset,
        ldc,
        accumulate,
        own);
  }

  @Override
  public void gemmPackedGroups(
      int groups,
      int m,
      int n,
      int k,
      float[] a,
      int aOffset,
      int lda,
      float[] packed,
      int packedOffset,
      int fromColumn,
      int toColumn,
      float[] c,
      int cOffset,
      int ldc,
      boolean accumulate,
      Scratch scratch) {
    int width = n / groups;
    for (int j = 0; k == 0 && !accumulate && j < n; j += width) {
      zero(m, toColumn - fromColumn, c, cOffset + j + fromColumn, ldc);
    }
    Buffers own = (Buffers) scratch;
    multiply(
        false,
        m,
        k,
        a,
        aOffset,
        lda,
        packed,
        packedOffset,
        groups,
        width,
        fromColumn,
        toColumn,
        c,
        cOffset,
        ldc,
        accumulate,
        own);
  }

  /**
   * Blocks of rows, and of each the blocks of k in turn, so that C stays in the cache; the columns
   * from ≤ j &lt; to, and as many times as there are groups those {@code width} further on.
   */
  private static void multiply(
      boolean transA,
      int m,
      int k,
      float[] a,
      int aOffset,
      int lda,
      float[] b,
      int bOffset,
      int groups,
      int width,
      int from,
      int to,
      float[] c,
      int cOffset,
      int ldc,
      boolean accumulate,
      Buffers own) {
    int stride = PanelPacking.even(k) * PANEL;
    for (int i = 0; i < m; i += ROWS) {
      int rows = Math.min(ROWS, m - i);
      for (int p = 0; p < k; p += DEPTH) {
        int depth = Math.min(DEPTH, k - p);
        packRows(transA, rows, depth, a, aOffset + (transA ? p * lda + i : i * lda + p), lda, own);
        boolean add = accumulate || p > 0;
        int panels = bOffset + p * PANEL;
        int target = cOffset + i * ldc;
        for (int g = 0; g < groups; g++) {
          int j = g * width;
          block(rows, depth, own, b, panels, stride, j + from, j + to, c, target, ldc, add);
        }
      }
    }
  }

  private static void zero(int m, int n, float[] c, int cOffset, int ldc) {
    for (int i = 0; i < m; i++) {
      Arrays.fill(c, cOffset + i * ldc, cOffset + i * ldc + n, 0f);
    }
  }

  private static void packRows(
      boolean transA, int rows, int depth, float[] a, int aOffset, int lda, Buffers own) {
    int even = PanelPacking.even(depth);
    int piece = transA ? PIECE : depth;
    for (int p = 0; p < depth; p += piece) {
      int count = Math.min(piece, depth - p);
      for (int i = 0; i < rows; ) {
        int height = height(rows - i);
        int from = aOffset + (transA ? p * lda + i : i * lda);
        PanelPacking.rows(transA, height, count, a, from, lda, own.a, i * even + p * height);
        i += height;
      }
    }
  }

  /**
   * Rows of the next tile. Fewer than five have too few sums under way to hide the latency of a
   * multiply-add; four nearly enough, and one or two at the end are a {@link #strip}.
   */
  private static int height(int rows) {
    if (VectorWidth.MANY_REGISTERS && (rows == 8 || rows > 10)) {
      return 8;
    }
    return rows == 8 ? 4 : Math.min(rows, 5);
  }

  /** Rows of the last tile. */
  private static int lastHeight(int rows) {
    int left = rows;
    while (left > height(left)) {
      left -= height(left);
    }
    return left;
  }

  /** Multiplies the packed rows by the columns from ≤ j &lt; to of the packed panels. */
  private static void block(
      int rows,
      int depth,
      Buffers own,
      float[] b,
      int bOffset,
      int panelStride,
      int from,
      int to,
      float[] c,
      int cOffset,
      int ldc,
      boolean add) {
    int even = PanelPacking.even(depth);
    int last = lastHeight(rows);
    int strip = last == 1 ? 4 * PANEL : last == 2 ? 2 * PANEL : to - from + 1;
    for (int j = from; j < to; ) {
      int first = j - j % PANEL;
      int end = Math.min(first + PANEL, to);
      int panel = bOffset + first / PANEL * panelStride;
      if (j == first && to - j >= strip) {
        end = j + strip;
        int above = rows - last;
        for (int p = 0; above > 0 && p < strip; p += PANEL) {
          int at = panel + p / PANEL * panelStride;
          panel(above, even, own, b, at, c, cOffset + j + p, ldc, add);
        }
        int at = cOffset + above * ldc + j;
        strip(last, above * even, even, own, b, panel, panelStride, c, at, ldc, add);
      } else if (end - j == PANEL) {
        panel(rows, even, own, b, panel, c, cOffset + j, ldc, add);
      } else {
        edge(rows, even, own, b, panel, j - first, end - first, c, cOffset + first, ldc, add);
      }
      j = end;
    }
  }

  /** Several whole panels at a time, for one or two rows. */
  private static void strip(
      int rows,
      int ao,
      int depth,
      Buffers own,
      float[] b,
      int bo,
      int panelStride,
      float[] c,
      int co,
      int ldc,
      boolean add) {
    float[] from = add ? c : own.zeros;
    int fo = add ? co : 0;
    int ldf = add ? ldc : 0;
    if (rows == 1) {
      VectorStrips.one(own.a, ao, b, bo, panelStride, depth, from, fo, ldf, c, co, ldc);
    } else {
      VectorStrips.two(own.a, ao, 2, b, bo, PANEL, panelStride, depth, from, fo, ldf, c, co, ldc);
    }
  }

  private static void panel(
      int rows,
      int depth,
      Buffers own,
      float[] b,
      int bo,
      float[] c,
      int cOffset,
      int ldc,
      boolean add) {
    float[] from = add ? c : own.zeros;
    int ldf = add ? ldc : 0;
    for (int i = 0; i < rows; ) {
      int height = height(rows - i);
      int at = cOffset + i * ldc;
      tile(height, own, i * depth, b, bo, depth, from, add ? at : 0, ldf, c, at, ldc);
      i += height;
    }
  }

  /** A panel of which only the columns from ≤ j &lt; to belong to C. */
  private static void edge(
      int rows,
      int depth,
      Buffers own,
      float[] b,
      int bo,
      int from,
      int to,
      float[] c,
      int cOffset,
      int ldc,
      boolean add) {
    float[] sums = own.edge;
    for (int i = 0; i < rows; ) {
      int height = height(rows - i);
      Arrays.fill(sums, 0f);
      for (int r = 0; add && r < height; r++) {
        System.arraycopy(c, cOffset + (i + r) * ldc + from, sums, r * PANEL + from, to - from);
      }
      tile(height, own, i * depth, b, bo, depth, sums, 0, PANEL, sums, 0, PANEL);
      for (int r = 0; r < height; r++) {
        System.arraycopy(sums, r * PANEL + from, c, cOffset + (i + r) * ldc + from, to - from);
      }
      i += height;
    }
  }

  private static void tile(
      int height,
      Buffers own,
      int ao,
      float[] b,
      int bo,
      int depth,
      float[] from,
      int fo,
      int ldf,
      float[] c,
      int co,
      int ldc) {
    float[] a = own.a;
    switch (height) {
      case 1:
        VectorTiles.one(a, ao, b, bo, depth, from, fo, ldf, c, co, ldc);
        break;
      case 2:
        VectorTiles.two(a, ao, 2, b, bo, depth, from, fo, ldf, c, co, ldc);
        break;
      case 3:
        VectorTiles.three(a, ao, 3, b, bo, depth, from, fo, ldf, c, co, ldc);
        break;
      case 4:
        VectorTiles.four(a, ao, 4, b, bo, depth, from, fo, ldf, c, co, ldc);
        break;
      case 5:
        VectorTiles.five(a, ao, 5, b, bo, depth, from, fo, ldf, c, co, ldc);
        break;
      default:
        VectorTile8.eight(a, ao, 8, b, bo, depth, own.sums, 0, PANEL);
        VectorSums.add(8, PANEL, own.sums, from, fo, ldf, c, co, ldc);
        break;
    }
  }
}
