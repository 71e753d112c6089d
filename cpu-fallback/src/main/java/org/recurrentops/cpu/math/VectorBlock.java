package org.recurrentops.cpu.math;

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
  private final float[] sums = new float[VectorWidth.MANY_REGISTERS ? TALLEST * PANEL + 1 : 0];
  private int rows;
  private int bandRows;
  private int even;

  /** Elements that a row takes, as part of its tile. */
  private int rowRoom;

  /** Whether tiles of eight rows hold them as they are, rather than transposed. */
  private boolean inRows;

  private int startBand;
  private int cBand;

  /** With room for so many rows of A. */
  VectorBlock(int mostRows) {
    a = new float[mostRows * Math.max(VectorGemm.DEPTH, VectorTile8Rows.ROW)];
  }

  long bytes() {
    return 4L * (a.length + edge.length + zeros.length + sums.length);
  }

  /**
   * Packs rows of a row-major A, in bands of so many; they lie so many elements apart.
   *
   * @param far whether panels will come from memory that is further away than a core's own cache
   */
  void packBands(
      int bands, int rows, int depth, boolean far, float[] source, int offset, int lda, int aBand) {
    take(bands, rows, depth, !far);
    for (int j = 0; j < bands; j++) {
      packRows(j * rows, rows, 0, depth, source, offset + j * aBand, lda);
    }
  }

  /**
   * Packs rows of a row-major A whose first columns lie in one matrix, the next in another, and
   * whose last one holds ones; all together as many as a run has.
   */
  void packJoined(
      int rows,
      int firstDepth,
      float[] first,
      int firstOffset,
      int firstStride,
      int secondDepth,
      float[] second,
      int secondOffset,
      int secondStride) {
    int depth = firstDepth + secondDepth + 1;
    take(1, rows, depth, true);
    packRows(0, rows, 0, firstDepth, first, firstOffset, firstStride);
    packRows(0, rows, firstDepth, secondDepth, second, secondOffset, secondStride);
    for (int i = 0; i < rows; ) {
      int height = height(rows - i);
      boolean asTheyAre = inRows && height == 8;
      int step = asTheyAre ? 1 : height;
      int at = i * rowRoom + (depth - 1) * step;
      for (int r = 0; r < height; r++) {
        int last = at + r * (asTheyAre ? rowRoom : 1);
        a[last] = 1f;
        if (depth < even) {
          a[last + step] = 0f;
        }
      }
      i += height;
    }
  }

  private void take(int bands, int rows, int depth, boolean near) {
    this.rows = bands * rows;
    bandRows = rows;
    even = PanelPacking.even(depth);
    boolean spread = near && even <= VectorTile8Rows.DEEPEST;
    inRows = spread && VectorWidth.MANY_REGISTERS;
    rowRoom = spread ? VectorTile8Rows.ROW : even;
  }

  /**
   * Packs some columns of rows of one band.
   *
   * @param at first of the packed rows
   * @param column first of their columns
   */
  private void packRows(
      int at, int rows, int column, int depth, float[] source, int offset, int lda) {
    for (int i = 0; i < rows; ) {
      int height = height(rows - i);
      int from = offset + i * lda;
      int to = (at + i) * rowRoom;
      if (inRows && height == 8) {
        PanelPacking.asTheyAre(8, depth, source, from, lda, a, to + column, VectorTile8Rows.ROW);
      } else {
        PanelPacking.rows(height, depth, source, from, lda, a, to + column * height);
      }
      i += height;
    }
  }

  /** Packs rows of a transposed A. */
  void packTransposed(int rows, int depth, float[] source, int offset, int lda) {
    take(1, rows, depth, false);
    for (int p = 0; p < depth; p += PIECE) {
      int count = Math.min(PIECE, depth - p);
      for (int i = 0; i < rows; ) {
        int height = height(rows - i);
        int from = offset + p * lda + i;
        PanelPacking.runs(height, count, depth - p, source, from, lda, a, i * even + p * height);
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

  /**
   * Multiplies the packed rows by the columns from ≤ j &lt; to of the packed panels.
   *
   * @param far whether panels come from memory that is further away than a core's own cache
   * @param start what the sums are added to: rows of C's width, or null for zero
   * @param startAt its row 0 and column 0
   * @param startStride elements between its rows
   * @param startBand elements between its bands
   */
  void multiply(
      float[] b,
      int bOffset,
      int panelStride,
      int from,
      int to,
      boolean far,
      float[] start,
      int startAt,
      int startStride,
      int startBand,
      float[] c,
      int cOffset,
      int ldc,
      int cBand) {
    this.startBand = startBand;
    this.cBand = cBand;
    int last = rows == bandRows ? lastHeight(rows) : 0;
    int strip = last == 1 ? 4 * PANEL : last == 2 ? 2 * PANEL : to - from + 1;
    int step = start == null ? 0 : 1; // zeros are the same in all columns
    float[] s = start == null ? zeros : start;
    for (int j = from; j < to; ) {
      int first = j - j % PANEL;
      int end = Math.min(first + PANEL, to);
      int panel = bOffset + first / PANEL * panelStride;
      int so = startAt + step * j;
      if (j == first && to - j >= strip) {
        end = j + strip;
        int above = rows - last;
        for (int p = 0; above > 0 && p < strip; p += PANEL) {
          int at = panel + p / PANEL * panelStride;
          panel(above, b, at, -1, s, so + step * p, startStride, c, cOffset + j + p, ldc);
        }
        int at = cOffset + above * ldc + j;
        int si = so + above * startStride;
        strip(last, above * rowRoom, b, panel, panelStride, s, si, startStride, c, at, ldc);
      } else if (end - j == PANEL) {
        int next = far && end + PANEL <= to ? panel + panelStride : -1;
        panel(rows, b, panel, next, s, so, startStride, c, cOffset + j, ldc);
      } else {
        edge(b, panel, j - first, end - first, s, so, startStride, c, cOffset + first, ldc);
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
      float[] from,
      int fo,
      int ldf,
      float[] c,
      int co,
      int ldc) {
    if (rows == 1) {
      VectorStrips.one(a, ao, b, bo, panelStride, even, from, fo, ldf, c, co, ldc);
    } else {
      VectorStrips.two(a, ao, 2, b, bo, PANEL, panelStride, even, from, fo, ldf, c, co, ldc);
    }
  }

  /**
   * All rows of one panel.
   *
   * @param next the next panel, if it is far away, else negative
   */
  private void panel(
      int rows,
      float[] b,
      int bo,
      int next,
      float[] from,
      int fo,
      int ldf,
      float[] c,
      int cOffset,
      int ldc) {
    int step = next < 0 ? 0 : aheadStep(rows);
    int ahead = next;
    for (int i = 0; i < rows; ) {
      int height = heightAt(i, rows);
      int at = cOffset + row(i, ldc, cBand);
      int start = fo + row(i, ldf, startBand);
      tile(height, i * rowRoom, b, bo, ahead, step, from, start, ldf, c, at, ldc);
      ahead += even * step;
      i += height;
    }
  }

  /**
   * Columns of the next panel that each tile of eight rows reads ahead, one float for each k: the
   * tiles' equal shares, of which a remainder is left to the processor. 0 if there are fewer than
   * two such tiles: one would only wait for two panels at a time.
   */
  private int aheadStep(int rows) {
    int tiles = 0;
    for (int i = 0; i < rows; ) {
      int height = heightAt(i, rows);
      tiles += height == 8 ? 1 : 0;
      i += height;
    }
    return tiles < 2 ? 0 : PANEL / tiles;
  }

  /** Rows of the tile that begins at a row; no tile has rows of two bands. */
  private int heightAt(int i, int rows) {
    return height(Math.min(rows, i - i % bandRows + bandRows) - i);
  }

  /** Where a row begins. */
  private int row(int i, int ld, int band) {
    return i / bandRows * band + i % bandRows * ld;
  }

  /** A panel of which only the columns from ≤ j &lt; to belong to C. */
  private void edge(
      float[] b,
      int bo,
      int from,
      int to,
      float[] start,
      int startAt,
      int startStride,
      float[] c,
      int cOffset,
      int ldc) {
    for (int i = 0; i < rows; ) {
      int height = heightAt(i, rows);
      for (int r = 0; r < height; r++) {
        int at = startAt + row(i + r, startStride, startBand);
        System.arraycopy(start, at, edge, r * PANEL + from, to - from);
      }
      tile(height, i * rowRoom, b, bo, 0, 0, edge, 0, PANEL, edge, 0, PANEL);
      for (int r = 0; r < height; r++) {
        int at = cOffset + row(i + r, ldc, cBand) + from;
        System.arraycopy(edge, r * PANEL + from, c, at, to - from);
      }
      i += height;
    }
  }

  private void tile(
      int height,
      int ao,
      float[] b,
      int bo,
      int next,
      int step,
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
        eight(ao, b, bo, next, step, from, fo, ldf, c, co, ldc);
        break;
    }
  }

  /** Eight rows, whose sums are stored at once if they are added to nothing. */
  private void eight(
      int ao,
      float[] b,
      int bo,
      int next,
      int step,
      float[] from,
      int fo,
      int ldf,
      float[] c,
      int co,
      int ldc) {
    boolean alone = from == zeros && step == 0;
    float[] to = alone ? c : sums;
    int at = alone ? co : 0;
    int ld = alone ? ldc : PANEL;
    if (step > 0) {
      VectorTile8Ahead.eight(a, ao, b, bo, even, sums, next, step);
    } else if (inRows) {
      VectorTile8Rows.eight(a, ao, 1, b, bo, even, to, at, ld);
    } else {
      VectorTile8.eight(a, ao, ld, b, bo, even, to, at);
    }
    if (!alone) {
      VectorSums.add(8, PANEL, sums, from, fo, ldf, c, co, ldc);
    }
  }
}
