package org.recurrentops.cpu.math;

import java.util.Arrays;

/**
 * {@link Gemm} in plain Java, shaped for C2's auto-vectoriser on JDK 17 and later.
 *
 * <p>That one vectorises a loop only if every array index in it has the same variable part: {@code
 * c[o + j] += x * b[p + j]} stays scalar, since C2 cannot tell whether the store changes a later
 * load. So rows of C are accumulated in arrays of their own and four rows of B are copied to places
 * a constant apart; the inner loop then adds four products per store, about half of the machine's
 * peak.
 *
 * <p>Packed form: panels of {@value #PANEL} columns, each row-major [K][width]; the last one is as
 * narrow as what remains. Order of an element's sum: C (or 0), then the products by ascending k.
 * Multiplications and additions round separately, because {@code Math.fma} is thousands of times
 * slower where the processor lacks it.
 */
final class JavaGemm implements Gemm {
  /** Columns of a panel. */
  private static final int PANEL = 256;

  /** Rows of B that one pass over a row of C takes in. */
  private static final int GROUP = 4;

  /** Rows of C that take turns on the same rows of B; with these they fit a 32 KiB L1 cache. */
  private static final int ROWS = 16;

  /** Rows of B that are transposed at a time, a multiple of {@link #GROUP}. */
  private static final int DEPTH = 256;

  private static final float[] ONE = {1f};

  private static final int SECOND = PANEL;
  private static final int THIRD = 2 * PANEL;
  private static final int FOURTH = 3 * PANEL;

  private static final class Buffers implements Scratch {
    final float[][] sums = new float[ROWS][PANEL];
    final float[] group = new float[GROUP * PANEL];
    final float[] transposed = new float[DEPTH * PANEL];

    @Override
    public long bytes() {
      return 4L * (ROWS * PANEL + group.length + transposed.length);
    }
  }

  @Override
  public String name() {
    return "java";
  }

  @Override
  public String tiling() {
    return "panels of "
        + PANEL
        + " columns, "
        + ROWS
        + " rows and "
        + GROUP
        + " products at a time";
  }

  @Override
  public int columnGranularity() {
    return 16;
  }

  /** A product takes as long as its parts. */
  @Override
  public int joinedDepth() {
    return 0;
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
    Buffers own = (Buffers) scratch;
    int aRow = transA ? 1 : lda;
    int aStep = transA ? lda : 1;
    for (int j = 0; j < n; j += PANEL) {
      int width = Math.min(PANEL, n - j);
      int to = cOffset + j;
      if (!transB) {
        int from = bOffset + j;
        panel(m, width, k, a, aOffset, aRow, aStep, b, from, ldb, c, to, ldc, accumulate, own);
        continue;
      }
      float[] block = own.transposed;
      for (int p = 0; p == 0 || p < k; p += DEPTH) {
        int depth = Math.min(DEPTH, k - p);
        int q = aOffset + p * aStep;
        boolean add = accumulate || p > 0;
        Transpose.copy(width, depth, b, bOffset + j * ldb + p, ldb, block, 0, width);
        panel(m, width, depth, a, q, aRow, aStep, block, 0, width, c, to, ldc, add, own);
      }
    }
  }

  @Override
  public int packedLength(int k, int n) {
    return Math.multiplyExact(k, n);
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
    for (int j = fromColumn; j < toColumn; ) {
      int first = j - j % PANEL;
      int step = Math.min(PANEL, n - first);
      int width = Math.min(first + step, toColumn) - j;
      int target = packedOffset + first * k + j - first;
      if (transB) {
        Transpose.copy(width, k, b, bOffset + j * ldb, ldb, packed, target, step);
      } else {
        for (int p = 0; p < k; p++) {
          System.arraycopy(b, bOffset + p * ldb + j, packed, target + p * step, width);
        }
      }
      j += width;
    }
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
    Buffers own = (Buffers) scratch;
    int aRow = transA ? 1 : lda;
    int aStep = transA ? lda : 1;
    for (int j = fromColumn; j < toColumn; ) {
      int first = j - j % PANEL;
      int step = Math.min(PANEL, n - first);
      int width = Math.min(first + step, toColumn) - j;
      int from = packedOffset + first * k + j - first;
      int to = cOffset + j;
      panel(m, width, k, a, aOffset, aRow, aStep, packed, from, step, c, to, ldc, accumulate, own);
      j += width;
    }
  }

  @Override
  public void gemmPackedJoined(
      int groups,
      int m,
      int n,
      int firstK,
      float[] first,
      int firstOffset,
      int firstStride,
      int secondK,
      float[] second,
      int secondOffset,
      int secondStride,
      float[] packed,
      int packedOffset,
      int fromColumn,
      int toColumn,
      float[] c,
      int cOffset,
      int ldc,
      Scratch scratch) {
    Buffers own = (Buffers) scratch;
    int k = firstK + secondK + 1;
    for (int g = 0; g < n; g += n / groups) {
      int to = g + toColumn;
      for (int j = g + fromColumn; j < to; ) {
        int panel = j - j % PANEL;
        int step = Math.min(PANEL, n - panel);
        int width = Math.min(panel + step, to) - j;
        int b1 = packedOffset + panel * k + j - panel;
        int b2 = b1 + firstK * step;
        int b3 = b2 + secondK * step;
        int at = cOffset + j;
        panel(
            m,
            width,
            firstK,
            first,
            firstOffset,
            firstStride,
            1,
            packed,
            b1,
            step,
            c,
            at,
            ldc,
            false,
            own);
        panel(
            m,
            width,
            secondK,
            second,
            secondOffset,
            secondStride,
            1,
            packed,
            b2,
            step,
            c,
            at,
            ldc,
            true,
            own);
        panel(m, width, 1, ONE, 0, 0, 1, packed, b3, step, c, at, ldc, true, own);
        j += width;
      }
    }
  }

  /** Computes one panel of C, at most {@link #PANEL} columns wide. */
  private static void panel(
      int m,
      int width,
      int k,
      float[] a,
      int aOffset,
      int aRow,
      int aStep,
      float[] b,
      int bOffset,
      int bStep,
      float[] c,
      int cOffset,
      int ldc,
      boolean accumulate,
      Buffers own) {
    for (int top = 0; top < m; top += ROWS) {
      int rows = Math.min(ROWS, m - top);
      int to = cOffset + top * ldc;
      for (int i = 0; i < rows; i++) {
        if (accumulate) {
          System.arraycopy(c, to + i * ldc, own.sums[i], 0, width);
        } else {
          Arrays.fill(own.sums[i], 0, width, 0f);
        }
      }
      int q = aOffset + top * aRow;
      sumProducts(rows, width, k, a, q, aRow, aStep, b, bOffset, bStep, own.sums, own.group);
      for (int i = 0; i < rows; i++) {
        System.arraycopy(own.sums[i], 0, c, to + i * ldc, width);
      }
    }
  }

  private static void sumProducts(
      int rows,
      int width,
      int k,
      float[] a,
      int aOffset,
      int aRow,
      int aStep,
      float[] b,
      int bOffset,
      int bStep,
      float[][] sums,
      float[] group) {
    for (int p = 0; p < k; p += GROUP) {
      int depth = Math.min(GROUP, k - p);
      for (int g = 0; g < depth; g++) {
        System.arraycopy(b, bOffset + (p + g) * bStep, group, g * PANEL, width);
      }
      for (int i = 0; i < rows; i++) {
        int q = aOffset + i * aRow + p * aStep;
        if (depth == GROUP) {
          addFour(sums[i], group, width, a[q], a[q + aStep], a[q + 2 * aStep], a[q + 3 * aStep]);
        } else if (depth == 3) {
          addThree(sums[i], group, width, a[q], a[q + aStep], a[q + 2 * aStep]);
        } else if (depth == 2) {
          addTwo(sums[i], group, width, a[q], a[q + aStep]);
        } else {
          addOne(sums[i], group, width, a[q]);
        }
      }
    }
  }

  private static void addFour(
      float[] c, float[] b, int width, float a0, float a1, float a2, float a3) {
    for (int j = 0; j < width; j++) {
      c[j] = c[j] + a0 * b[j] + a1 * b[j + SECOND] + a2 * b[j + THIRD] + a3 * b[j + FOURTH];
    }
  }

  private static void addThree(float[] c, float[] b, int width, float a0, float a1, float a2) {
    for (int j = 0; j < width; j++) {
      c[j] = c[j] + a0 * b[j] + a1 * b[j + SECOND] + a2 * b[j + THIRD];
    }
  }

  private static void addTwo(float[] c, float[] b, int width, float a0, float a1) {
    for (int j = 0; j < width; j++) {
      c[j] = c[j] + a0 * b[j] + a1 * b[j + SECOND];
    }
  }

  private static void addOne(float[] c, float[] b, int width, float a0) {
    for (int j = 0; j < width; j++) {
      c[j] += a0 * b[j];
    }
  }
}
