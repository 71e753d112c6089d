package org.recurrentops.opencl;

import java.util.function.LongSupplier;
import org.recurrentops.Backends;
import org.recurrentops.ForwardArgs;
import org.recurrentops.PlanOptions;
import org.recurrentops.RecurrentOps;
import org.recurrentops.RecurrentPlan;
import org.recurrentops.RnnSpec;
import org.recurrentops.Tensor;

/** Compiles kernels while other threads compute and are stopped all the time; for forked JVMs. */
final class BusyMain {
  private static final int THREADS = 3;
  private static volatile long sink;

  private BusyMain() {}

  public static void main(String[] args) {
    for (int k = 0; k < THREADS; k++) {
      inBackground(BusyMain::compute);
    }
    inBackground(
        () -> {
          System.gc();
          return 0;
        });
    try (RecurrentOps ops = Backends.open("opencl")) {
      for (int size = 3; size < 6; size++) {
        forward(ops, size);
      }
    }
    System.out.println("done");
  }

  private static long compute() {
    long sum = sink;
    for (int i = 0; i < 1_000_000; i++) {
      sum = sum * 31 + (i ^ (sum >> 3));
    }
    return sum;
  }

  private static void inBackground(LongSupplier work) {
    Thread thread =
        new Thread(
            () -> {
              while (true) {
                sink = work.getAsLong();
              }
            });
    thread.setDaemon(true);
    thread.start();
  }

  private static void forward(RecurrentOps ops, int size) {
    RnnSpec spec = RnnSpec.lstm(size, size).build();
    try (RecurrentPlan plan = ops.plan(spec, PlanOptions.inference(3, 2));
        Tensor params = ops.allocate(plan.parameterLayout().shape());
        Tensor x = ops.allocate(3, 2, size);
        Tensor y = ops.allocate(3, 2, size)) {
      plan.forward(ForwardArgs.of(params, x, y));
      ops.synchronize();
    }
  }
}
