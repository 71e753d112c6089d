package org.recurrentops.cuda;

import java.util.function.IntSupplier;
import jcuda.driver.CUevent;
import jcuda.driver.CUstream;
import jcuda.driver.JCudaDriver;

/**
 * Kernels whose blocks wait for each other, one after the other on whatever stream: two of them,
 * each resident by half, would wait for ever.
 */
final class CudaTurn {
  private final CudaContext context;
  private CUevent last;

  CudaTurn(CudaContext context) {
    this.context = context;
  }

  /**
   * Launches after the one before has ended, in the current context.
   *
   * @param launch returns the driver's code
   * @return that code
   */
  synchronized int after(CUstream stream, String label, IntSupplier launch) {
    if (last == null) {
      last = CudaEvent.create(context);
    } else {
      CudaError.check(JCudaDriver.cuStreamWaitEvent(stream, last, 0), "cuStreamWaitEvent", label);
    }
    int code = launch.getAsInt();
    CudaError.check(JCudaDriver.cuEventRecord(last, stream), "cuEventRecord", label);
    return code;
  }

  /** Releases the event in the current context. */
  synchronized void close() {
    if (last != null) {
      JCudaDriver.cuEventDestroy(last);
      last = null;
    }
  }
}
