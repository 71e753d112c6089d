package org.recurrentops.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.recurrentops.Backends;
import org.recurrentops.DType;
import org.recurrentops.PlanOptions;
import org.recurrentops.RecurrentOps;
import org.recurrentops.RecurrentPlan;
import org.recurrentops.RnnSpec;
import org.recurrentops.cpu.math.ThreadTeam;

/** Threads of the application: whatever its Executor does, calls end with the same bits. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ExecutorTest {
  private static final RnnSpec SPEC = RnnSpec.gru(40, 130).layers(2).bidirectional().build();

  private static Map<String, float[]> on(RecurrentOps ops) {
    return new PlanRun(SPEC, 6, 5, false).on(ops);
  }

  private static void same(Map<String, float[]> expected, Map<String, float[]> found, String what) {
    expected.forEach((name, v) -> assertArrayEquals(v, found.get(name), what + " " + name));
  }

  private static Map<String, float[]> expected() {
    try (RecurrentOps ops = Backends.open(new CpuBackend(1))) {
      return on(ops);
    }
  }

  private static void computes(int threads, Executor executor, String what) {
    Map<String, float[]> expected = expected();
    try (RecurrentOps ops = Backends.open(new CpuBackend(threads, executor))) {
      for (int again = 0; again < 3; again++) {
        same(expected, on(ops), what + ", time " + again);
      }
    }
  }

  @Test
  void aPoolHelpsAndIsLeftAsItWas() throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(3);
    try {
      computes(4, pool, "a pool");
      computes(2, pool, "a pool that is larger than asked for");
      computes(7, pool, "a pool that is smaller than asked for");
      assertEquals(5, pool.submit(() -> 5).get(10, TimeUnit.SECONDS), "the pool is of use");
    } finally {
      pool.shutdownNow();
      assertTrue(pool.awaitTermination(10, TimeUnit.SECONDS), "threads did not return");
    }
  }

  @Test
  void anExecutorThatRejects() {
    Executor rejects =
        task -> {
          throw new RejectedExecutionException("full");
        };
    computes(3, rejects, "rejecting");
  }

  @Test
  void anExecutorThatRunsTasksAtOnceOrNever() {
    computes(3, Runnable::run, "on the calling thread");
    computes(3, task -> {}, "never");
  }

  @Test
  void anExecutorThatFailsSaysSoAndNothingHangs() {
    AtomicInteger calls = new AtomicInteger();
    Executor fails =
        task -> {
          if (calls.incrementAndGet() == 2) {
            throw new IllegalStateException("broken");
          }
          task.run();
        };
    try (RecurrentOps ops = Backends.open(new CpuBackend(3, fails))) {
      assertEquals("broken", assertThrows(IllegalStateException.class, () -> on(ops)).getMessage());
      same(expected(), on(ops), "after a failure");
    }
  }

  @Test
  void aPoolWhoseThreadsAreTakenOrThatShutsDown() throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(1);
    CountDownLatch release = new CountDownLatch(1);
    Future<Boolean> taken = pool.submit(() -> release.await(60, TimeUnit.SECONDS));
    computes(3, pool, "busy");
    release.countDown();
    assertTrue(taken.get());
    try (RecurrentOps ops = Backends.open(new CpuBackend(3, pool))) {
      Map<String, float[]> expected = expected();
      same(expected, on(ops), "before");
      pool.shutdownNow();
      same(expected, on(ops), "shut down");
    }
    assertTrue(pool.awaitTermination(10, TimeUnit.SECONDS), "a thread did not return");
  }

  /** As many callers as threads, all from the pool that is to help them. */
  @Test
  void callersFromThePoolItself() throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(2);
    Map<String, float[]> expected = expected();
    try (RecurrentOps ops = Backends.open(new CpuBackend(2, pool))) {
      Callable<Map<String, float[]>> call = () -> on(ops);
      for (Future<Map<String, float[]>> f : pool.invokeAll(List.of(call, call, call, call))) {
        same(expected, f.get(60, TimeUnit.SECONDS), "from the pool");
      }
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void threadsOfTheExecutorDoAShareAndAnInterruptWaitsForIt() throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(2);
    AtomicInteger most = new AtomicInteger();
    AtomicInteger interrupted = new AtomicInteger();
    try (ThreadTeam team = new ThreadTeam(3, pool)) {
      int[] sums = new int[3];
      for (int i = 0; i < 500; i++) {
        boolean cut = i % 50 == 7;
        team.run(
            (worker, workers) -> {
              most.accumulateAndGet(workers, Math::max);
              sums[worker]++;
              if (cut && worker > 0) {
                Thread.currentThread().interrupt();
              }
              team.barrier(worker);
              int all = IntStream.of(sums).sum();
              team.barrier(worker);
              assertTrue(all > 0 && sums[0] >= sums[worker], "before the barrier");
              interrupted.addAndGet(Thread.currentThread().isInterrupted() ? 1 : 0);
            },
            50_000_000L);
      }
      assertEquals(500, sums[0], "the caller takes part always");
      assertTrue(most.get() > 1, "nobody came in 500 times 50 ms");
    } finally {
      pool.shutdownNow();
      assertTrue(pool.awaitTermination(10, TimeUnit.SECONDS), "threads did not return");
    }
  }

  /** The first to come waits for the second, though that takes longer than it would wait else. */
  @Test
  void threadsThatComeOneAfterTheOtherDoTheTaskTogether() throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(2);
    AtomicInteger asked = new AtomicInteger();
    Executor late =
        task -> {
          int delay = 30 * asked.getAndIncrement();
          pool.execute(
              () -> {
                LockSupport.parkNanos(delay * 1_000_000L);
                task.run();
              });
        };
    try (ThreadTeam team = new ThreadTeam(3, late)) {
      AtomicInteger most = new AtomicInteger();
      team.run((w, workers) -> most.accumulateAndGet(workers, Math::max), 20_000_000_000L);
      assertEquals(3, most.get());
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void whatATaskThrowsReachesTheCaller() {
    ExecutorService pool = Executors.newFixedThreadPool(1);
    try (ThreadTeam team = new ThreadTeam(2, pool)) {
      IllegalArgumentException thrown = new IllegalArgumentException("of the caller");
      ThreadTeam.Task fails =
          (worker, workers) -> {
            if (worker == 0) {
              throw thrown;
            }
            team.barrier(worker);
          };
      for (int again = 0; again < 20; again++) {
        assertSame(thrown, assertThrows(RuntimeException.class, () -> team.run(fails, 1000)));
      }
      int[] runs = new int[2];
      team.run((worker, workers) -> runs[worker]++);
      assertEquals(1, runs[0], "of use after a failure");
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void float64UsesItToo() {
    AtomicInteger asked = new AtomicInteger();
    ExecutorService pool = Executors.newFixedThreadPool(1);
    Executor counting =
        task -> {
          asked.incrementAndGet();
          pool.execute(task);
        };
    PlanOptions wide = PlanOptions.inference(40, 16).ioType(DType.F64).parameterType(DType.F64);
    try (RecurrentOps ops = Backends.open(new CpuBackend(2, counting));
        RecurrentPlan plan = ops.plan(RnnSpec.lstm(40, 130).build(), wide)) {
      plan.forward(
          org.recurrentops.ForwardArgs.of(
              ops.allocate(DType.F64, plan.parameterLayout().elements()),
              ops.allocate(DType.F64, 40, 16, 40),
              ops.allocate(DType.F64, 40, 16, 130)));
      assertTrue(asked.get() > 0, "the executor was not asked");
      try (RecurrentPlan narrow =
          ops.plan(RnnSpec.lstm(4, 13).build(), PlanOptions.inference(4, 1))) {
        String description = narrow.describe();
        assertTrue(description.contains("threads 2 at most"), description);
      }
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void wrongNumbersAndNoExecutorAreRefused() {
    String message =
        assertThrows(IllegalArgumentException.class, () -> new CpuBackend(0)).getMessage();
    assertTrue(message.contains("expected at least 1") && message.contains("got 0"), message);
    message =
        assertThrows(IllegalArgumentException.class, () -> new CpuBackend(2, null)).getMessage();
    assertTrue(message.contains("executor: expected one, got null"), message);
    Executor none = null;
    assertThrows(IllegalArgumentException.class, () -> new ThreadTeam(2, none).close());
    try (RecurrentOps ops = Backends.open(new CpuBackend(3))) {
      assertTrue(ops.device().detail().contains("3 threads"), ops.device().detail());
    }
    assertFalse(Thread.interrupted());
  }
}
