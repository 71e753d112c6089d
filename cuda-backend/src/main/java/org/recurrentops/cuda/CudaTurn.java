package org.recurrentops.cuda;

import java.util.HashMap;
import java.util.Map;
import java.util.function.IntSupplier;
import jcuda.driver.CUevent;
import jcuda.driver.CUresult;
import jcuda.driver.CUstream;
import jcuda.driver.JCudaDriver;

/**
 * Kernels whose blocks wait for each other, one after the other on whatever stream of a device: two
 * of them, each resident by half, would wait for ever. One for the whole process, since all who
 * open a device share its primary context. Launches that somebody else records and replays have no
 * turn; their blocks give up where two meet.
 */
final class CudaTurn {
  private static final Map<Integer, CudaTurn> TURNS = new HashMap<>();

  private final int ordinal;
  private int holders;
  private CUevent last;

  private CudaTurn(int ordinal) {
    this.ordinal = ordinal;
  }

  /** The turn of a device; closed by everybody who asked for it. */
  static CudaTurn of(int ordinal) {
    synchronized (TURNS) {
      CudaTurn turn = TURNS.computeIfAbsent(ordinal, CudaTurn::new);
      turn.holders++;
      return turn;
    }
  }

  /** Forgets an event that went with a context that the host framework has reset; on opening. */
  synchronized void forgetLost() {
    if (last != null) {
      int code = JCudaDriver.cuEventQuery(last);
      if (code != CUresult.CUDA_SUCCESS && code != CUresult.CUDA_ERROR_NOT_READY) {
        last = null;
      }
    }
  }

  /**
   * Launches after the one before has ended, in the current context.
   *
   * @param launch returns the driver's code
   * @return that code
   */
  synchronized int after(CudaContext context, CUstream stream, String label, IntSupplier launch) {
    if (last == null) {
      last = CudaEvent.create(context);
    } else {
      CudaError.check(JCudaDriver.cuStreamWaitEvent(stream, last, 0), "cuStreamWaitEvent", label);
    }
    int code = launch.getAsInt();
    CudaError.check(JCudaDriver.cuEventRecord(last, stream), "cuEventRecord", label);
    return code;
  }

  /** Gives it back; returns an event to be destroyed, or null. */
  CUevent close() {
    synchronized (TURNS) {
      if (--holders > 0) {
        return null;
      }
      TURNS.remove(ordinal);
      return last;
    }
  }
}
