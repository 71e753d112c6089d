package org.recurrentops.cpu.math;

/**
 * {@link Gemm} in the Vector API: panels of B in a core's own caches meet tiles of A in registers
 * (Goto and van de Geijn, Anatomy of high-performance matrix multiplication, 2008).
 *
 * <p>Order of an element's sum: products by ascending k, fused, in blocks of 2048 (512 with vectors
 * shorter than 512 bits) that begin at zero; C (or 0) plus the blocks' sums one after another.
 * Tiles of any shape keep that order, so the element does not depend on where it lies.
 */
final class VectorGemm implements Gemm {
  private static final int PANEL = VectorBlock.PANEL;

  /**
   * Longest run of k that is summed in registers; even. Each further one reads and writes C once
   * more, which is far away by then: with vectors of 512 bits, whose panels come from the
   * second-level cache anyway, 2048 is 3 % faster than 512 from H = 512 on in training. Of shorter
   * vectors a panel of 512 fills the first-level cache.
   */
  static final int DEPTH = VectorWidth.LANES == 16 ? 2048 : 512;

  /** Deepest product for which the rows of two matrices are joined. */
  private static final int JOINED_DEPTH = VectorTile8Rows.DEEPEST - 1;

  /** Rows of A packed at a time: they take a third of a second-level cache of 2 MB. */
  private static final int ROWS = 80;

  /** Floats of B packed at a time. */
  private static final int PACKED = 1 << 19;

  /** Floats of packed panels that stay in a core's own cache from one product to the next. */
  private static final long NEAR = 1 << 18;

  private static final class Buffers implements Scratch {
    final VectorBlock block = new VectorBlock(ROWS);
    final float[] b = new float[CacheLines.FIRST + PACKED];

    @Override
    public long bytes() {
      return block.bytes() + 4L * b.length;
    }
  }

  @Override
  public String name() {
    return "vector-" + VectorWidth.SPECIES.vectorBitSize();
  }

  @Override
  public String tiling() {
    return "tiles of "
        + VectorBlock.TALLEST
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

  /** The begin and end of a tile cost as much as 16 products of each of its elements. */
  @Override
  public int joinedDepth() {
    return JOINED_DEPTH;
  }

  @Override
  public int preferredDepth() {
    return DEPTH;
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
      int stride = PanelPacking.even(depth) * PANEL;
      int most = PACKED / stride * PANEL;
      int rows = aOffset + (transA ? p * lda : p);
      for (int j = 0; j < n; j += most) {
        int columns = Math.min(most, n - j);
        int block = bOffset + (transB ? j * ldb + p : p * ldb + j);
        PanelPacking.columns(
            transB, depth, columns, b, block, ldb, own.b, CacheLines.FIRST, PANEL, 0, columns);
        boolean add = accumulate || p > 0;
        int to = cOffset + j;
        multiply(
            transA,
            1,
            m,
            depth,
            a,
            rows,
            lda,
            0,
            own.b,
            CacheLines.FIRST,
            1,
            0,
            0,
            columns,
            add ? c : null,
            add ? to : 0,
            add ? ldc : 0,
            c,
            to,
            ldc,
            0,
            own);
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
      Gemm.zero(m, toColumn - fromColumn, c, cOffset + fromColumn, ldc);
    }
    Buffers own = (Buffers) scratch;
    multiply(
        transA,
        1,
        m,
        k,
        a,
        aOffset,
        lda,
        0,
        packed,
        packedOffset,
        1,
        0,
        fromColumn,
        toColumn,
        accumulate ? c : null,
        accumulate ? cOffset : 0,
        accumulate ? ldc : 0,
        c,
        cOffset,
        ldc,
        0,
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
      Gemm.zero(m, toColumn - fromColumn, c, cOffset + j + fromColumn, ldc);
    }
    Buffers own = (Buffers) scratch;
    multiply(
        false,
        1,
        m,
        k,
        a,
        aOffset,
        lda,
        0,
        packed,
        packedOffset,
        groups,
        width,
        fromColumn,
        toColumn,
        accumulate ? c : null,
        accumulate ? cOffset : 0,
        accumulate ? ldc : 0,
        c,
        cOffset,
        ldc,
        0,
        own);
  }

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
    for (int i = 0; k == 0 && i < bands; i++) {
      Gemm.copyRow(m, fromColumn, toColumn, row, rowOffset, c, cOffset + i * cBand, ldc);
    }
    Buffers own = (Buffers) scratch;
    multiply(
        false,
        bands,
        m,
        k,
        a,
        aOffset,
        lda,
        aBand,
        packed,
        packedOffset,
        1,
        0,
        fromColumn,
        toColumn,
        row,
        rowOffset,
        0,
        c,
        cOffset,
        ldc,
        cBand,
        own);
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
    VectorBlock block = ((Buffers) scratch).block;
    int stride = PanelPacking.even(firstK + secondK + 1) * PANEL;
    for (int i = 0; i < m; i += ROWS) {
      block.packJoined(
          Math.min(ROWS, m - i),
          firstK,
          first,
          firstOffset + i * firstStride,
          firstStride,
          secondK,
          second,
          secondOffset + i * secondStride,
          secondStride);
      for (int j = 0; j < n; j += n / groups) {
        block.multiply(
            packed,
            packedOffset,
            stride,
            j + fromColumn,
            j + toColumn,
            false,
            null,
            0,
            0,
            0,
            c,
            cOffset + i * ldc,
            ldc,
            0);
      }
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
    Buffers own = (Buffers) scratch;
    int stride = PanelPacking.even(k) * PANEL;
    long columns = 0;
    for (PackedProduct p : products) {
      columns += p.n();
      if (k == 0 && !add && !p.accumulate()) {
        Gemm.zero(m, p.n(), p.c(), p.cOffset() + firstRow * p.ldc(), p.ldc());
      }
    }
    boolean far = columns * k > NEAR;
    for (int i = 0; i < m; i += ROWS) {
      for (int q = 0; q < k; q += DEPTH) {
        int depth = Math.min(DEPTH, k - q);
        int rows = Math.min(ROWS, m - i);
        own.block.packTransposed(rows, depth, a, aOffset + q * lda + i, lda);
        for (PackedProduct p : products) {
          float[] c = p.c();
          int target = p.cOffset() + (firstRow + i) * p.ldc();
          boolean onto = add || q > 0 || p.accumulate();
          own.block.multiply(
              p.packed(),
              p.packedOffset() + q * PANEL,
              stride,
              0,
              p.n(),
              far,
              onto ? c : null,
              onto ? target : 0,
              onto ? p.ldc() : 0,
              0,
              c,
              target,
              p.ldc(),
              0);
        }
      }
    }
  }

  /**
   * Blocks of rows, and of each the blocks of k in turn, so that C stays in the cache; the columns
   * from ≤ j &lt; to, and as many times as there are groups those {@code width} further on. Sums
   * begin at what {@code start} holds, rows of C's width, or at zero if it is null. A block has as
   * many whole bands of rows as fit, or rows of one. Bands lie apart in C, but follow each other in
   * no {@code start}: with several of them it is null or one row for all, {@code startStride} 0.
   */
  private static void multiply(
      boolean transA,
      int bands,
      int m,
      int k,
      float[] a,
      int aOffset,
      int lda,
      int aBand,
      float[] b,
      int bOffset,
      int groups,
      int width,
      int from,
      int to,
      float[] start,
      int startOffset,
      int startStride,
      float[] c,
      int cOffset,
      int ldc,
      int cBand,
      Buffers own) {
    int stride = PanelPacking.even(k) * PANEL;
    boolean far = (long) groups * (to - from) * k > NEAR;
    int together = Math.max(1, ROWS / Math.max(1, m));
    for (int h = 0; h < bands; h += together) {
      int count = Math.min(together, bands - h);
      for (int i = 0; i < m; i += ROWS) {
        int rows = Math.min(ROWS, m - i);
        int target = cOffset + h * cBand + i * ldc;
        for (int p = 0; p < k; p += DEPTH) {
          int depth = Math.min(DEPTH, k - p);
          if (transA) {
            own.block.packTransposed(rows, depth, a, aOffset + p * lda + i, lda);
          } else {
            int corner = aOffset + h * aBand + i * lda + p;
            own.block.packBands(count, rows, depth, far, a, corner, lda, aBand);
          }
          int panels = bOffset + p * PANEL;
          float[] s = p > 0 ? c : start;
          int at = p > 0 ? target : startOffset + i * startStride;
          int lds = p > 0 ? ldc : startStride;
          int band = p > 0 ? cBand : 0;
          for (int g = 0; g < groups; g++) {
            int j = g * width;
            own.block.multiply(
                b, panels, stride, j + from, j + to, far, s, at, lds, band, c, target, ldc, cBand);
          }
        }
      }
    }
  }
}
