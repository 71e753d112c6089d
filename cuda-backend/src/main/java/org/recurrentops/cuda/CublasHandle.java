package org.recurrentops.cuda;

import jcuda.Pointer;
import jcuda.driver.CUstream;
import jcuda.jcublas.JCublas2;
import jcuda.jcublas.cublasHandle;
import jcuda.jcublas.cublasMath;
import jcuda.jcublas.cublasOperation;
import jcuda.jcublas.cublasStatus;
import jcuda.runtime.cudaStream_t;
import org.recurrentops.DeviceException;
import org.recurrentops.OutOfDeviceMemoryException;
import org.recurrentops.gpu.GemmShape;

/** cuBLAS on one stream, for float32 products without reduced precision. */
final class CublasHandle {
  private static final Pointer ONE = Pointer.to(new float[] {1});
  private static final Pointer ZERO = Pointer.to(new float[] {0});
  private static final String FAILURE =
      JCudaNatives.load("jcuda.jcublas.JCublas2", "JCublas2", "libcublas.so.12");

  private final cublasHandle handle = new cublasHandle();

  /** A handle in the current context. */
  CublasHandle(CUstream stream) {
    JCublas2.setExceptionsEnabled(false);
    check(JCublas2.cublasCreate(handle), "cublasCreate", "");
    check(JCublas2.cublasSetStream(handle, new cudaStream_t(stream)), "cublasSetStream", "");
    // Without TF32: that is another mode, CUBLAS_TF32_TENSOR_OP_MATH.
    check(
        JCublas2.cublasSetMathMode(handle, cublasMath.CUBLAS_DEFAULT_MATH),
        "cublasSetMathMode",
        "CUBLAS_DEFAULT_MATH");
  }

  /** Why there is no cuBLAS; empty if there is. */
  static String failure() {
    return FAILURE;
  }

  /**
   * Enqueues a row-major product. cuBLAS stores columns, so it computes the transposed product with
   * swapped operands.
   */
  void multiply(GemmShape s, Pointer a, Pointer b, Pointer c) {
    int code =
        JCublas2.cublasSgemm(
            handle,
            operation(s.transposeB()),
            operation(s.transposeA()),
            s.n(),
            s.m(),
            s.k(),
            ONE,
            b,
            s.ldb(),
            a,
            s.lda(),
            s.accumulate() ? ONE : ZERO,
            c,
            s.ldc());
    if (code != cublasStatus.CUBLAS_STATUS_SUCCESS) {
      check(code, "cublasSgemm", s.toString());
    }
  }

  private static int operation(boolean transposed) {
    return transposed ? cublasOperation.CUBLAS_OP_T : cublasOperation.CUBLAS_OP_N;
  }

  private static void check(int code, String call, String details) {
    if (code == cublasStatus.CUBLAS_STATUS_SUCCESS) {
      return;
    }
    String message =
        call + " failed with " + cublasStatus.stringFor(code) + " (" + code + "): " + details;
    if (code == cublasStatus.CUBLAS_STATUS_ALLOC_FAILED) {
      throw new OutOfDeviceMemoryException(
          message + "; free memory of the device or use a smaller T or N", null);
    }
    boolean sticky = code == cublasStatus.CUBLAS_STATUS_EXECUTION_FAILED;
    throw new DeviceException(message, sticky, null);
  }

  void close() {
    JCublas2.cublasDestroy(handle);
  }
}
