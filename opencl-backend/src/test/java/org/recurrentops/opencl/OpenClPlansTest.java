package org.recurrentops.opencl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.recurrentops.Backends;
import org.recurrentops.Backward;
import org.recurrentops.BackwardArgs;
import org.recurrentops.Counters;
import org.recurrentops.Forward;
import org.recurrentops.ForwardArgs;
import org.recurrentops.Initializer;
import org.recurrentops.PlanOptions;
import org.recurrentops.RecurrentOps;
import org.recurrentops.RecurrentPlan;
import org.recurrentops.Reserve;
import org.recurrentops.RnnSpec;
import org.recurrentops.Tensor;

/** Plans on this backend: steady state, threads, and closing in the middle. */
class OpenClPlansTest {
  private static final int T = 6;
  private static final int N = 5;
  private static final int C = 7;
  private static final int H = 9;

  private static RecurrentOps open() {
    TestDevice.open().close();
    return Backends.open(new OpenClBackend());
  }

  /** A training call of one plan with everything it needs. */
  private static final class Run implements AutoCloseable {
    final RecurrentPlan plan;
    final Tensor params;
    final Tensor x;
    final Tensor y;
    final Tensor dx;
    final Tensor dParams;
    final Reserve reserve;
    final Forward forward;
    final Backward backward;

    Run(RecurrentOps ops, RnnSpec spec, String algorithm, int seed) {
      plan = ops.plan(spec, PlanOptions.training(T, N).algorithm(algorithm));
      params = ops.allocate(plan.parameterLayout().shape());
      plan.parameterLayout().initialise(params, Initializer.pytorch(seed));
      x = ops.allocate(T, N, C);
      y = ops.allocate(T, N, H);
      dx = ops.allocate(T, N, C);
      dParams = ops.allocate(plan.parameterLayout().shape());
      ops.math().fill(x, 0.125f * seed);
      reserve = plan.newReserve();
      forward = plan.bindForward(ForwardArgs.of(params, x, y), reserve);
      forward.run();
      backward = plan.bindBackward(BackwardArgs.of(params, x, y, dx, dParams), reserve);
    }

    void train() {
      forward.run();
      backward.run();
    }

    float[] gradient() {
      float[] got = new float[(int) dParams.shape().elements()];
      dParams.download(got);
      return got;
    }

    @Override
    public void close() {
      forward.close();
      backward.close();
      reserve.close();
      plan.close();
      for (Tensor t : new Tensor[] {params, x, y, dx, dParams}) {
        t.close();
      }
    }
  }

  @Test
  void aBoundCallAllocatesCopiesAndWaitsForNothing() {
    try (RecurrentOps ops = open()) {
      for (RnnSpec spec :
          new RnnSpec[] {RnnSpec.lstm(C, H).build(), RnnSpec.gru(C, H).resetBefore().build()}) {
        try (Run run = new Run(ops, spec, "stepped/vector", 1)) {
          Counters.Snapshot before = ops.counters().snapshot();
          long bytes = leastBytes(run);
          ops.synchronize();
          Counters.Snapshot after = ops.counters().snapshot();
          assertTrue(bytes < 200, spec.label() + ": " + bytes + " bytes of Java memory in 50 runs");
          assertEquals(before.uploads(), after.uploads());
          assertEquals(before.downloads(), after.downloads());
          assertEquals(before.allocations(), after.allocations());
          assertEquals(before.synchronisations() + 1, after.synchronisations());
        }
      }
    }
  }

  private static long leastBytes(Run run) {
    com.sun.management.ThreadMXBean threads =
        (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    long least = Long.MAX_VALUE;
    for (int round = 0; round < 6; round++) {
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < 50; i++) {
        run.train();
      }
      least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
    }
    return least;
  }

  @Test
  void twoPlansInTwoThreadsGiveWhatTheyGiveAlone() throws Exception {
    try (RecurrentOps ops = open();
        Run lstm = new Run(ops, RnnSpec.lstm(C, H).build(), "stepped/vector", 1);
        Run gru = new Run(ops, RnnSpec.gru(C, H).build(), "stepped/tiled", 2)) {
      lstm.train();
      gru.train();
      float[] ofLstm = lstm.gradient();
      float[] ofGru = gru.gradient();
      ExecutorService pool = Executors.newFixedThreadPool(2);
      try {
        Future<?> a = pool.submit(() -> trainAndCompare(lstm, ofLstm));
        Future<?> b = pool.submit(() -> trainAndCompare(gru, ofGru));
        a.get();
        b.get();
      } finally {
        pool.shutdown();
      }
    }
  }

  private static void trainAndCompare(Run run, float[] expected) {
    for (int i = 0; i < 30; i++) {
      run.train();
      assertArrayEquals(expected, run.gradient(), "not bit-identical in round " + i);
    }
  }

  /** The loop ends with the documented exception; a crash would end this JVM. */
  @Test
  void closingWhileAThreadTrainsEndsItWithAnException() throws Exception {
    ExecutorService pool = Executors.newSingleThreadExecutor();
    try {
      for (int round = 0; round < 5; round++) {
        RecurrentOps ops = open();
        Run run = new Run(ops, RnnSpec.lstm(C, H).build(), "stepped/vector", 3);
        CountDownLatch started = new CountDownLatch(3);
        Future<?> loop =
            pool.submit(
                () -> {
                  while (true) {
                    run.train();
                    started.countDown();
                  }
                });
        assertTrue(started.await(60, TimeUnit.SECONDS));
        ops.close();
        try {
          loop.get(60, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
          assertInstanceOf(IllegalStateException.class, e.getCause());
        }
      }
    } finally {
      pool.shutdownNow();
    }
  }
}
