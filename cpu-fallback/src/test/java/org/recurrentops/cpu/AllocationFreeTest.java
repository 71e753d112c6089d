package org.recurrentops.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.recurrentops.Backward;
import org.recurrentops.BackwardArgs;
import org.recurrentops.Forward;
import org.recurrentops.ForwardArgs;
import org.recurrentops.PlanOptions;
import org.recurrentops.RecurrentOps;
import org.recurrentops.RecurrentPlan;
import org.recurrentops.Reserve;
import org.recurrentops.RnnSpec;

/**
 * A bound call allocates nothing, neither on the caller's thread nor on the team's. The Vector API
 * boxes until it is compiled, and a deoptimisation may allocate once: rounds are repeated until one
 * allocates nothing, which no call that allocates by itself can reach.
 */
class AllocationFreeTest {
  private static final int RUNS = 1000;
  private static final int WARM_UPS = 40;

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @Test
  void plainJava() {
    for (RnnSpec spec : PlanSpecs.all(5, 7)) {
      assertEquals(0, bytes(spec, 3, 2, 1, "stepped/java", RUNS, 5), spec.toString());
    }
  }

  @Test
  void bestForm() {
    RnnSpec spec = RnnSpec.lstm(24, 32).layers(2).bidirectional().dropout(0.3).build();
    assertEquals(0, bytes(spec, 4, 3, 1, PlanOptions.AUTO, RUNS, WARM_UPS), spec.toString());
  }

  @Test
  void team() {
    RnnSpec spec = RnnSpec.lstm(24, 48).layers(2).build();
    assertEquals(0, bytes(spec, 5, 16, 2, "stepped/java", RUNS / 5, 5), spec.toString());
  }

  private long bytes(
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

  private long measured(Forward forward, Backward backward, int runs) {
    long[] team = teamIds();
    long self = Thread.currentThread().getId();
    long before = allocated(team);
    long ownBefore = threads.getThreadAllocatedBytes(self);
    run(forward, backward, runs);
    long own = threads.getThreadAllocatedBytes(self) - ownBefore;
    return own + allocated(team) - before;
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

  private long allocated(long[] ids) {
    long sum = 0;
    for (long id : ids) {
      sum += threads.getThreadAllocatedBytes(id);
    }
    return sum;
  }
}
