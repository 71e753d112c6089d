package org.recurrentops.cuda;

import java.lang.ref.Cleaner;
import jcuda.driver.CUevent;
import jcuda.driver.CUevent_flags;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;

/** A recorded point; its native event is released when nobody holds the token any more. */
final class CudaEvent {
  private static final Cleaner CLEANER = Cleaner.create();

  private final CUevent event;

  private CudaEvent(CUevent event) {
    this.event = event;
  }

  /** Makes an event in the current context. */
  static CUevent create(CudaContext context) {
    CUevent event = new CUevent();
    CudaError.check(
        JCudaDriver.cuEventCreate(event, CUevent_flags.CU_EVENT_DISABLE_TIMING),
        "cuEventCreate",
        context.id());
    return event;
  }

  /** Takes over an event. */
  static CudaEvent of(CudaContext context, CUevent event) {
    CudaEvent token = new CudaEvent(event);
    CLEANER.register(token, () -> context.ifOpen(() -> JCudaDriver.cuEventDestroy(event)));
    return token;
  }

  CUevent event() {
    return event;
  }

  /** Whether an event was reached. */
  static boolean isDone(CUevent event, String label) {
    int code = JCudaDriver.cuEventQuery(event);
    if (code == CUresult.CUDA_ERROR_NOT_READY) {
      return false;
    }
    CudaError.check(code, "cuEventQuery", label);
    return true;
  }
}
