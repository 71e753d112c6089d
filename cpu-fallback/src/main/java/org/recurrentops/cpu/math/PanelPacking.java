package org.recurrentops.cpu.math;

import java.util.Arrays;

/**
 * Copies operands into the order in which register tiles read them.
 *
 * <p>op(B) [K,N] becomes panels of equally many columns, each row-major [K'][width]; op(A) becomes
 * tiles of a few rows, each [K'][rows]. K' is K rounded up to an even number; what has no source is
 * 0, and only meets another 0 or a column that is not stored.
 */
final class PanelPacking {
  private PanelPacking() {}

  /** K rounded up to what the tiles' loops step by. */
  static int even(int k) {
    return k + (k & 1);
  }

  /**
   * Packs some columns of B.
   *
   * @param transB whether {@code b} holds B as [N,K]
   * @param k rows of op(B)
   * @param n columns of op(B), all of them
   * @param b elements of B
   * @param bOffset first element of B
   * @param ldb elements between rows of the stored B
   * @param packed memory of the panels
   * @param packedOffset first element of panel 0
   * @param width columns of a panel
   * @param from first column to pack
   * @param to column after the last one to pack
   */
  static void columns(
      boolean transB,
      int k,
      int n,
      float[] b,
      int bOffset,
      int ldb,
      float[] packed,
      int packedOffset,
      int width,
      int from,
      int to) {
    int depth = even(k);
    for (int j = from; j < to; ) {
      int first = j - j % width;
      int end = Math.min(first + width, to);
      int target = packedOffset + first * depth + j - first;
      if (transB) {
        Transpose.copy(end - j, k, b, bOffset + j * ldb, ldb, packed, target, width);
      } else {
        for (int p = 0; p < k; p++) {
          System.arraycopy(b, bOffset + p * ldb + j, packed, target + p * width, end - j);
        }
      }
      int last = end == n ? first + width : end;
      for (int p = 0; p < depth; p++) {
        int row = packedOffset + first * depth + p * width - first;
        if (p >= k) {
          Arrays.fill(packed, row + j, row + last, 0f);
        } else if (last > end) {
          Arrays.fill(packed, row + end, row + last, 0f);
        }
      }
      j = end;
    }
  }

  /**
   * Packs one tile of rows of A.
   *
   * @param transA whether {@code a} holds A as [K,M]
   * @param rows rows of the tile
   * @param k columns of op(A)
   * @param a elements of A
   * @param aOffset first element of the tile
   * @param lda elements between rows of the stored A
   * @param tile memory of the tile
   * @param tileOffset its first element
   */
  static void rows(
      boolean transA,
      int rows,
      int k,
      float[] a,
      int aOffset,
      int lda,
      float[] tile,
      int tileOffset) {
    if (rows == 1 && !transA) {
      System.arraycopy(a, aOffset, tile, tileOffset, k);
    } else if (transA && rows == 5) {
      fives(k, a, aOffset, lda, tile, tileOffset);
    } else if (transA) {
      for (int p = 0; p < k; p++) {
        for (int r = 0; r < rows; r++) {
          tile[tileOffset + p * rows + r] = a[aOffset + p * lda + r];
        }
      }
    } else {
      Transpose.copy(rows, k, a, aOffset, lda, tile, tileOffset, rows);
    }
    Arrays.fill(tile, tileOffset + k * rows, tileOffset + even(k) * rows, 0f);
  }

  private static void fives(int k, float[] a, int aOffset, int lda, float[] tile, int tileOffset) {
    for (int p = 0; p < k; p++) {
      int from = aOffset + p * lda;
      int to = tileOffset + p * 5;
      tile[to] = a[from];
      tile[to + 1] = a[from + 1];
      tile[to + 2] = a[from + 2];
      tile[to + 3] = a[from + 3];
      tile[to + 4] = a[from + 4];
    }
  }
}
