package org.recurrentops.cuda;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;

/**
 * {@code libcublas.so.13} through JNA's direct mapping: the symbols of cuBLAS carry the version of
 * their library, so JCublas cannot use it. JNA is an optional dependency; where it is missing this
 * class does not load.
 */
final class JnaCublasLibrary implements CublasLibrary {
  private static final int DEFAULT_ALGORITHM = -1; // CUBLAS_GEMM_DEFAULT

  private final Pointer one = scalar(1);
  private final Pointer zero = scalar(0);
  private final Pointer wideOne = wideScalar(1);
  private final Pointer wideZero = wideScalar(0);

  /**
   * Binds the functions.
   *
   * @throws UnsatisfiedLinkError if the library or one of them is not found
   */
  JnaCublasLibrary() {
    Native.register(
        JnaCublasLibrary.class,
        NativeLibrary.getInstance(NvidiaLibraries.locate(JnaFailure.CUBLAS)));
  }

  private static Pointer scalar(float value) {
    Memory memory = new Memory(Float.BYTES);
    memory.setFloat(0, value);
    return memory;
  }

  private static Pointer wideScalar(double value) {
    Memory memory = new Memory(Double.BYTES);
    memory.setDouble(0, value);
    return memory;
  }

  private static native int cublasGetProperty(int type, int[] value);

  private static native int cublasCreate_v2(long[] handle);

  private static native int cublasDestroy_v2(long handle);

  private static native int cublasSetStream_v2(long handle, long stream);

  private static native int cublasSetWorkspace_v2(long handle, long address, long bytes);

  private static native int cublasSetMathMode(long handle, int mode);

  private static native int cublasGemmEx(
      long handle,
      int transposeA,
      int transposeB,
      int m,
      int n,
      int k,
      Pointer alpha,
      long a,
      int typeA,
      int lda,
      long b,
      int typeB,
      int ldb,
      Pointer beta,
      long c,
      int typeC,
      int ldc,
      int compute,
      int algorithm);

  @Override
  public String rung() {
    return "cublas13";
  }

  @Override
  public String origin() {
    return JnaFailure.CUBLAS + " through JNA";
  }

  @Override
  public int property(int part, int[] value) {
    return cublasGetProperty(part, value);
  }

  @Override
  public int create(long[] handle) {
    return cublasCreate_v2(handle);
  }

  @Override
  public int destroy(long handle) {
    return cublasDestroy_v2(handle);
  }

  @Override
  public int setStream(long handle, long stream) {
    return cublasSetStream_v2(handle, stream);
  }

  @Override
  public int setWorkspace(long handle, long address, long bytes) {
    return cublasSetWorkspace_v2(handle, address, bytes);
  }

  @Override
  public int setMathMode(long handle, int mode) {
    return cublasSetMathMode(handle, mode);
  }

  @Override
  public int gemmEx(
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
      int compute) {
    boolean wide = compute == CublasProducts.COMPUTE_FLOAT64;
    return cublasGemmEx(
        handle,
        transposeA,
        transposeB,
        m,
        n,
        k,
        wide ? wideOne : one,
        a,
        typeA,
        lda,
        b,
        typeB,
        ldb,
        wide ? (accumulate ? wideOne : wideZero) : accumulate ? one : zero,
        c,
        typeC,
        ldc,
        compute,
        DEFAULT_ALGORITHM);
  }
}
