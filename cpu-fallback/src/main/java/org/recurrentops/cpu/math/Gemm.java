package org.recurrentops.cpu.math;

import java.util.Arrays;

/**
 * Single-precision matrix product on row-major {@code float[]} memory: {@code C[M,N] = (accumulate
 * ? C : 0) + op(A)[M,K] · op(B)[K,N]}, where op is the identity or the transpose.
 *
 * <p>A matrix is an array, the offset of its first element and a leading dimension (elements from
 * one row to the next, at least the row's length). With {@code transA} the array holds A as [K,M],
 * with {@code transB} it holds B as [N,K]. Only the M·N elements of C are written, whatever lies
 * between its rows. C must not overlap A or B. Any of M, N and K may be 0; K = 0 without {@code
 * accumulate} writes zeros.
 *
 * <p><b>Numerics.</b> Plain IEEE arithmetic: nothing is skipped because it is zero, so NaN and
 * infinity propagate. The order in which an element's products are added depends on K and on the
 * implementation only, never on M, N, the element's place, the packing, or how the work is split.
 * Hence a product split by rows (pass offsets into A and C), by columns (pass offsets into B and C,
 * or a column range of a packed B) is bit-identical to the whole one.
 *
 * <p><b>Packing.</b> A B that is used more than once, such as a recurrent weight, is packed once
 * into the caller's memory. The packed form is private to the implementation and the K and N it was
 * made for.
 *
 * <p>Implementations are stateless and safe for concurrent use on disjoint C, each thread with a
 * scratch of its own. They trust their arguments: shapes are validated before.
 */
public interface Gemm {

  /** {@return the name for logs and descriptions, such as {@code vector-256}} */
  String name();

  /** {@return the sizes of tiles and blocks, for descriptions of plans} */
  String tiling();

  /**
   * {@return the preferred granularity, in columns, of splits of N over threads} Ranges that begin
   * at its multiples cost no partly used panel.
   */
  int columnGranularity();

  /**
   * {@return the most columns of both parts of A with which {@link #gemmPackedJoined} is better
   * than two products, 0 for none}
   */
  int joinedDepth();

  /** {@return rows from which on a product with a packed B becomes no faster} */
  default int preferredRows() {
    return 128;
  }

  /**
   * {@return the best K of {@link #gemmPackedEach} where it is up to the caller, because products
   * are added to one another}
   */
  default int preferredDepth() {
    return 512;
  }

  /**
   * Allocates what one thread needs beside its operands, enough for products of any size; the only
   * method that allocates.
   *
   * @return scratch for one thread at a time
   */
  Scratch newScratch();

  /** Memory of one thread for its running product; holds nothing from one call to the next. */
  interface Scratch {
    /** {@return the bytes allocated, for workspace reports} */
    long bytes();
  }

  /**
   * Computes {@code C = (accumulate ? C : 0) + op(A)·op(B)}.
   *
   * @param transA whether {@code a} holds A as [K,M] rather than [M,K]
   * @param transB whether {@code b} holds B as [N,K] rather than [K,N]
   * @param m rows of C
   * @param n columns of C
   * @param k inner dimension
   * @param a elements of A
   * @param aOffset first element of A
   * @param lda elements between rows of the stored A
   * @param b elements of B
   * @param bOffset first element of B
   * @param ldb elements between rows of the stored B
   * @param c elements of C
   * @param cOffset first element of C
   * @param ldc elements between rows of C
   * @param accumulate whether the product is added to C rather than stored
   * @param scratch this thread's, from this implementation's {@link #newScratch}
   */
  void gemm(
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
      Scratch scratch);

  /**
   * Floats that the packed form of op(B) [K,N] takes.
   *
   * @param k rows of op(B)
   * @param n columns of op(B)
   * @return number of floats
   * @throws ArithmeticException if that does not fit an int
   */
  int packedLength(int k, int n);

  /**
   * Packs the columns {@code fromColumn ≤ j < toColumn} of op(B) [K,N]; packing all columns in any
   * number of calls, from any threads, gives the whole.
   *
   * @param transB whether {@code b} holds B as [N,K] rather than [K,N]
   * @param k rows of op(B)
   * @param n columns of op(B), all of them
   * @param b elements of B
   * @param bOffset first element of B (not of the range)
   * @param ldb elements between rows of the stored B
   * @param packed memory of the packed form
   * @param packedOffset first of its {@link #packedLength} floats
   * @param fromColumn first column to pack
   * @param toColumn column after the last one to pack
   */
  void packB(
      boolean transB,
      int k,
      int n,
      float[] b,
      int bOffset,
      int ldb,
      float[] packed,
      int packedOffset,
      int fromColumn,
      int toColumn);

  /**
   * Computes the columns {@code fromColumn ≤ j < toColumn} of {@code C = (accumulate ? C : 0) +
   * op(A)·B} with a packed B; bit-identical to {@link #gemm}.
   *
   * @param transA whether {@code a} holds A as [K,M] rather than [M,K]
   * @param m rows of C
   * @param n columns of the packed B, all of them
   * @param k inner dimension
   * @param a elements of A
   * @param aOffset first element of A
   * @param lda elements between rows of the stored A
   * @param packed what {@link #packB} wrote for the same k and n
   * @param packedOffset its first element
   * @param fromColumn first column of C to compute
   * @param toColumn column after the last one to compute
   * @param c elements of C
   * @param cOffset first element of C, that of row 0 and column 0 (not of the range)
   * @param ldc elements between rows of C
   * @param accumulate whether the product is added to C rather than stored
   * @param scratch this thread's, from this implementation's {@link #newScratch}
   */
  void gemmPacked(
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
      Scratch scratch);

  /**
   * As {@link #gemmPacked} with a transposed A for several products, so that A is read only once:
   * rows {@code firstRow ≤ i < firstRow + m} of each C.
   *
   * @param products what A is multiplied with, and where to; their memory does not overlap
   * @param add whether all products are added, whatever they say themselves
   * @param firstRow the first row of each C to compute
   * @param m rows to compute
   * @param k inner dimension
   * @param a elements of A, as [K,M]
   * @param aOffset that of row 0 and of the first column to use
   * @param lda elements between rows of the stored A
   * @param scratch this thread's, from this implementation's {@link #newScratch}
   */
  default void gemmPackedEach(
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
      gemmPacked(
          true,
          m,
          p.n(),
          k,
          a,
          aOffset,
          lda,
          p.packed(),
          p.packedOffset(),
          0,
          p.n(),
          p.c(),
          p.cOffset() + firstRow * p.ldc(),
          p.ldc(),
          add || p.accumulate(),
          scratch);
    }
  }

  /**
   * As {@link #gemmPacked} for the same range of columns in each of some groups: the columns of one
   * part of the units in all gates.
   *
   * @param groups groups of n / groups columns each
   * @param m rows of C
   * @param n columns of the packed B, all of them
   * @param k inner dimension
   * @param a elements of A, row-major
   * @param aOffset first element of A
   * @param lda elements between rows of A
   * @param packed what {@link #packB} wrote for the same k and n
   * @param packedOffset its first element
   * @param fromColumn first column to compute in each group
   * @param toColumn column after the last one in each group
   * @param c elements of C
   * @param cOffset first element of C
   * @param ldc elements between rows of C
   * @param accumulate whether the product is added to C rather than stored
   * @param scratch this thread's, from this implementation's {@link #newScratch}
   */
  default void gemmPackedGroups(
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
    for (int j = 0; j < n; j += width) {
      gemmPacked(
          false,
          m,
          n,
          k,
          a,
          aOffset,
          lda,
          packed,
          packedOffset,
          j + fromColumn,
          j + toColumn,
          c,
          cOffset,
          ldc,
          accumulate,
          scratch);
    }
  }

  /**
   * As {@link #gemmPacked} onto the same row for all rows of C, such as biases: {@code C = row +
   * A·B}. Rows may lie in bands, such as some rows of each timestep.
   *
   * @param bands how many bands there are
   * @param m rows of a band
   * @param n columns of the packed B, all of them
   * @param k inner dimension
   * @param a elements of A, row-major
   * @param aOffset first element of A
   * @param lda elements between rows of A
   * @param aBand elements between bands of A
   * @param packed what {@link #packB} wrote for the same k and n
   * @param packedOffset its first element
   * @param fromColumn first column to compute
   * @param toColumn column after the last one to compute
   * @param row elements of the row, which is not part of C
   * @param rowOffset that of column 0
   * @param c elements of C
   * @param cOffset first element of C
   * @param ldc elements between rows of C
   * @param cBand elements between bands of C
   * @param scratch this thread's, from this implementation's {@link #newScratch}
   */
  default void gemmPackedOnto(
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
    for (int i = 0; i < bands; i++) {
      int to = cOffset + i * cBand;
      copyRow(m, fromColumn, toColumn, row, rowOffset, c, to, ldc);
      gemmPacked(
          false,
          m,
          n,
          k,
          a,
          aOffset + i * aBand,
          lda,
          packed,
          packedOffset,
          fromColumn,
          toColumn,
          c,
          to,
          ldc,
          true,
          scratch);
    }
  }

  /**
   * As {@link #gemmPackedGroups} with an A of two parts and a column of ones, so that the last row
   * of B holds what all rows of C get, such as biases: {@code C = [A1, A2, 1]·B}, never added to C.
   * A1 and A2 have at most {@link #joinedDepth} columns in all, unless that is 0.
   *
   * @param groups groups of n / groups columns each
   * @param m rows of C
   * @param n columns of the packed B, all of them
   * @param firstK columns of A1
   * @param first elements of A1, row-major
   * @param firstOffset first element of A1
   * @param firstStride elements between rows of A1
   * @param secondK columns of A2
   * @param second elements of A2, row-major
   * @param secondOffset first element of A2
   * @param secondStride elements between rows of A2
   * @param packed what {@link #packB} wrote for n and {@code firstK + secondK + 1}
   * @param packedOffset its first element
   * @param fromColumn first column to compute in each group
   * @param toColumn column after the last one in each group
   * @param c elements of C
   * @param cOffset first element of C
   * @param ldc elements between rows of C
   * @param scratch this thread's, from this implementation's {@link #newScratch}
   */
  void gemmPackedJoined(
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
      Scratch scratch);

  /** Makes all rows of C the same, from one column to another. */
  static void copyRow(
      int m, int from, int to, float[] row, int rowOffset, float[] c, int cOffset, int ldc) {
    for (int i = 0; i < m; i++) {
      System.arraycopy(row, rowOffset + from, c, cOffset + i * ldc + from, to - from);
    }
  }

  /** Makes all of C zero, as a product without inner dimension does. */
  static void zero(int m, int n, float[] c, int cOffset, int ldc) {
    for (int i = 0; i < m; i++) {
      Arrays.fill(c, cOffset + i * ldc, cOffset + i * ldc + n, 0f);
    }
  }
}
