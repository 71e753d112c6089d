package org.recurrentops.cuda;

import jcuda.Pointer;
import jcuda.jcublas.JCublas2;
import jcuda.jcublas.cublasHandle;

/** {@code libcublas.so.12} through JCublas2. */
final class JCublasLibrary implements CublasLibrary {
  static final String FILE = "libcublas.so.12";

  private static final int DEFAULT_ALGORITHM = -1; // CUBLAS_GEMM_DEFAULT
  private static final Pointer ONE = Pointer.to(new float[] {1});
  private static final Pointer ZERO = Pointer.to(new float[] {0});
  private static final Pointer WIDE_ONE = Pointer.to(new double[] {1});
  private static final Pointer WIDE_ZERO = Pointer.to(new double[] {0});
  private static final String FAILURE =
      JCudaNatives.load("jcuda.jcublas.JCublas2", "JCublas2", FILE);

  /** JCuda's objects for raw values, one set per thread that multiplies. */
  private static final class Objects {
    final cublasHandle handle = new cublasHandle();
    final jcuda.driver.CUdeviceptr a = new jcuda.driver.CUdeviceptr();
    final jcuda.driver.CUdeviceptr b = new jcuda.driver.CUdeviceptr();
    final jcuda.driver.CUdeviceptr c = new jcuda.driver.CUdeviceptr();
  }

  private final ThreadLocal<Objects> objects = ThreadLocal.withInitial(Objects::new);

  JCublasLibrary() {
    JCublas2.setExceptionsEnabled(false);
  }

  /** Why it cannot be used; empty if it can. */
  static String failure() {
    return FAILURE;
  }

  @Override
  public String rung() {
    return "cublas12";
  }

  @Override
  public String origin() {
    return FILE + " through JCublas";
  }

  @Override
  public int property(int part, int[] value) {
    return JCublas2.cublasGetProperty(part, value);
  }

  @Override
  public int create(long[] handle) {
    cublasHandle fresh = new cublasHandle();
    int code = JCublas2.cublasCreate(fresh);
    handle[0] = NativePointers.get(fresh);
    return code;
  }

  private static cublasHandle of(long handle) {
    cublasHandle object = new cublasHandle();
    NativePointers.set(object, handle);
    return object;
  }

  @Override
  public int destroy(long handle) {
    return JCublas2.cublasDestroy(of(handle));
  }

  @Override
  public int setStream(long handle, long stream) {
    return JCublas2.cublasSetStream(
        of(handle), new jcuda.runtime.cudaStream_t(NativePointers.stream(stream)));
  }

  @Override
  public int setWorkspace(long handle, long address, long bytes) {
    return JCublas2.cublasSetWorkspace(of(handle), NativePointers.address(address), bytes);
  }

  @Override
  public int setMathMode(long handle, int mode) {
    return JCublas2.cublasSetMathMode(of(handle), mode);
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
    Objects o = objects.get();
    NativePointers.set(o.handle, handle);
    NativePointers.set(o.a, a);
    NativePointers.set(o.b, b);
    NativePointers.set(o.c, c);
    return JCublas2.cublasGemmEx_new(
        o.handle,
        transposeA,
        transposeB,
        m,
        n,
        k,
        wide ? WIDE_ONE : ONE,
        o.a,
        typeA,
        lda,
        o.b,
        typeB,
        ldb,
        wide ? (accumulate ? WIDE_ONE : WIDE_ZERO) : accumulate ? ONE : ZERO,
        o.c,
        typeC,
        ldc,
        compute,
        DEFAULT_ALGORITHM);
  }
}
