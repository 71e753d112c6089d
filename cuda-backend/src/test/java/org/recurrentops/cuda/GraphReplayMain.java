package org.recurrentops.cuda;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
import jcuda.driver.CUstream;
import jcuda.driver.JCudaDriver;
import org.recurrentops.Backends;
import org.recurrentops.Backward;
import org.recurrentops.BackwardArgs;
import org.recurrentops.Counters;
import org.recurrentops.DType;
import org.recurrentops.ExecutionQueue;
import org.recurrentops.Forward;
import org.recurrentops.ForwardArgs;
import org.recurrentops.NativeQueue;
import org.recurrentops.PlanOptions;
import org.recurrentops.RecurrentOps;
import org.recurrentops.RecurrentPlan;
import org.recurrentops.Reserve;
import org.recurrentops.RnnSpec;
import org.recurrentops.Tensor;

/** When calls of a graph plan are recorded and replayed; prints recordings and replays so far. */
final class GraphReplayMain {
  private static final int STEPS = 3;
  private static final int BATCH = 2;
  private static final RnnSpec SPEC = RnnSpec.lstm(3, 4).layers(2).bidirectional().build();

  private final RecurrentOps ops;
  private final Tensor params;
  private final Tensor x;
  private final Tensor y;

  private GraphReplayMain(RecurrentOps ops, RecurrentPlan plan) {
    this.ops = ops;
    params = ops.allocate(plan.parameterLayout().shape());
    x = ops.allocate(STEPS, BATCH, 3);
    y = ops.allocate(STEPS, BATCH, 8);
    params.upload(random((int) plan.parameterLayout().elements(), 1));
    x.upload(random(STEPS * BATCH * 3, 2));
  }

  public static void main(String[] args) {
    try (RecurrentOps ops = Backends.open("cuda")) {
      System.out.println(ops.algorithms());
      if (!ops.algorithms().contains("graph/cublas")) {
        return;
      }
      switch (args[0]) {
        case "bound":
          bound(ops);
          break;
        case "unbound":
          unbound(ops);
          break;
        case "ragged":
          float[] right = ragged(ops, "stepped/cublas");
          boolean same = Arrays.equals(ragged(ops, "graph/cublas"), right);
          System.out.println("gradients " + (same ? "right" : "WRONG"));
          break;
        case "masked":
          masked(ops);
          break;
        case "auto":
          try (RecurrentPlan plan = ops.plan(SPEC, options(PlanOptions.AUTO))) {
            System.out.println(plan.describe());
          }
          break;
        case "long":
          longSequence(ops);
          break;
        case "queue":
          queue(ops);
          break;
        default:
          refused(ops);
      }
    }
  }

  private static PlanOptions options(String algorithm) {
    return PlanOptions.inference(STEPS, BATCH).algorithm(algorithm);
  }

  private static void bound(RecurrentOps ops) {
    try (RecurrentPlan plan = ops.plan(SPEC, options("graph/cublas"))) {
      GraphReplayMain m = new GraphReplayMain(ops, plan);
      float[] right = m.right();
      try (Forward f = plan.bindForward(ForwardArgs.of(m.params, m.x, m.y), null)) {
        for (int run = 1; run <= 3; run++) {
          m.y.upload(new float[STEPS * BATCH * 8]);
          f.run();
          m.print("run " + run, right);
        }
        f.lengths(1, 3).run();
        f.lengths(2, 2).run();
        m.print("other lengths", null);
        m.kernels(f);
        m.x.upload(random(STEPS * BATCH * 3, 3)); // a replay reads the tensors as they are now
        f.lengths((int[]) null).run();
        m.print("other values", m.right());
      }
      System.out.println(plan.describe());
    }
  }

  /** A replay counts as many kernels as it launches. */
  private void kernels(Forward f) {
    Counters.Snapshot before = ops.counters().snapshot();
    f.run();
    Counters.Snapshot after = ops.counters().snapshot();
    long kernels = after.launchesOf("lstm_forward") - before.launchesOf("lstm_forward");
    long products = after.launchesOf("cublas12_gemm") - before.launchesOf("cublas12_gemm");
    System.out.println("replay: lstm_forward " + kernels + ", products " + products);
  }

  private static void unbound(RecurrentOps ops) {
    try (RecurrentPlan plan = ops.plan(SPEC, options("graph/cublas"))) {
      GraphReplayMain m = new GraphReplayMain(ops, plan);
      float[] right = m.right();
      for (int run = 1; run <= 3; run++) {
        plan.forward(ForwardArgs.of(m.params, m.x, m.y));
        m.print("run " + run, right);
      }
      for (int other = 1; other <= 20; other++) { // more calls than a plan keeps
        try (Tensor z = ops.allocate(STEPS, BATCH, 8)) {
          plan.forward(ForwardArgs.of(m.params, m.x, z));
          if (!Arrays.equals(z.toFloats(), right)) {
            throw new AssertionError("output " + other + " differs");
          }
        }
      }
      m.print("other outputs", null);
      plan.forward(ForwardArgs.of(m.params, m.x, m.y));
      m.print("after them", right);
    }
  }

  /**
   * Gradients of one bound call with lengths, after runs without them, of an x whose padding is
   * NaN.
   */
  private static float[] ragged(RecurrentOps ops, String algorithm) {
    PlanOptions options = PlanOptions.training(STEPS, BATCH).algorithm(algorithm);
    try (RecurrentPlan plan = ops.plan(SPEC, options);
        Reserve reserve = plan.newReserve()) {
      GraphReplayMain m = new GraphReplayMain(ops, plan);
      Tensor dParams = ops.allocate(m.params.shape());
      Tensor dx = ops.allocate(m.x.shape());
      Forward forward = plan.bindForward(ForwardArgs.of(m.params, m.x, m.y), reserve);
      forward.run();
      Backward backward =
          plan.bindBackward(BackwardArgs.of(m.params, m.x, m.y, dx, dParams), reserve);
      for (int run = 1; run <= 6; run++) {
        if (run == 4) {
          float[] values = random(STEPS * BATCH * 3, 2);
          Arrays.fill(values, BATCH * 3, BATCH * 3 + 3, Float.NaN);
          Arrays.fill(values, 2 * BATCH * 3, 2 * BATCH * 3 + 3, Float.NaN);
          m.x.upload(values);
          forward.lengths(1, 3);
        }
        forward.run();
        backward.run();
      }
      float[] weights = dParams.toFloats();
      float[] inputs = dx.toFloats();
      float[] both = Arrays.copyOf(weights, weights.length + inputs.length);
      System.arraycopy(inputs, 0, both, weights.length, inputs.length);
      for (float v : both) {
        if (Float.isNaN(v)) {
          throw new AssertionError(algorithm + ": NaN of the padding in a gradient");
        }
      }
      return both;
    }
  }

  /** A mask, or a sequence of cell states, in device memory makes a call another one. */
  private static void masked(RecurrentOps ops) {
    try (RecurrentPlan graph = ops.plan(SPEC, options("graph/cublas"));
        RecurrentPlan stepped = ops.plan(SPEC, options("stepped/cublas"));
        Tensor c = ops.allocate(4, STEPS, BATCH, 4);
        Tensor mask = ops.allocate(DType.U8, STEPS, BATCH)) {
      GraphReplayMain m = new GraphReplayMain(ops, graph);
      mask.upload(new byte[] {1, 1, 0, 1, 0, 1});
      graph.forward(ForwardArgs.of(m.params, m.x, m.y));
      for (ForwardArgs args :
          List.of(
              ForwardArgs.of(m.params, m.x, m.y).cellSequence(c),
              ForwardArgs.of(m.params, m.x, m.y).mask(mask))) {
        stepped.forward(args);
        float[] right = m.y.toFloats();
        float[] cells = c.toFloats();
        m.y.upload(new float[right.length]);
        c.upload(new float[cells.length]); // no call but the first of the two writes it
        graph.forward(args);
        boolean same = Arrays.equals(c.toFloats(), cells);
        c.upload(new float[cells.length]);
        m.print("cells " + (same ? "right" : "WRONG"), right);
      }
    }
  }

  /** The caller records the stream that the plan runs on. */
  private static void queue(RecurrentOps ops) {
    CudaContext context = new CudaContext(CudaProperties.of(0), KernelImages.find());
    CUstream stream = new CUstream();
    context.enter();
    JCudaDriver.cuStreamCreate(stream, 1);
    try (ExecutionQueue queue = ops.wrap(new NativeQueue(NativePointers.get(stream)));
        RecurrentPlan plan = ops.plan(SPEC, options("graph/cublas").queue(queue))) {
      GraphReplayMain m = new GraphReplayMain(ops, plan);
      float[] right = m.right();
      ops.synchronize();
      try (Forward f = plan.bindForward(ForwardArgs.of(m.params, m.x, m.y), null)) {
        f.run();
        f.run();
        queue.synchronize();
        m.print("own recording", right);
        m.y.upload(new float[STEPS * BATCH * 8]);
        ops.synchronize();
        CUgraph graph = new CUgraph();
        CUgraphExec executable = new CUgraphExec();
        JCudaDriver.cuStreamBeginCapture(stream, 1);
        f.run();
        int ended = JCudaDriver.cuStreamEndCapture(stream, graph);
        m.print("caller's recording ends " + ended, new float[STEPS * BATCH * 8]);
        JCudaDriver.cuGraphInstantiate(executable, graph, 0);
        JCudaDriver.cuGraphLaunch(executable, stream);
        JCudaDriver.cuStreamSynchronize(stream);
        m.print("caller's replay", right);
        f.run();
        queue.synchronize();
        m.print("own replay", right);
      }
    }
  }

  private static void longSequence(RecurrentOps ops) {
    int steps = 33_000;
    RnnSpec spec = RnnSpec.lstm(1, 1).build();
    PlanOptions most = PlanOptions.inference(steps, 1).algorithm("graph/cublas");
    try (RecurrentPlan plan = ops.plan(spec, most);
        Tensor params = ops.allocate(plan.parameterLayout().shape());
        Tensor x = ops.allocate(steps, 1, 1);
        Tensor y = ops.allocate(steps, 1, 1)) {
      params.upload(random((int) plan.parameterLayout().elements(), 1));
      x.upload(random(steps, 2));
      for (int run = 0; run < 2; run++) {
        plan.forward(ForwardArgs.of(params, x, y));
      }
      System.out.println(plan.describe());
    }
  }

  private static void refused(RecurrentOps ops) {
    try (RecurrentPlan plan = ops.plan(SPEC, options("graph/cublas"))) {
      GraphReplayMain m = new GraphReplayMain(ops, plan);
      float[] right = m.right();
      for (int run = 1; run <= 3; run++) {
        plan.forward(ForwardArgs.of(m.params, m.x, m.y));
        m.print("run " + run, right);
      }
      System.out.println(plan.describe());
    }
  }

  /** What the stepped loop computes. */
  private float[] right() {
    try (RecurrentPlan plan = ops.plan(SPEC, options("stepped/cublas"));
        Tensor z = ops.allocate(STEPS, BATCH, 8)) {
      plan.forward(ForwardArgs.of(params, x, z));
      return z.toFloats();
    }
  }

  private void print(String what, float[] right) {
    Counters.Snapshot s = ops.counters().snapshot();
    String same = right == null ? "" : Arrays.equals(y.toFloats(), right) ? ", right" : ", WRONG";
    System.out.println(
        what
            + ": recordings "
            + s.launchesOf("graph_recordings")
            + ", replays "
            + s.launchesOf("graph_replays")
            + same);
  }

  private static float[] random(int count, long seed) {
    Random random = new Random(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = random.nextFloat() - 0.5f;
    }
    return values;
  }
}
