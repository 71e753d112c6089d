package org.recurrentops.cuda;

import java.util.List;
import jcuda.driver.CUfunction;
import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
import jcuda.driver.CUresult;
import jcuda.driver.CUstreamCaptureMode;
import jcuda.driver.JCudaDriver;
import org.recurrentops.cuda.Probe.Figure;
import org.recurrentops.cuda.Probe.Needs;

/** What a launch costs: one after the other through a stream, and as nodes of a graph. */
final class LaunchProbes {
  private static final int LAUNCHES = 1000;

  private LaunchProbes() {}

  /** All of them. */
  static List<Probe> all() {
    return List.of(
        new Probe("launch/stream", Needs.NOTHING, d -> stream(d, false)),
        new Probe("launch/cooperative", Needs.TOGETHER, d -> stream(d, true)),
        new Probe("launch/graph", Needs.NOTHING, LaunchProbes::graph));
  }

  private static Runnable launches(ProbeDevice d, int count, boolean together) {
    CUfunction kernel = d.kernel("rates", "rate_nothing");
    Object unused = d.filled(1, 0);
    return () -> {
      for (int i = 0; i < count; i++) {
        if (together) {
          d.launchTogether(kernel, 1, 32, 0, unused);
        } else {
          d.launch(kernel, 1, 32, 0, unused);
        }
      }
    };
  }

  private static Figure stream(ProbeDevice d, boolean together) {
    int count = d.isTimed() ? LAUNCHES : 2;
    Runnable work = launches(d, count, together);
    work.run();
    d.finish();
    double micros = d.isTimed() ? RateProbes.median(d, work) / count : 0;
    return new Figure(
        micros, "µs per launch", "empty kernels in one stream; assumed 2.5 for an ordinary one");
  }

  private static Figure graph(ProbeDevice d) {
    int count = d.isTimed() ? LAUNCHES : 2;
    Runnable work = launches(d, count, false);
    work.run(); // loads the kernel, which a capture must not
    d.finish();
    CUgraph graph = new CUgraph();
    CUgraphExec replay = new CUgraphExec();
    int code =
        JCudaDriver.cuStreamBeginCapture(
            d.stream(), CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_THREAD_LOCAL);
    if (code != CUresult.CUDA_SUCCESS) {
      throw new Probe.Unavailable("no graphs: cuStreamBeginCapture " + CudaError.name(code));
    }
    work.run();
    d.check(JCudaDriver.cuStreamEndCapture(d.stream(), graph), "cuStreamEndCapture");
    d.check(JCudaDriver.cuGraphInstantiate(replay, graph, 0L), "cuGraphInstantiate");
    try {
      Runnable once = () -> d.check(JCudaDriver.cuGraphLaunch(replay, d.stream()), "cuGraphLaunch");
      once.run();
      d.finish();
      double micros = d.isTimed() ? RateProbes.median(d, once) / count : 0;
      return new Figure(micros, "µs per node", "a chain of empty kernels; model: 1-1.5");
    } finally {
      JCudaDriver.cuGraphExecDestroy(replay);
      JCudaDriver.cuGraphDestroy(graph);
    }
  }
}
