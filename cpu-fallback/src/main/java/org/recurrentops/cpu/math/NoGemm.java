package org.recurrentops.cpu.math;

import java.util.Arrays;

/**
 * Leaves products out, for measuring what surrounds them: C stays as it is, or becomes zero, as if
 * B were zero. Work is split as for the real product.
 */
final class NoGemm implements Gemm {
  private static final Scratch NOTHING = () -> 0;

  private final int columnGranularity;
  private final int joinedDepth;
  private final int preferredRows;
  private final int preferredDepth;

  NoGemm(Gemm real) {
    columnGranularity = real.columnGranularity();
    joinedDepth = real.joinedDepth();
    preferredRows = real.preferredRows();
    preferredDepth = real.preferredDepth();
  }

  @Override
  public String name() {
    return "none";
  }

  @Override
  public String tiling() {
    return "nothing";
  }

  @Override
  public int columnGranularity() {
    return columnGranularity;
  }

  @Override
  public int joinedDepth() {
    return joinedDepth;
  }

  @Override
  public int preferredRows() {
    return preferredRows;
  }

  @Override
  public int preferredDepth() {
    return preferredDepth;
  }

  @Override
  public Scratch newScratch() {
    return NOTHING;
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
    clear(m, 0, n, c, cOffset, ldc, accumulate);
  }

  @Override
  public int packedLength(int k, int n) {
    return 0;
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
    // Nothing is read from it.
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
    clear(m, fromColumn, toColumn, c, cOffset, ldc, accumulate);
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
    for (int j = 0; j < n; j += n / groups) {
      clear(m, j + fromColumn, j + toColumn, c, cOffset, ldc, false);
    }
  }

  private static void clear(
      int m, int from, int to, float[] c, int offset, int ldc, boolean accumulate) {
    for (int i = 0; i < m && !accumulate; i++) {
      Arrays.fill(c, offset + i * ldc + from, offset + i * ldc + to, 0f);
    }
  }
}
