package org.recurrentops.cuda;

import jcuda.driver.JCudaDriver;
import org.recurrentops.Backends;
import org.recurrentops.Backward;
import org.recurrentops.BackwardArgs;
import org.recurrentops.DType;
import org.recurrentops.Forward;
import org.recurrentops.ForwardArgs;
import org.recurrentops.PlanOptions;
import org.recurrentops.RecurrentOps;
import org.recurrentops.RecurrentPlan;
import org.recurrentops.Reserve;
import org.recurrentops.RnnSpec;
import org.recurrentops.Tensor;

/**
 * What the driver's free memory says of plans: they take what their estimate announced, and binding
 * and running takes nothing more; prints {@code ok} at the end.
 */
final class PlanMemoryMain {
  private static final int T = 6;
  private static final int N = 3;

  private static final RnnSpec[] SPECS = {
    RnnSpec.lstm(5, 9).layers(3).build(), // a wave, and weight gradients beside it
    RnnSpec.gru(5, 9).layers(2).bidirectional().build(),
  };

  private PlanMemoryMain() {}

  public static void main(String[] args) {
    try (RecurrentOps ops = Backends.open("cuda:0")) {
      for (RnnSpec spec : SPECS) {
        for (String algorithm : new String[] {"stepped/cublas", "graph/cublas"}) {
          PlanOptions options = PlanOptions.training(T, N).algorithm(algorithm);
          plan(ops, spec, options);
          plan(ops, spec, options.float64());
        }
      }
    }
    System.out.println("ok");
  }

  private static void plan(RecurrentOps ops, RnnSpec spec, PlanOptions options) {
    long estimate = ops.estimate(spec, options).workspaceBytes();
    long before = free();
    try (RecurrentPlan plan = ops.plan(spec, options)) {
      String label = plan.label() + ", " + plan.algorithm();
      equal(label + ": a plan's memory", estimate, before - free());
      try (Tensor params = tensor(ops, options, plan.parameterLayout().shape().elements());
          Tensor dParams = tensor(ops, options, plan.parameterLayout().shape().elements());
          Tensor x = tensor(ops, options, T, N, spec.inputSize());
          Tensor y = tensor(ops, options, T, N, spec.outputSize());
          Reserve reserve = plan.newReserve()) {
        long rest = free();
        try (Forward forward = plan.bindForward(ForwardArgs.of(params, x, y), reserve)) {
          forward.run();
          try (Backward backward =
              plan.bindBackward(BackwardArgs.of(params, x, y, null, dParams), reserve)) {
            backward.run();
            forward.run();
            backward.run();
            ops.synchronize();
            equal(label + ": what bound calls take beside it", 0, rest - free());
          }
        }
      }
    }
    equal(spec + ": what a closed plan leaves", 0, before - free());
  }

  private static Tensor tensor(RecurrentOps ops, PlanOptions options, long... dims) {
    Tensor t = ops.allocate(options.parameterType(), dims);
    long count = t.shape().elements();
    if (options.parameterType() == DType.F64) {
      t.upload(new double[(int) count]);
    } else {
      t.upload(new float[(int) count]);
    }
    return t;
  }

  private static long free() {
    CudaContext context = new CudaContext(CudaProperties.of(0), KernelImages.find());
    long[] free = new long[1];
    context.enter();
    CudaError.check(JCudaDriver.cuMemGetInfo(free, new long[1]), "cuMemGetInfo", "");
    context.leave();
    context.close();
    return free[0];
  }

  private static void equal(String what, long expected, long got) {
    if (expected != got) {
      throw new AssertionError(what + ": expected " + expected + " bytes, got " + got);
    }
  }
}
