package org.recurrentops.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.recurrentops.BackwardArgs;
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

  @Test
  void eachPhaseIsThereAndTheyAddUpToTheCall() {
    try (RecurrentOps ops = PlanRun.open(1)) {
      double most = 0;
      for (int again = 0; again < 10; again++) {
        long before = sum(ops);
        long wall = train(ops, PlanOptions.training(T, N));
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
          20, ops.counters().snapshot().launches().values().stream().mapToLong(v -> v).sum());
    }
  }

  @Test
  void whatIsComputedAgainIsTimedInBackward() {
    try (RecurrentOps ops = PlanRun.open(1)) {
      train(ops, PlanOptions.training(T, N).recompute(4));
      Map<String, Long> nanos = ops.counters().snapshot().nanoseconds();
      assertTrue(nanos.get(BackendDevice.TIMED + ".backward.projection") > 0, nanos::toString);
    }
  }

  @Test
  void workersWaitWhereUnitsAreSplit() {
    try (RecurrentOps ops = PlanRun.open(2)) {
      train(ops, PlanOptions.training(T, N));
      Map<String, Long> nanos = ops.counters().snapshot().nanoseconds();
      String phases = new TreeSet<>(nanos.entrySet().stream().map(Object::toString).toList()) + "";
      assertTrue(nanos.get(BackendDevice.TIMED + ".forward.waiting") > 0, phases);
      assertTrue(nanos.get(BackendDevice.TIMED + ".backward.waiting") > 0, phases);
    }
  }

  private static long sum(RecurrentOps ops) {
    return ops.counters().snapshot().nanoseconds().values().stream().mapToLong(v -> v).sum();
  }

  /** One step of training; returns how long its two calls took. */
  private static long train(RecurrentOps ops, PlanOptions options) {
    RnnSpec spec = RnnSpec.lstm(H, H).build();
    try (RecurrentPlan plan = ops.plan(spec, options.algorithm(BackendDevice.TIMED));
        Reserve reserve = plan.newReserve();
        Tensor params = ops.allocate(plan.parameterLayout().shape());
        Tensor x = ops.allocate(T, N, H);
        Tensor y = ops.allocate(T, N, H);
        Tensor dx = ops.allocate(T, N, H);
        Tensor dParams = ops.allocate(plan.parameterLayout().shape())) {
      long start = System.nanoTime();
      plan.forward(ForwardArgs.of(params, x, y), reserve);
      plan.backward(BackwardArgs.of(params, x, y, dx, dParams), reserve);
      return System.nanoTime() - start;
    }
  }
}
