package org.recurrentops.cuda;

import jcuda.driver.CUstream;
import jcuda.jcublas.cublasMath;
import jcuda.jcublas.cublasOperation;
import jcuda.jcublas.cublasStatus;
import org.recurrentops.DeviceException;
import org.recurrentops.OutOfDeviceMemoryException;
import org.recurrentops.gpu.GemmShape;

/**
 * A handle of cuBLAS on one stream with a workspace that it is given, so that products on different
 * streams share no memory and captured graphs touch only memory of their plan. Made, used and
 * closed in context.
 */
final class CublasHandle {
  private final CublasLibrary library;
  private final long handle;
  private long workspace;

  CublasHandle(CublasLibrary library, CUstream stream) {
    this.library = library;
    long[] fresh = new long[1];
    check(library.create(fresh), "cublasCreate", library.origin());
    handle = fresh[0];
    try {
      check(
          library.setStream(handle, NativePointers.get(stream)), "cublasSetStream", library.rung());
      // Without TF32, which is asked for by the compute type, and without sums in 16 bits.
      int mode =
          cublasMath.CUBLAS_DEFAULT_MATH
              | cublasMath.CUBLAS_MATH_DISALLOW_REDUCED_PRECISION_REDUCTION;
      check(library.setMathMode(handle, mode), "cublasSetMathMode", "" + mode);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /**
   * Says where cuBLAS may write while it multiplies; after the stream was set, which takes a
   * workspace away.
   *
   * @param address a multiple of 256, live until the handle is closed
   */
  void workspace(long address, long bytes) {
    if (address != workspace) {
      check(library.setWorkspace(handle, address, bytes), "cublasSetWorkspace", bytes + " bytes");
      workspace = address;
    }
  }

  /**
   * Enqueues a row-major product. cuBLAS stores columns, so it computes the transposed product with
   * swapped operands.
   *
   * @param s sizes
   * @param m rows of this product, at most those of the sizes
   * @param k depth of this product, likewise
   * @param type of both operands, a cudaDataType
   * @param resultType of the result, a cudaDataType
   * @param compute a cublasComputeType
   */
  void multiply(
      GemmShape s, int m, int k, int type, int resultType, int compute, long a, long b, long c) {
    int code =
        library.gemmEx(
            handle,
            operation(s.transposeB()),
            operation(s.transposeA()),
            s.n(),
            m,
            k,
            b,
            type,
            s.ldb(),
            a,
            type,
            s.lda(),
            s.accumulate(),
            c,
            resultType,
            s.ldc(),
            compute);
    if (code != cublasStatus.CUBLAS_STATUS_SUCCESS) {
      check(code, "cublasGemmEx", "m=" + m + " k=" + k + " of " + s);
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

  /** cuBLAS waits for queued products first. */
  void close() {
    library.destroy(handle);
  }
}
