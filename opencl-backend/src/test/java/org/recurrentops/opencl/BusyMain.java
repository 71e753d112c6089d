package org.recurrentops.opencl;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.recurrentops.Backends;
import org.recurrentops.ForwardArgs;
import org.recurrentops.PlanOptions;
import org.recurrentops.RecurrentOps;
import org.recurrentops.RecurrentPlan;
import org.recurrentops.RnnSpec;
import org.recurrentops.Tensor;

/** Compiles kernels while another thread computes and is stopped all the time; for forked JVMs. */
final class BusyMain {
  private static final long MILLIS_BETWEEN_STOPS = 2;
  private static volatile long sink;

  private BusyMain() {}

  public static void main(String[] args) {
    inBackground(BusyMain::compute);
    inBackground(BusyMain::stopAll);
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

  private static long stopAll() {
    System.gc();
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(MILLIS_BETWEEN_STOPS));
    return 0;
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
