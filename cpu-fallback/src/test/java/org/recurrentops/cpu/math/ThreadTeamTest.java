package org.recurrentops.cpu.math;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ThreadTeamTest {

  /** Teams larger than the machine included. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7})
  void everyWorkerRunsOncePerTask(int workers) {
    try (ThreadTeam team = new ThreadTeam(workers, "test")) {
      int[] runs = new int[workers];
      ThreadTeam.Task task =
          (worker, size) -> {
            assertEquals(workers, size);
            runs[worker]++;
          };
      for (int i = 0; i < 2000; i++) {
        team.run(task);
      }
      for (int count : runs) {
        assertEquals(2000, count);
      }
    }
  }

  @Test
  void oneWorkerIsTheCallerAndStartsNoThread() {
    try (ThreadTeam team = new ThreadTeam(1, "nobody else")) {
      Thread[] seen = new Thread[1];
      team.run(
          (worker, workers) -> {
            team.barrier(worker);
            seen[0] = Thread.currentThread();
          });
      assertSame(Thread.currentThread(), seen[0]);
      assertEquals(0, threadsOf("nobody else")); // others' threads may end at any time
    }
    try (ThreadTeam team = new ThreadTeam(3, "two others")) {
      team.run((worker, workers) -> team.barrier(worker));
      assertEquals(2, threadsOf("two others"));
    }
  }

  private static long threadsOf(String team) {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith(team))
        .count();
  }

  @Test
  void refusesAnEmptyTeam() {
    assertThrows(IllegalArgumentException.class, () -> new ThreadTeam(0, "test"));
  }

  /** Each phase reads what the other worker wrote in the phase before. */
  @ParameterizedTest
  @ValueSource(ints = {2, 3})
  void barrierSeparatesAHundredThousandPhases(int workers) {
    int phases = workers == 2 ? 100_000 : 3000;
    try (ThreadTeam team = new ThreadTeam(workers, "test")) {
      long[][] value = new long[2][workers];
      team.run(
          (worker, size) -> {
            for (int p = 1; p <= phases; p++) {
              long sum = p;
              for (long other : value[(p + 1) & 1]) {
                sum += other;
              }
              value[p & 1][worker] = sum % 1_000_003;
              team.barrier(worker);
            }
          });
      long expected = 0;
      for (int p = 1; p <= phases; p++) {
        expected = (p + workers * expected) % 1_000_003;
      }
      for (long actual : value[phases & 1]) {
        assertEquals(expected, actual);
      }
    }
  }

  /** A worker that is slow between arriving and looking around must not take it for desertion. */
  @Test
  void returningRightAfterTheBarrierIsAllowed() {
    try (ThreadTeam team = new ThreadTeam(2, "test")) {
      ThreadTeam.Task task =
          (worker, workers) -> {
            team.barrier(worker);
            team.barrier(worker);
          };
      for (int i = 0; i < 5000; i++) {
        team.run(task);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void rethrowsTheVeryExceptionAndFreesThoseAtTheBarrier(int failing) {
    try (ThreadTeam team = new ThreadTeam(3, "test")) {
      RuntimeException thrown = new RuntimeException("on purpose");
      AtomicInteger passed = new AtomicInteger();
      for (int repeat = 0; repeat < 200; repeat++) {
        Throwable caught =
            assertThrows(
                RuntimeException.class,
                () ->
                    team.run(
                        (worker, workers) -> {
                          team.barrier(worker);
                          if (worker == failing) {
                            throw thrown;
                          }
                          team.barrier(worker);
                          passed.incrementAndGet();
                        }));
        assertSame(thrown, caught);
      }
      assertEquals(0, passed.get());
      team.run((worker, workers) -> team.barrier(worker)); // usable again
    }
  }

  @Test
  void errorsOfWorkersAreRethrownToo() {
    try (ThreadTeam team = new ThreadTeam(2, "test")) {
      AssertionError error = new AssertionError("on purpose");
      Throwable caught =
          assertThrows(
              AssertionError.class,
              () ->
                  team.run(
                      (worker, workers) -> {
                        if (worker == 1) {
                          throw error;
                        }
                      }));
      assertSame(error, caught);
    }
  }

  /** A worker that forgets a barrier is a bug that is reported, not a hang. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void reportsAWorkerThatReturnsWithoutTheBarrier(int leaving) {
    try (ThreadTeam team = new ThreadTeam(2, "test")) {
      for (int repeat = 0; repeat < 500; repeat++) {
        assertThrows(
            IllegalStateException.class,
            () ->
                team.run(
                    (worker, workers) -> {
                      if (worker != leaving) {
                        team.barrier(worker);
                      }
                    }));
      }
      team.run((worker, workers) -> team.barrier(worker));
    }
  }

  @Test
  void interruptedCallerCompletesAndStaysInterrupted() {
    try (ThreadTeam team = new ThreadTeam(2, "test")) {
      AtomicInteger steps = new AtomicInteger();
      Thread.currentThread().interrupt();
      team.run(
          (worker, workers) -> {
            for (int i = 0; i < 5; i++) {
              pause(worker == 1 ? 3 : 0); // the caller has to park at the barrier
              steps.incrementAndGet();
              team.barrier(worker);
            }
            pause(worker == 1 ? 3 : 0); // and at the end
          });
      assertTrue(Thread.interrupted(), "interrupt flag lost");
      assertEquals(10, steps.get());
      assertFalse(Thread.interrupted());
    }
  }

  private static void pause(long millis) {
    long end = System.nanoTime() + millis * 1_000_000;
    while (System.nanoTime() < end) {
      Thread.onSpinWait();
    }
  }

  @Test
  void secondCallerAndNestedRunAreRefused() throws InterruptedException {
    try (ThreadTeam team = new ThreadTeam(2, "test")) {
      CountDownLatch inside = new CountDownLatch(2);
      CountDownLatch release = new CountDownLatch(1);
      Thread other =
          new Thread(
              () ->
                  team.run(
                      (worker, workers) -> {
                        inside.countDown();
                        awaitQuietly(release);
                      }));
      other.start();
      assertTrue(inside.await(10, TimeUnit.SECONDS));
      assertThrows(IllegalStateException.class, () -> team.run((worker, workers) -> {}));
      release.countDown();
      other.join();
      assertThrows(
          IllegalStateException.class,
          () -> team.run((worker, workers) -> team.run((inner, size) -> {})));
      team.run((worker, workers) -> {});
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void closeEndsTheThreadsAndMayBeRepeated() {
    Set<Thread> threads = ConcurrentHashMap.newKeySet();
    ThreadTeam team = new ThreadTeam(3, "test");
    team.run((worker, workers) -> threads.add(Thread.currentThread()));
    threads.remove(Thread.currentThread());
    assertEquals(2, threads.size());
    for (Thread thread : threads) {
      assertTrue(thread.isDaemon());
    }
    pause(5);
    team.close();
    team.close();
    for (Thread thread : threads) {
      assertFalse(thread.isAlive());
    }
    assertThrows(IllegalStateException.class, () -> team.run((worker, workers) -> {}));
  }

  @Test
  void closeNeverUsed() {
    for (int i = 0; i < 50; i++) {
      new ThreadTeam(2, "test").close();
    }
  }

  @Test
  void closeFromTheTaskIsRefusedAndFromElsewhereWaits() throws InterruptedException {
    ThreadTeam team = new ThreadTeam(2, "test");
    assertThrows(IllegalStateException.class, () -> team.run((worker, workers) -> team.close()));
    CountDownLatch inside = new CountDownLatch(2);
    CountDownLatch release = new CountDownLatch(1);
    AtomicInteger finished = new AtomicInteger();
    Thread runner =
        new Thread(
            () ->
                team.run(
                    (worker, workers) -> {
                      inside.countDown();
                      awaitQuietly(release);
                      finished.incrementAndGet();
                    }));
    runner.start();
    assertTrue(inside.await(10, TimeUnit.SECONDS));
    Thread closer = new Thread(team::close);
    closer.start();
    closer.join(50);
    assertTrue(closer.isAlive(), "close did not wait for the running task");
    release.countDown();
    closer.join();
    assertEquals(2, finished.get());
    runner.join();
  }

  @Test
  void idleTeamUsesNoProcessorTime() throws InterruptedException {
    ThreadMXBean bean = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    try (ThreadTeam team = new ThreadTeam(2, "test")) {
      Thread[] other = new Thread[1];
      team.run(
          (worker, workers) -> {
            if (worker == 1) {
              other[0] = Thread.currentThread();
            }
          });
      Thread.sleep(50);
      long before = bean.getThreadCpuTime(other[0].getId());
      Thread.sleep(300);
      long used = bean.getThreadCpuTime(other[0].getId()) - before;
      assertTrue(used < 10_000_000, "an idle worker used " + used + " ns in 300 ms");
    }
  }

  @Test
  void allocatesNothing() {
    try (ThreadTeam team = new ThreadTeam(2, "test")) {
      ThreadTeam.Task task =
          (worker, workers) -> {
            team.barrier(worker);
            team.barrier(worker);
          };
      Allocation.assertNone("team", () -> team.run(task));
    }
  }
}
