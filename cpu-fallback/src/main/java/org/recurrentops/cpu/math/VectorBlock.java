package org.recurrentops.cpu.math;

import java.util.Arrays;

/**
 * Packed rows of A, and their product with packed panels of B: which tiles they are divided into.
 * One thread's; holds what it packed last.
 */
final class VectorBlock {
  /** Columns of a panel, two vectors. */
  static final int PANEL = 2 * VectorWidth.LANES;

  /**
   * Rows of a transposed A that are packed for all tiles before the next ones: their cache lines,
   * which tiles share, often have room for eight only, as they lie a large power of 2 apart. Even.
   */
  private static final int PIECE = 8;

  /** Rows of the tallest tile: its sums and what it reads fit the registers. */
  static final int TALLEST = VectorWidth.MANY_REGISTERS ? 8 : 5;

  private final float[] a;
  private final float[] edge = new float[TALLEST * PANEL];
  private final float[] zeros = new float[4 * PANEL];
  private final float[] sums = new float[VectorWidth.MANY_REGISTERS ? TALLEST * PANEL : 0];
  private int rows;
  private int even;

  /** With room for so many elements of A. */
  VectorBlock(int room) {
    a = new float[room];
  }

  long bytes() {
    return 4L * (a.length + edge.length + zeros.length + sums.length);
  }

  /** Packs rows of A. */
  void pack(boolean transA, int rows, int depth, float[] source, int offset, int lda) {
    this.rows = rows;
    even = PanelPacking.even(depth);
    int piece = transA ? PIECE : depth;
    for (int p = 0; p < depth; p += piece) {
      int count = Math.min(piece, depth - p);
      for (int i = 0; i < rows; ) {
        int height = height(rows - i);
        int from = offset + (transA ? p * lda + i : i * lda);
        PanelPacking.rows(transA, height, count, source, from, lda, a, i * even + p * height);
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
  void multiply(
      float[] b,
      int bOffset,
      int panelStride,
      int from,
      int to,
      float[] c,
      int cOffset,
      int ldc,
      boolean add) {
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
          panel(above, b, at, c, cOffset + j + p, ldc, add);
        }
        int at = cOffset + above * ldc + j;
        strip(last, above * even, b, panel, panelStride, c, at, ldc, add);
      } else if (end - j == PANEL) {
        panel(rows, b, panel, c, cOffset + j, ldc, add);
      } else {
        edge(b, panel, j - first, end - first, c, cOffset + first, ldc, add);
      }
      j = end;
    }
  }

  /** Several whole panels at a time, for one or two rows. */
  private void strip(
      int rows,
      int ao,
      float[] b,
      int bo,
      int panelStride,
      float[] c,
      int co,
      int ldc,
      boolean add) {
    float[] from = add ? c : zeros;
    int fo = add ? co : 0;
    int ldf = add ? ldc : 0;
    if (rows == 1) {
      VectorStrips.one(a, ao, b, bo, panelStride, even, from, fo, ldf, c, co, ldc);
    } else {
      VectorStrips.two(a, ao, 2, b, bo, PANEL, panelStride, even, from, fo, ldf, c, co, ldc);
    }
  }

  private void panel(int rows, float[] b, int bo, float[] c, int cOffset, int ldc, boolean add) {
    float[] from = add ? c : zeros;
    int ldf = add ? ldc : 0;
    for (int i = 0; i < rows; ) {
      int height = height(rows - i);
      int at = cOffset + i * ldc;
      tile(height, i * even, b, bo, from, add ? at : 0, ldf, c, at, ldc);
      i += height;
    }
  }

  /** A panel of which only the columns from ≤ j &lt; to belong to C. */
  private void edge(
      float[] b, int bo, int from, int to, float[] c, int cOffset, int ldc, boolean add) {
    for (int i = 0; i < rows; ) {
      int height = height(rows - i);
      Arrays.fill(edge, 0f);
      for (int r = 0; add && r < height; r++) {
        System.arraycopy(c, cOffset + (i + r) * ldc + from, edge, r * PANEL + from, to - from);
      }
      tile(height, i * even, b, bo, edge, 0, PANEL, edge, 0, PANEL);
      for (int r = 0; r < height; r++) {
        System.arraycopy(edge, r * PANEL + from, c, cOffset + (i + r) * ldc + from, to - from);
      }
      i += height;
    }
  }

  private void tile(
      int height,
      int ao,
      float[] b,
      int bo,
      float[] from,
      int fo,
      int ldf,
      float[] c,
      int co,
      int ldc) {
    switch (height) {
      case 1:
        VectorTiles.one(a, ao, b, bo, even, from, fo, ldf, c, co, ldc);
        break;
      case 2:
        VectorTiles.two(a, ao, 2, b, bo, even, from, fo, ldf, c, co, ldc);
        break;
      case 3:
        VectorTiles.three(a, ao, 3, b, bo, even, from, fo, ldf, c, co, ldc);
        break;
      case 4:
        VectorTiles.four(a, ao, 4, b, bo, even, from, fo, ldf, c, co, ldc);
        break;
      case 5:
        VectorTiles.five(a, ao, 5, b, bo, even, from, fo, ldf, c, co, ldc);
        break;
      default:
        VectorTile8.eight(a, ao, 8, b, bo, even, sums, 0, PANEL);
        VectorSums.add(8, PANEL, sums, from, fo, ldf, c, co, ldc);
        break;
    }
  }
}
