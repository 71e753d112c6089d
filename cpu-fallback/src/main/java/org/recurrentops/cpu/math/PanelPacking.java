package org.recurrentops.cpu.math;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Copies operands into the order in which register tiles read them.
 *
 * <p>op(B) [K,N] becomes panels of equally many columns, each row-major [K'][width]; op(A) becomes
 * tiles of a few rows, each [K'][rows]. K' is K rounded up to an even number; what has no source is
 * 0, and only meets another 0 or a column that is not stored.
 */
final class PanelPacking {
  private static final VectorSpecies<Float> S = VectorWidth.SPECIES;
  private static final int L = VectorWidth.LANES;
  private static final Class<? extends FloatVector> TYPE = FloatVector.zero(S).getClass();

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
      } else if (end - j == width && width == 2 * L) {
        panel(k, b, bOffset + j, ldb, packed, target);
      } else {
        for (int p = 0; p < k; p++) {
          System.arraycopy(b, bOffset + p * ldb + j, packed, target + p * width, end - j);
        }
      }
      int last = end == n ? first + width : end;
      int panel = packedOffset + first * depth - first;
      for (int p = 0; last > end && p < k; p++) {
        Arrays.fill(packed, panel + p * width + end, panel + p * width + last, 0f);
      }
      if (k < depth) {
        Arrays.fill(packed, panel + k * width + j, panel + k * width + last, 0f);
      }
      j = end;
    }
  }

  /**
   * Packs one tile of rows of A, stored as [M,K].
   *
   * @param rows rows of the tile
   * @param k columns of A
   * @param a elements of A
   * @param aOffset first element of the tile
   * @param lda elements between rows of A
   * @param tile memory of the tile
   * @param tileOffset its first element
   */
  static void rows(int rows, int k, float[] a, int aOffset, int lda, float[] tile, int tileOffset) {
    if (rows == 1) {
      System.arraycopy(a, aOffset, tile, tileOffset, k);
    } else {
      Transpose.copy(rows, k, a, aOffset, lda, tile, tileOffset, rows);
    }
    Arrays.fill(tile, tileOffset + k * rows, tileOffset + even(k) * rows, 0f);
  }

  /**
   * Copies rows, and 0 behind each.
   *
   * @param rows rows to copy
   * @param k elements of a row
   * @param source elements of the source
   * @param offset its first element
   * @param ld elements between its rows
   * @param target elements of the copy
   * @param targetOffset its first element
   * @param targetLd elements between its rows
   */
  static void asTheyAre(
      int rows,
      int k,
      float[] source,
      int offset,
      int ld,
      float[] target,
      int targetOffset,
      int targetLd) {
    int whole = k - k % L;
    for (int r = 0; r < rows; r++) {
      int from = offset + r * ld;
      int to = targetOffset + r * targetLd;
      for (int p = 0; p < whole; p += L) {
        copy(source, from + p, target, to + p);
      }
      for (int p = whole; p < k; p++) {
        target[to + p] = source[from + p];
      }
      target[to + k] = 0f;
    }
  }

  /** A whole panel of a row-major B. */
  private static void panel(int k, float[] b, int from, int ldb, float[] packed, int to) {
    for (int p = 0; p < k; p++) {
      copy(b, from + p * ldb, packed, to + p * 2 * L);
      copy(b, from + p * ldb + L, packed, to + p * 2 * L + L);
    }
  }

  /** Copies one vector; the cast is explained in {@link VectorTiles}. */
  private static void copy(float[] source, int from, float[] target, int to) {
    TYPE.cast(FloatVector.fromArray(S, source, from)).intoArray(target, to);
  }

  /**
   * Packs some runs of one tile of rows of A, stored as [K,M]. Each is copied as a whole vector;
   * what that writes too much is overwritten by the next runs, and so the tile's last ones, which
   * have as many floats as a vector, are copied float by float.
   *
   * @param rows rows of the tile, the floats of a run
   * @param count runs to pack
   * @param left runs from the first of them to the tile's last one
   * @param a elements of A
   * @param aOffset first element of the first run
   * @param lda elements between runs
   * @param tile memory of the tile
   * @param tileOffset where the first run goes
   */
  static void runs(
      int rows,
      int count,
      int left,
      float[] a,
      int aOffset,
      int lda,
      float[] tile,
      int tileOffset) {
    int whole = rows > L ? 0 : Math.min(count, left + 1 - (L + rows - 1) / rows);
    for (int p = 0; p < whole; p++) {
      copy(a, aOffset + p * lda, tile, tileOffset + p * rows);
    }
    for (int p = Math.max(0, whole); p < count; p++) {
      for (int r = 0; r < rows; r++) {
        tile[tileOffset + p * rows + r] = a[aOffset + p * lda + r];
      }
    }
    if (count == left) {
      Arrays.fill(tile, tileOffset + count * rows, tileOffset + even(count) * rows, 0f);
    }
  }
}
