package org.recurrentops.cpu.math;

/**
 * Some rows and columns of A, where they are or copied, and their product with packed blocks of B:
 * which calls of oneDNN it is divided into. One thread's.
 */
final class OneDnnBlock {
  /** Columns of a packed block of B: at a depth of 512 it has a megabyte. */
  static final int WIDTH = 512;

  /** Longest run of k in a call. */
  static final int DEPTH = 2048;

  /** Most rows of a call, so that the garbage collector waits for three milliseconds at most. */
  static final int ROWS = 256;

  /** Floats of A that are copied at a time. */
  private static final int COPIED = 1 << 16;

  private final float[] copy = new float[CacheLines.FIRST + COPIED];
  private final float[] pairOfRows = new float[2 * DEPTH];
  private final float[] pairOfC = new float[2 * Math.max(ROWS, WIDTH)];
  private float[] a;
  private int at;
  private int lda;

  long bytes() {
    return 4L * (copy.length + pairOfRows.length + pairOfC.length);
  }

  /** Columns of a packed block in memory: a single one has another one's room beside it. */
  static int stride(int columns) {
    return Math.max(2, columns);
  }

  /** Rows that can be copied at a time. */
  static int copiedRows(int depth) {
    return COPIED / depth;
  }

  /** Takes rows where they are. */
  void take(float[] source, int offset, int ld) {
    a = source;
    at = offset;
    lda = ld;
  }

  /** Copies rows of a transposed A; at most {@link #copiedRows}. */
  void takeTransposed(int rows, int depth, float[] source, int offset, int ld) {
    Transpose.copy(depth, rows, source, offset, ld, copy, CacheLines.FIRST, depth);
    take(copy, CacheLines.FIRST, depth);
  }

  /**
   * Copies the columns from ≤ p &lt; from + depth of rows whose first columns lie in one matrix,
   * the next in another, and whose last one holds ones; at most {@link #copiedRows}.
   */
  void takeJoined(
      int rows,
      int from,
      int depth,
      int firstDepth,
      float[] first,
      int firstOffset,
      int firstStride,
      int secondDepth,
      float[] second,
      int secondOffset,
      int secondStride) {
    int of = Math.max(0, Math.min(firstDepth, from + depth) - from);
    int begin = Math.max(0, from - firstDepth);
    int end = Math.min(secondDepth, from + depth - firstDepth);
    for (int r = 0; r < rows; r++) {
      int to = CacheLines.FIRST + r * depth;
      if (of > 0) {
        System.arraycopy(first, firstOffset + r * firstStride + from, copy, to, of);
      }
      if (begin < end) {
        int source = secondOffset + r * secondStride + begin;
        System.arraycopy(second, source, copy, to + of, end - begin);
      }
      if (from + depth > firstDepth + secondDepth) {
        copy[to + depth - 1] = 1f;
      }
    }
    take(copy, CacheLines.FIRST, depth);
  }

  /**
   * C = (add ? C : 0) + the rows that were taken, as some columns of A, times rows of a packed B.
   *
   * @param m rows of A and C
   * @param depth columns of A that were taken
   * @param n columns of the packed B, all of them
   * @param k rows of the packed B, all of them
   * @param packed elements of the packed B
   * @param packedOffset its first element
   * @param p row of B that A's first column meets
   * @param from first column to compute
   * @param to column after the last one to compute
   * @param c elements of C
   * @param cOffset that of row 0 and column 0
   * @param ldc elements between rows of C
   */
  void multiply(
      int m,
      int depth,
      int n,
      int k,
      float[] packed,
      int packedOffset,
      int p,
      int from,
      int to,
      boolean add,
      float[] c,
      int cOffset,
      int ldc) {
    for (int j = from; j < to; ) {
      int first = j - j % WIDTH;
      int stride = stride(Math.min(WIDTH, n - first));
      int columns = Math.min(first + WIDTH, to) - j;
      int block = packedOffset + first * k + p * stride;
      for (int i = 0; i < m; i += ROWS) {
        int rows = Math.min(ROWS, m - i);
        int target = cOffset + i * ldc + j;
        if (rows > 1 && columns > 1) {
          OneDnn.multiply(
              rows,
              columns,
              depth,
              a,
              at + i * lda,
              lda,
              packed,
              block + j - first,
              stride,
              add,
              c,
              target,
              ldc);
        } else {
          pairs(i, rows, depth, packed, block, j - first, columns, stride, add, c, target, ldc);
        }
      }
      j += columns;
    }
  }

  /** One row as two, one column with its neighbour; see {@link OneDnnGemm}. */
  private void pairs(
      int row,
      int rows,
      int depth,
      float[] packed,
      int block,
      int column,
      int columns,
      int stride,
      boolean add,
      float[] c,
      int cOffset,
      int ldc) {
    float[] left = a;
    int leftAt = at + row * lda;
    int leftStride = lda;
    if (rows == 1) {
      System.arraycopy(a, leftAt, pairOfRows, 0, depth);
      System.arraycopy(a, leftAt, pairOfRows, depth, depth);
      left = pairOfRows;
      leftAt = 0;
      leftStride = depth;
    }
    int before = columns == 1 && column + 1 == stride ? 1 : 0;
    int width = Math.max(2, columns);
    for (int r = 0; add && r < rows; r++) {
      System.arraycopy(c, cOffset + r * ldc, pairOfC, r * width + before, columns);
    }
    OneDnn.multiply(
        Math.max(2, rows),
        width,
        depth,
        left,
        leftAt,
        leftStride,
        packed,
        block + column - before,
        stride,
        add,
        pairOfC,
        0,
        width);
    for (int r = 0; r < rows; r++) {
      System.arraycopy(pairOfC, r * width + before, c, cOffset + r * ldc, columns);
    }
  }
}
