package org.recurrentops.cuda;

import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
import jcuda.driver.CUresult;
import jcuda.driver.CUstreamCaptureMode;
import jcuda.driver.JCudaDriver;
import org.recurrentops.BackendUnavailableException;
import org.recurrentops.gpu.DeviceGraph;
import org.recurrentops.gpu.DeviceQueue;
import org.recurrentops.gpu.GraphRecorder;
import org.recurrentops.gpu.Recording;

/**
 * Records by stream capture, on a stream of its own, so that neither the caller's stream nor its
 * graphs are touched. What other threads do with the driver meanwhile is their own affair.
 */
final class CudaRecorder implements GraphRecorder {
  /** System property: {@code off}, {@code second} or {@code always}. */
  static final String PROPERTY = "recurrentops.cuda.graph";

  /** CUDA 11.4, the first with cuGraphInstantiateWithFlags, which JCuda calls. */
  static final int OLDEST = 11040;

  private final CudaContext context;
  private final CudaQueue queue;

  CudaRecorder(CudaContext context, CudaQueue queue) {
    this.context = context;
    this.queue = queue;
  }

  /**
   * When calls are recorded, by the property and the driver.
   *
   * @throws BackendUnavailableException if the property has another value
   */
  static Recording policy() {
    String value = System.getProperty(PROPERTY, "second").trim();
    if (!lacking().isEmpty() || value.equals("off")) {
      return Recording.NEVER;
    }
    switch (value) {
      case "second":
        return Recording.SECOND_RUN;
      case "always":
        return Recording.ALWAYS;
      default:
        throw new BackendUnavailableException(
            "-D" + PROPERTY + "=" + value + ": expected off, second or always");
    }
  }

  /** Why the driver cannot record; empty if it can. */
  static String lacking() {
    int version = CudaDriver.version();
    return version >= OLDEST
        ? ""
        : "no graphs: the driver is for CUDA "
            + version / 1000
            + "."
            + version % 1000 / 10
            + ", they need 11.4";
  }

  @Override
  public DeviceQueue queue() {
    return queue;
  }

  @Override
  public DeviceGraph record(Runnable work) {
    context.enter();
    try {
      CudaError.check(
          JCudaDriver.cuStreamBeginCapture(
              queue.stream(), CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_THREAD_LOCAL),
          "cuStreamBeginCapture",
          queue.label());
      CudaRecording recording = new CudaRecording();
      CUgraph graph = capture(work, recording);
      try {
        return new CudaGraph(context, instantiate(graph), recording);
      } finally {
        JCudaDriver.cuGraphDestroy(graph);
      }
    } finally {
      context.leave();
    }
  }

  /** Ends the capture whatever the work does. */
  private CUgraph capture(Runnable work, CudaRecording recording) {
    CUgraph graph = new CUgraph();
    boolean done = false;
    int code = CUresult.CUDA_SUCCESS;
    try {
      queue.record(recording);
      work.run();
      done = true;
    } finally {
      recording.end();
      code = JCudaDriver.cuStreamEndCapture(queue.stream(), graph);
      if (!done && code == CUresult.CUDA_SUCCESS) {
        JCudaDriver.cuGraphDestroy(graph);
      }
    }
    CudaError.check(code, "cuStreamEndCapture", queue.label());
    return graph;
  }

  private CUgraphExec instantiate(CUgraph graph) {
    CUgraphExec executable = new CUgraphExec();
    CudaError.check(
        JCudaDriver.cuGraphInstantiate(executable, graph, 0), "cuGraphInstantiate", queue.label());
    return executable;
  }

  @Override
  public void close() {
    queue.close();
  }
}
