package org.recurrentops.cpu;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import org.recurrentops.Backward;
import org.recurrentops.BackwardArgs;
import org.recurrentops.Forward;
import org.recurrentops.ForwardArgs;
import org.recurrentops.PlanOptions;
import org.recurrentops.RecurrentOps;
import org.recurrentops.RecurrentPlan;
import org.recurrentops.Reserve;
import org.recurrentops.RnnSpec;

/** Counts what bound calls of a plan allocate, on the caller's thread and on the team's. */
final class PlanAllocation {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private PlanAllocation() {}

  /**
   * Bytes of the last round of runs, forward and backward; the first that allocates nothing ends
   * it.
   */
  static long bytes(
      RnnSpec spec, int steps, int batch, int workers, String algorithm, int runs, int warmUps) {
    PlanOptions options = PlanOptions.training(steps, batch).algorithm(algorithm);
    try (RecurrentOps ops = PlanRun.open(workers);
        RecurrentPlan plan = ops.plan(spec, options);
        Reserve reserve = plan.newReserve()) {
      List<Object> calls = new ArrayList<>();
      new PlanRun(spec, steps, batch, false).bind(ops, plan, calls);
      Forward forward = plan.bindForward((ForwardArgs) calls.get(0), reserve);
      forward.run();
      Backward backward = plan.bindBackward((BackwardArgs) calls.get(1), reserve);
      run(forward, backward, 2);
      long bytes = measured(forward, backward, runs);
      for (int i = 0; i < warmUps && bytes > 0; i++) {
        bytes = measured(forward, backward, runs);
      }
      return bytes;
    }
  }

  private static long measured(Forward forward, Backward backward, int runs) {
    long[] team = teamIds();
    long self = Thread.currentThread().getId();
    long before = allocated(team);
    long ownBefore = THREADS.getThreadAllocatedBytes(self);
    run(forward, backward, runs);
    long own = THREADS.getThreadAllocatedBytes(self) - ownBefore;
    return own + allocated(team) - before;
  }

  /** Bytes that forward runs allocate on the thread of the caller. */
  static long own(Forward forward, int runs) {
    long self = Thread.currentThread().getId();
    long before = THREADS.getThreadAllocatedBytes(self);
    for (int i = 0; i < runs; i++) {
      forward.run();
    }
    return THREADS.getThreadAllocatedBytes(self) - before;
  }

  private static void run(Forward forward, Backward backward, int times) {
    for (int i = 0; i < times; i++) {
      forward.run();
      backward.run();
    }
  }

  private static long[] teamIds() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(t -> t.getName().startsWith("recurrentops-cpu"))
        .mapToLong(Thread::getId)
        .toArray();
  }

  private static long allocated(long[] ids) {
    long sum = 0;
    for (long id : ids) {
      sum += THREADS.getThreadAllocatedBytes(id);
    }
    return sum;
  }
}
