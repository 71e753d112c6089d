package org.recurrentops.cpu.math;

/**
 * {@link Gemm} by oneDNN's sgemm, whose kernels fetch panels ahead with instructions that Java has
 * not. B is packed into blocks of columns, row after row: rows that lie far apart were read at less
 * speed (1024 deep, 2048 columns, 32 rows: 249 GFLOP/s on two cores, in blocks 302 to 317). A
 * transposed A is copied into rows, for which its kernels are faster.
 *
 * <p>Order of an element's sum: oneDNN's in blocks of {@value OneDnnBlock#DEPTH}, one after another
 * added to C (or 0). oneDNN promises nothing about that order; where it was tested, it is the same
 * for any number of rows and columns but for one row or one column, so they are computed as two.
 */
final class OneDnnGemm implements Gemm {
  private static final int WIDTH = OneDnnBlock.WIDTH;
  private static final int DEPTH = OneDnnBlock.DEPTH;

  /** Columns of a B that is not packed before. */
  private static final int NARROW = 64;

  private static final class Buffers implements Scratch {
    final OneDnnBlock block = new OneDnnBlock();
    final float[] b = new float[CacheLines.FIRST + DEPTH * NARROW];

    @Override
    public long bytes() {
      return block.bytes() + 4L * b.length;
    }
  }

  @Override
  public String name() {
    return "onednn-" + OneDnn.version();
  }

  @Override
  public String tiling() {
    return "calls of oneDNN's sgemm of at most "
        + OneDnnBlock.ROWS
        + " rows by "
        + WIDTH
        + " columns, "
        + DEPTH
        + " deep";
  }

  @Override
  public int columnGranularity() {
    return 16;
  }

  /** Two products are as good, wherever calls are worth their while. */
  @Override
  public int joinedDepth() {
    return 0;
  }

  /** Each block of B is fetched from memory once for all of them. */
  @Override
  public int preferredRows() {
    return 512;
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
      Gemm.zero(m, n, c, cOffset, ldc);
    }
    Buffers own = (Buffers) scratch;
    for (int p = 0; p < k; p += DEPTH) {
      int depth = Math.min(DEPTH, k - p);
      for (int j = 0; j < n; j += NARROW) {
        int columns = Math.min(NARROW, n - j);
        int from = bOffset + (transB ? j * ldb + p : p * ldb + j);
        packB(transB, depth, columns, b, from, ldb, own.b, CacheLines.FIRST, 0, columns);
        gemmPacked(
            transA,
            m,
            columns,
            depth,
            a,
            aOffset + (transA ? p * lda : p),
            lda,
            own.b,
            CacheLines.FIRST,
            0,
            columns,
            c,
            cOffset + j,
            ldc,
            accumulate || p > 0,
            own);
      }
    }
  }

  @Override
  public int packedLength(int k, int n) {
    return Math.multiplyExact(n % WIDTH == 1 ? Math.addExact(n, 1) : n, k);
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
      int first = j - j % WIDTH;
      int stride = OneDnnBlock.stride(Math.min(WIDTH, n - first));
      int columns = Math.min(first + WIDTH, toColumn) - j;
      int to = packedOffset + first * k + j - first;
      if (transB) {
        Transpose.copy(columns, k, b, bOffset + j * ldb, ldb, packed, to, stride);
      } else {
        for (int p = 0; p < k; p++) {
          System.arraycopy(b, bOffset + p * ldb + j, packed, to + p * stride, columns);
        }
      }
      for (int p = 0; first + 1 == n && p < k; p++) {
        packed[to + p * stride + 1] = 0f; // beside a single column
      }
      j += columns;
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
    if (k == 0 && !accumulate) {
      Gemm.zero(m, toColumn - fromColumn, c, cOffset + fromColumn, ldc);
    }
    OneDnnBlock block = ((Buffers) scratch).block;
    for (int p = 0; p < k; p += DEPTH) {
      int depth = Math.min(DEPTH, k - p);
      int most = transA ? OneDnnBlock.copiedRows(depth) : Math.max(1, m);
      for (int i = 0; i < m; i += most) {
        int rows = Math.min(most, m - i);
        if (transA) {
          block.takeTransposed(rows, depth, a, aOffset + p * lda + i, lda);
        } else {
          block.take(a, aOffset + p, lda);
        }
        block.multiply(
            rows,
            depth,
            n,
            k,
            packed,
            packedOffset,
            p,
            fromColumn,
            toColumn,
            accumulate || p > 0,
            c,
            cOffset + i * ldc,
            ldc);
      }
    }
  }

  /** The row is copied just before what is added to it, into what is then in the cache. */
  @Override
  public void gemmPackedOnto(
      int bands,
      int m,
      int n,
      int k,
      float[] a,
      int aOffset,
      int lda,
      int aBand,
      float[] packed,
      int packedOffset,
      int fromColumn,
      int toColumn,
      float[] row,
      int rowOffset,
      float[] c,
      int cOffset,
      int ldc,
      int cBand,
      Scratch scratch) {
    for (int j = fromColumn; j < toColumn; ) {
      int end = Math.min(toColumn, j - j % WIDTH + WIDTH);
      for (int h = 0; h < bands; h++) {
        for (int i = 0; i < m; i += OneDnnBlock.ROWS) {
          int rows = Math.min(OneDnnBlock.ROWS, m - i);
          int at = aOffset + h * aBand + i * lda;
          int to = cOffset + h * cBand + i * ldc;
          Gemm.copyRow(rows, j, end, row, rowOffset, c, to, ldc);
          gemmPacked(
              false,
              rows,
              n,
              k,
              a,
              at,
              lda,
              packed,
              packedOffset,
              j,
              end,
              c,
              to,
              ldc,
              true,
              scratch);
        }
      }
      j = end;
    }
  }

  @Override
  public void gemmPackedEach(
      PackedProduct[] products,
      boolean add,
      int firstRow,
      int m,
      int k,
      float[] a,
      int aOffset,
      int lda,
      Scratch scratch) {
    for (PackedProduct p : products) {
      if (k == 0 && !add && !p.accumulate()) {
        Gemm.zero(m, p.n(), p.c(), p.cOffset() + firstRow * p.ldc(), p.ldc());
      }
    }
    OneDnnBlock block = ((Buffers) scratch).block;
    for (int q = 0; q < k; q += DEPTH) {
      int depth = Math.min(DEPTH, k - q);
      int most = OneDnnBlock.copiedRows(depth);
      for (int i = 0; i < m; i += most) {
        int rows = Math.min(most, m - i);
        block.takeTransposed(rows, depth, a, aOffset + q * lda + i, lda);
        for (PackedProduct p : products) {
          block.multiply(
              rows,
              depth,
              p.n(),
              k,
              p.packed(),
              p.packedOffset(),
              q,
              0,
              p.n(),
              add || q > 0 || p.accumulate(),
              p.c(),
              p.cOffset() + (firstRow + i) * p.ldc(),
              p.ldc());
        }
      }
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
    OneDnnBlock block = ((Buffers) scratch).block;
    int k = firstK + secondK + 1;
    for (int p = 0; p < k; p += DEPTH) {
      int depth = Math.min(DEPTH, k - p);
      int most = OneDnnBlock.copiedRows(depth);
      for (int i = 0; i < m; i += most) {
        int rows = Math.min(most, m - i);
        block.takeJoined(
            rows,
            p,
            depth,
            firstK,
            first,
            firstOffset + i * firstStride,
            firstStride,
            secondK,
            second,
            secondOffset + i * secondStride,
            secondStride);
        for (int j = 0; j < n; j += n / groups) {
          int from = j + fromColumn;
          int to = j + toColumn;
          int target = cOffset + i * ldc;
          block.multiply(
              rows, depth, n, k, packed, packedOffset, p, from, to, p > 0, c, target, ldc);
        }
      }
    }
  }
}
