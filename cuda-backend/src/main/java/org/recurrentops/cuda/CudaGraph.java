package org.recurrentops.cuda;

import java.util.concurrent.atomic.AtomicLong;
import jcuda.driver.CUgraphExec;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;
import org.recurrentops.gpu.DeviceGraph;
import org.recurrentops.gpu.DeviceQueue;

/** An executable graph, with the memory that its nodes name and the launches that they are. */
final class CudaGraph implements DeviceGraph {
  private final CudaContext context;
  private final CUgraphExec executable;
  private final CudaBuffer[] buffers;
  private final AtomicLong[] counters;
  private final long[] counts;
  private boolean closed;

  CudaGraph(CudaContext context, CUgraphExec executable, CudaRecording recording) {
    this.context = context;
    this.executable = executable;
    this.buffers = recording.buffers();
    this.counters = recording.counters();
    this.counts = recording.counts(counters);
  }

  @Override
  public void launch(DeviceQueue queue) {
    if (closed) {
      throw new IllegalStateException("graph: expected an open graph, got a closed one");
    }
    for (CudaBuffer b : buffers) {
      b.requireLive();
    }
    CudaQueue q = (CudaQueue) queue;
    context.enter();
    try {
      int code = JCudaDriver.cuGraphLaunch(executable, q.stream());
      if (code != CUresult.CUDA_SUCCESS) {
        throw CudaError.of(code, "cuGraphLaunch", q.label());
      }
      q.launched("a recorded call", 0, 0, 0);
    } finally {
      context.leave();
    }
    for (int i = 0; i < counters.length; i++) {
      counters[i].addAndGet(counts[i]);
    }
  }

  /** The driver keeps what is queued until it has run. */
  @Override
  public void close() {
    closed = true;
    context.ifOpen(() -> JCudaDriver.cuGraphExecDestroy(executable));
  }
}
