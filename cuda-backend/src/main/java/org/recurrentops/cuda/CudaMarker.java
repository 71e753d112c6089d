package org.recurrentops.cuda;

import jcuda.driver.CUevent;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;
import org.recurrentops.gpu.DeviceQueue;
import org.recurrentops.gpu.Marker;

/**
 * An event. A stream that waits for a point of a recorded stream is recorded from then on, here as
 * in the driver.
 */
final class CudaMarker implements Marker {
  private final CudaContext context;
  private final CUevent event;
  private CudaRecording recording;

  /** Makes the event in the current context. */
  CudaMarker(CudaContext context) {
    this.context = context;
    this.event = CudaEvent.create(context);
  }

  @Override
  public void set(DeviceQueue queue) {
    CudaQueue q = (CudaQueue) queue;
    context.enter();
    try {
      int code = JCudaDriver.cuEventRecord(event, q.stream());
      if (code != CUresult.CUDA_SUCCESS) {
        throw CudaError.of(code, "cuEventRecord", q.label());
      }
    } finally {
      context.leave();
    }
    recording = q.recording();
  }

  @Override
  public void await(DeviceQueue queue) {
    CudaQueue q = (CudaQueue) queue;
    context.enter();
    try {
      int code = JCudaDriver.cuStreamWaitEvent(q.stream(), event, 0);
      if (code != CUresult.CUDA_SUCCESS) {
        throw CudaError.of(code, "cuStreamWaitEvent", q.label());
      }
    } finally {
      context.leave();
    }
    if (recording != null && q.recording() == null) {
      q.record(recording);
    }
  }

  @Override
  public void close() {
    context.ifOpen(() -> JCudaDriver.cuEventDestroy(event));
  }
}
