package org.recurrentops.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.recurrentops.Backward;
import org.recurrentops.BackwardArgs;
import org.recurrentops.Forward;
import org.recurrentops.ForwardArgs;
import org.recurrentops.PlanOptions;
import org.recurrentops.RecurrentOps;
import org.recurrentops.RecurrentPlan;
import org.recurrentops.Reserve;
import org.recurrentops.RnnSpec;
import org.recurrentops.Tensor;
import org.recurrentops.spi.BackendDevice;

/** Calls whose phases are timed compute the same, and the phases are those that there are. */
class TimedPlanTest {
  private static final int T = 40;
  private static final int N = 6;
  private static final int H = 96;

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void computesTheSameBits(int threads) {
    for (RnnSpec spec : PlanSpecs.all(7, 33)) {
      try (RecurrentOps ops = PlanRun.open(threads)) {
        Map<String, float[]> expected = new PlanRun(spec, 5, 9, false).on(ops);
        assertEquals(Map.of(), ops.counters().snapshot().nanoseconds(), "nobody asked");
        Map<String, float[]> got = new PlanRun(spec, 5, 9, false).on(ops, BackendDevice.TIMED);
        expected.forEach((name, v) -> assertArrayEquals(v, got.get(name), spec + " " + name));
        assertFalse(ops.counters().snapshot().nanoseconds().isEmpty(), spec::toString);
      }
    }
  }

  @Test
  void isNotOfferedAndSaysWhatItIs() {
    try (RecurrentOps ops = PlanRun.open(1);
        RecurrentPlan plan =
            ops.plan(
                RnnSpec.lstm(3, 4).build(),
                PlanOptions.inference(2, 2).algorithm(BackendDevice.TIMED))) {
      assertFalse(ops.algorithms().contains(BackendDevice.TIMED));
      assertEquals(BackendDevice.TIMED, plan.algorithm());
      assertTrue(plan.describe().contains("phases are timed"), plan::describe);
    }
  }

  /** The mean of the workers is no longer than the call, as long as nobody is counted twice. */
  @Test
  void phasesOfSeveralWorkersAreNoLongerThanTheCall() {
    try (RecurrentOps ops = PlanRun.open(2)) {
      for (int again = 0; again < 10; again++) {
        long before = sum(ops);
        long wall = train(ops, PlanOptions.training(T, N), 3);
        assertTrue(sum(ops) - before <= wall, sum(ops) - before + " ns of " + wall);
      }
    }
  }

  @Test
  void aPhaseGoesOnBehindABarrier() {
    int pause = 20_000_000;
    PhaseClock[] clocks = {new PhaseClock(), new PhaseClock()};
    try (Workforce two = new Workforce(2, null)) {
      Program program =
          w -> {
            clocks[w.number()].start();
            w.clock(clocks[w.number()]);
            w.phase(Phase.PROJECTION);
            if (w.isFirst()) {
              LockSupport.parkNanos(pause);
            }
            w.barrier();
            LockSupport.parkNanos(pause);
            w.phase(Phase.GATES);
            w.clock(null);
          };
      two.run(program, Long.MAX_VALUE, two.newLoneWorker());
    }
    assertTrue(clocks[0].nanos(Phase.PROJECTION) >= pause, "first, before and behind");
    assertTrue(clocks[1].nanos(Phase.PROJECTION) >= pause / 2, "second, behind");
    assertTrue(clocks[1].nanos(Phase.WAITING) > 0, "for the first");
  }

  /** Each stage of every step, whatever was timed before. */
  @Test
  void theTimeOfAStageIsThatOfItsPhase() {
    int pause = 2_000_000;
    Stage[] stages = {new Pause(Phase.RECURRENT_PRODUCTS, pause), new Pause(Phase.GATES, pause)};
    TimeLoop loop = new TimeLoop(stages, new RowLengths(3, 1), false, false);
    PhaseClock clock = new PhaseClock();
    Worker w = new Worker(0, 1, null);
    w.splitSteps(true, 1);
    clock.start();
    w.clock(clock);
    loop.runFromZero(w, 0, null);
    loop.run(w, 1);
    loop.runLast(w, 2, null);
    w.phase(Phase.COPIES);
    assertTrue(clock.nanos(Phase.RECURRENT_PRODUCTS) >= 3L * pause);
    assertTrue(clock.nanos(Phase.GATES) >= 3L * pause);
  }

  private record Pause(Phase phase, long nanos) implements Stage {
    @Override
    public void run(Worker w, int t) {
      long since = System.nanoTime();
      while (System.nanoTime() - since < nanos) {
        Thread.onSpinWait();
      }
    }
  }

  @Test
  void eachPhaseIsThereAndTheyAddUpToTheCall() {
    try (RecurrentOps ops = PlanRun.open(1)) {
      double most = 0;
      for (int again = 0; again < 40; again++) {
        long before = sum(ops);
        long wall = train(ops, PlanOptions.training(T, N), 1);
        long phases = sum(ops) - before;
        assertTrue(phases <= wall, "phases " + phases + " ns of " + wall);
        most = Math.max(most, (double) phases / wall);
      }
      assertTrue(most > 0.5, "at best phases are " + most + " of the call");
      String name = BackendDevice.TIMED;
      for (String phase :
          new String[] {
            ".forward.packing",
            ".forward.projection",
            ".forward.recurrent-products",
            ".forward.gates",
            ".forward.copies",
            ".backward.packing",
            ".backward.recurrent-products",
            ".backward.gates",
            ".backward.copies",
            ".backward.bias-gradients",
            ".backward.weight-gradients",
            ".backward.input-gradients"
          }) {
        assertTrue(ops.counters().snapshot().nanoseconds().get(name + phase) > 0, phase);
      }
      for (String phase :
          new String[] {".backward.projection", ".forward.waiting", ".forward.weight-gradients"}) {
        assertEquals(0, ops.counters().snapshot().nanoseconds().get(name + phase), phase);
      }
      assertEquals(
          80, ops.counters().snapshot().launches().values().stream().mapToLong(v -> v).sum());
    }
  }

  @Test
  void whatIsComputedAgainIsTimedInBackward() {
    try (RecurrentOps ops = PlanRun.open(1)) {
      train(ops, PlanOptions.training(T, N).recompute(4), 1);
      Map<String, Long> nanos = ops.counters().snapshot().nanoseconds();
      assertTrue(nanos.get(BackendDevice.TIMED + ".backward.projection") > 0, nanos::toString);
    }
  }

  @Test
  void workersWaitWhereUnitsAreSplit() {
    try (RecurrentOps ops = PlanRun.open(2)) {
      train(ops, PlanOptions.training(T, N), 1);
      Map<String, Long> nanos = ops.counters().snapshot().nanoseconds();
      String phases = new TreeSet<>(nanos.entrySet().stream().map(Object::toString).toList()) + "";
      assertTrue(nanos.get(BackendDevice.TIMED + ".forward.waiting") > 0, phases);
      assertTrue(nanos.get(BackendDevice.TIMED + ".backward.waiting") > 0, phases);
    }
  }

  private static long sum(RecurrentOps ops) {
    return ops.counters().snapshot().nanoseconds().values().stream().mapToLong(v -> v).sum();
  }

  /** Some steps of training with the same bound calls; returns how long they took. */
  private static long train(RecurrentOps ops, PlanOptions options, int times) {
    RnnSpec spec = RnnSpec.lstm(H, H).build();
    try (RecurrentPlan plan = ops.plan(spec, options.algorithm(BackendDevice.TIMED));
        Reserve reserve = plan.newReserve();
        Tensor params = ops.allocate(plan.parameterLayout().shape());
        Tensor x = ops.allocate(T, N, H);
        Tensor y = ops.allocate(T, N, H);
        Tensor dx = ops.allocate(T, N, H);
        Tensor dParams = ops.allocate(plan.parameterLayout().shape())) {
      Forward forward = plan.bindForward(ForwardArgs.of(params, x, y), reserve);
      long start = System.nanoTime();
      forward.run();
      Backward backward = plan.bindBackward(BackwardArgs.of(params, x, y, dx, dParams), reserve);
      backward.run();
      for (int again = 1; again < times; again++) {
        forward.run();
        backward.run();
      }
      return System.nanoTime() - start;
    }
  }
}
