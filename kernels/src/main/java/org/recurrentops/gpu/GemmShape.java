package org.recurrentops.gpu;

/**
 * Sizes of one row-major matrix product C[m,n] = op(A)[m,k] · op(B)[k,n], or C += … . Element (i,
 * j) of a stored matrix lies at {@code offset + i·ld + j}; A is stored [m,k], or [k,m] if
 * transposed; B is stored [k,n], or [n,k] if transposed. C may hold anything, NaN included, unless
 * it accumulates.
 *
 * @param transposeA whether A is stored transposed
 * @param transposeB whether B is stored transposed
 * @param m rows of C, at least 1
 * @param n columns of C, at least 1
 * @param k depth, at least 1
 * @param lda row stride of A as stored
 * @param ldb row stride of B as stored
 * @param ldc row stride of C
 * @param accumulate adds to C instead of overwriting it
 */
public record GemmShape(
    boolean transposeA,
    boolean transposeB,
    int m,
    int n,
    int k,
    int lda,
    int ldb,
    int ldc,
    boolean accumulate) {
  /** Refuses sizes that no matrix has. */
  public GemmShape {
    boolean sizes = m >= 1 && n >= 1 && k >= 1;
    if (!sizes || lda < (transposeA ? m : k) || ldb < (transposeB ? k : n) || ldc < n) {
      throw new IllegalArgumentException(
          "gemm: expected m, n, k ≥ 1 and leading dimensions of at least a row, got m="
              + m
              + " n="
              + n
              + " k="
              + k
              + " lda="
              + lda
              + " ldb="
              + ldb
              + " ldc="
              + ldc);
    }
  }
}
