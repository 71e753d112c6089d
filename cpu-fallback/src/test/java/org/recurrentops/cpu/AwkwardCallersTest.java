package org.recurrentops.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.recurrentops.Forward;
import org.recurrentops.ForwardArgs;
import org.recurrentops.Initializer;
import org.recurrentops.PlanOptions;
import org.recurrentops.RecurrentOps;
import org.recurrentops.RecurrentPlan;
import org.recurrentops.RnnSpec;
import org.recurrentops.Tensor;

/** More threads than cores, interrupted threads, closing under way: no hang, no other result. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class AwkwardCallersTest {
  private static final RnnSpec SPEC = RnnSpec.lstm(40, 130).layers(2).build();

  @Test
  void moreThreadsThanCores() {
    int many = 3 * Runtime.getRuntime().availableProcessors() + 1;
    same(results(1), results(many), many + " threads");
  }

  @Test
  void anInterruptedCallerFinishesAndStaysInterrupted() {
    Map<String, float[]> expected = results(2);
    Thread.currentThread().interrupt();
    Map<String, float[]> found = results(2);
    assertTrue(Thread.interrupted(), "the call swallowed the interrupt");
    same(expected, found, "interrupted");
  }

  private static Map<String, float[]> results(int threads) {
    try (RecurrentOps ops = PlanRun.open(threads)) {
      return new PlanRun(SPEC, 6, 3, false).on(ops);
    }
  }

  private static void same(Map<String, float[]> expected, Map<String, float[]> found, String what) {
    expected.forEach((name, v) -> assertArrayEquals(v, found.get(name), what + " " + name));
  }

  /** A call that runs ends, with a whole result; the next one is refused. */
  @Test
  void closingAPlanThatAnotherThreadRuns() throws InterruptedException {
    RnnSpec spec = RnnSpec.lstm(40, 130).build();
    try (RecurrentOps ops = PlanRun.open(2)) {
      RecurrentPlan plan = ops.plan(spec, PlanOptions.inference(20, 3));
      Tensor params = ops.allocate(plan.parameterLayout().shape());
      plan.parameterLayout().initialise(params, Initializer.pytorch(1));
      Tensor x = ops.allocate(20, 3, 40);
      Tensor y = ops.allocate(20, 3, 130);
      Forward forward = plan.bindForward(ForwardArgs.of(params, x, y), null);
      forward.run();
      float[] expected = y.toFloats();
      CountDownLatch running = new CountDownLatch(3);
      AtomicInteger runs = new AtomicInteger();
      AtomicReference<Throwable> refusal = new AtomicReference<>();
      Thread runner =
          new Thread(
              () -> {
                try {
                  while (true) {
                    forward.run();
                    runs.incrementAndGet();
                    running.countDown();
                  }
                } catch (Throwable e) {
                  refusal.set(e);
                }
              });
      runner.start();
      assertTrue(running.await(30, TimeUnit.SECONDS), "the calls hang");
      plan.close();
      runner.join(30_000);
      assertFalse(runner.isAlive(), "the runner hangs after " + runs + " runs");
      assertTrue(refusal.get() instanceof IllegalStateException, "refusal: " + refusal.get());
      assertArrayEquals(expected, y.toFloats());
      assertThrows(IllegalStateException.class, forward::run);
    }
  }
}
