package org.recurrentops.cuda;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.recurrentops.Backends;
import org.recurrentops.ExecutionQueue;
import org.recurrentops.ForwardArgs;
import org.recurrentops.PlanOptions;
import org.recurrentops.RecurrentOps;
import org.recurrentops.RecurrentPlan;
import org.recurrentops.RnnSpec;
import org.recurrentops.Tensor;

/**
 * Two threads, each with a plan of {@code persistent} on a queue of its own, enqueue calls without
 * waiting; prints {@code ok} if both get what {@code stepped} computes.
 */
final class TurnMain {
  private static final int T = 4;
  private static final int N = 2;
  private static final int H = 33;
  private static final int CALLS = 12;
  private static final RnnSpec SPEC = RnnSpec.gru(3, H).build();

  private TurnMain() {}

  public static void main(String[] args) throws Exception {
    try (RecurrentOps first = Backends.open("cuda:0");
        RecurrentOps second = args[0].equals("twice") ? Backends.open("cuda:0") : first) {
      CountDownLatch both = new CountDownLatch(2);
      CompletableFuture<float[]> other =
          CompletableFuture.supplyAsync(() -> run(second, "persistent", CALLS, both));
      float[] one = run(first, "persistent", CALLS, both);
      float[] expected = run(first, "stepped/cublas", 1, new CountDownLatch(1));
      for (float[] got : Arrays.asList(one, other.get())) {
        for (int i = 0; i < got.length; i++) {
          BadInputMain.require(Math.abs(got[i] - expected[i]) <= 1e-5, "y " + i + " " + got[i]);
        }
      }
    }
    System.out.println("ok");
  }

  private static float[] run(RecurrentOps ops, String algorithm, int calls, CountDownLatch others) {
    try (ExecutionQueue queue = ops.newQueue();
        RecurrentPlan plan =
            ops.plan(SPEC, PlanOptions.inference(T, N).algorithm(algorithm).queue(queue));
        Tensor params = ops.allocate(plan.parameterLayout().shape());
        Tensor x = ops.allocate(T, N, 3);
        Tensor y = ops.allocate(T, N, H)) {
      fill(params, 1);
      fill(x, 2);
      ops.synchronize();
      others.countDown();
      others.await();
      for (int i = 0; i < calls; i++) {
        plan.forward(ForwardArgs.of(params, x, y));
      }
      queue.synchronize();
      return y.toFloats();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void fill(Tensor tensor, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[(int) tensor.shape().elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (random.nextDouble() - 0.5);
    }
    tensor.upload(values);
  }
}
