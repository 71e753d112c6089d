package org.recurrentops.cuda;

/**
 * The few functions of cuBLAS that products need, bound in one way or another. All return a {@code
 * cublasStatus}; handles, streams and device addresses are raw values. The current context counts.
 */
interface CublasLibrary {
  /** Which rung of the ladder: {@code cublas12} or {@code cublas13}. */
  String rung();

  /** The file and how it is bound. */
  String origin();

  /** Writes one part of the version: 0 major, 1 minor, 2 patch. */
  int property(int part, int[] value);

  /** Writes a new handle. */
  int create(long[] handle);

  int destroy(long handle);

  int setStream(long handle, long stream);

  int setWorkspace(long handle, long address, long bytes);

  int setMathMode(long handle, int mode);

  /**
   * C = or += op(A) op(B), column-major; allocates nothing. The scalars have the type that the
   * compute type asks for.
   */
  int gemmEx(
      long handle,
      int transposeA,
      int transposeB,
      int m,
      int n,
      int k,
      long a,
      int typeA,
      int lda,
      long b,
      int typeB,
      int ldb,
      boolean accumulate,
      long c,
      int typeC,
      int ldc,
      int compute);

  /** Such as {@code 12.6}. */
  default String version() {
    int[] part = new int[1];
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 2; i++) {
      text.append(i == 0 ? "" : ".").append(property(i, part) == 0 ? "" + part[0] : "?");
    }
    return text.toString();
  }
}
