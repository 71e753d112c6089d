package org.recurrentops.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.recurrentops.AdamOptions;
import org.recurrentops.BackendUnavailableException;
import org.recurrentops.ForwardArgs;
import org.recurrentops.GradientMode;
import org.recurrentops.LossOptions;
import org.recurrentops.PlanOptions;
import org.recurrentops.RecurrentOps;
import org.recurrentops.RecurrentPlan;
import org.recurrentops.RnnSpec;
import org.recurrentops.Tensor;

/** Results are bit-identical for any number of threads; sizes are large enough to wake them. */
class ThreadCountTest {
  @Test
  void stepsSplitByRows() {
    compare(5, 40, 29, 33);
  }

  @Test
  void stepsSplitByUnits() {
    compare(9, 3, 45, 130);
  }

  /** One thread goes through the weights forth and back, two hold theirs in their caches or not. */
  @Test
  void weightsReadForthAndBack() {
    compare(4, 2, 20, 203);
    compare(3, 1, 20, 300);
  }

  /** With rows that three threads have seven and eight of: all must meet, or none. */
  @Test
  void rowsThatFillTilesOfSomeThreadsOnly() {
    for (RnnSpec spec : PlanSpecs.all(29, 33)) {
      Map<String, float[]> one = together(spec, 23, 1);
      together(spec, 23, 3)
          .forEach((name, v) -> assertArrayEquals(one.get(name), v, spec + " " + name));
    }
  }

  /** Input and state are one operand; the last with too few rows for each thread. */
  @Test
  void inputAndStateMultipliedTogether() {
    for (int batch : new int[] {16, 40, 23}) {
      for (RnnSpec spec : PlanSpecs.all(29, 33)) {
        Map<String, float[]> one = together(spec, batch, 1);
        for (int threads : new int[] {2, 3, 7}) {
          Map<String, float[]> more = together(spec, batch, threads);
          one.forEach(
              (name, values) ->
                  assertArrayEquals(values, more.get(name), spec + " " + name + " " + threads));
        }
      }
    }
  }

  private static Map<String, float[]> together(RnnSpec spec, int batch, int threads) {
    try (RecurrentOps ops = PlanRun.open(threads)) {
      return new PlanRun(spec, 6, batch, false).withoutLengths().on(ops);
    }
  }

  /** A large batch projects its input in another way than a small one; no bit may depend on it. */
  @Test
  void rowsDoNotDependOnTheirBatch() {
    rowsDoNotDependOnTheirBatch(200, 8);
  }

  /** From so many rows on input and state are multiplied together, however many they are. */
  @Test
  void rowsMultipliedTogetherDoNotDependOnTheirBatch() {
    rowsDoNotDependOnTheirBatch(33, 20);
  }

  private static void rowsDoNotDependOnTheirBatch(int hidden, int part) {
    int steps = 7;
    int batch = 40;
    RnnSpec spec = RnnSpec.lstm(29, hidden).build();
    float[] x = floats(new java.util.Random(5), steps * batch * 29);
    for (int threads : new int[] {1, 2}) {
      float[] whole = forward(spec, steps, batch, x, threads);
      for (int from = 0; from < batch; from += part) {
        float[] some = forward(spec, steps, part, rows(x, steps, batch, 29, from, part), threads);
        float[] expected = rows(whole, steps, batch, hidden, from, part);
        assertArrayEquals(expected, some, threads + " threads, rows from " + from);
      }
    }
  }

  /** Some batch rows of [steps, batch, width]. */
  private static float[] rows(float[] all, int steps, int batch, int width, int from, int count) {
    float[] some = new float[steps * count * width];
    for (int t = 0; t < steps; t++) {
      int at = (t * batch + from) * width;
      System.arraycopy(all, at, some, t * count * width, count * width);
    }
    return some;
  }

  private static float[] forward(RnnSpec spec, int steps, int batch, float[] x, int threads) {
    try (RecurrentOps ops = PlanRun.open(threads);
        RecurrentPlan plan = ops.plan(spec, PlanOptions.inference(steps, batch))) {
      Tensor params =
          ops.wrap(floats(new java.util.Random(6), (int) plan.parameterLayout().elements()));
      Tensor y = ops.allocate(steps, batch, spec.outputSize());
      Tensor input = ops.wrap(x, steps, batch, spec.inputSize());
      plan.forward(ForwardArgs.of(params, input, y), null);
      return y.toFloats();
    }
  }

  private static void compare(int steps, int batch, int inputSize, int hiddenSize) {
    for (RnnSpec spec : PlanSpecs.all(inputSize, hiddenSize)) {
      Map<String, float[]> one = run(spec, steps, batch, 1);
      for (int threads : new int[] {2, 3}) {
        Map<String, float[]> more = run(spec, steps, batch, threads);
        one.forEach(
            (name, values) ->
                assertArrayEquals(values, more.get(name), spec + " " + name + " " + threads));
      }
    }
  }

  private static Map<String, float[]> run(RnnSpec spec, int steps, int batch, int threads) {
    try (RecurrentOps ops = PlanRun.open(threads)) {
      return new PlanRun(spec, steps, batch, false).on(ops);
    }
  }

  @Test
  void operationsBesideTheRecurrence() {
    float[] one = trainHead(1);
    assertArrayEquals(one, trainHead(2), "2 threads");
    assertArrayEquals(one, trainHead(3), "3 threads");
  }

  /** A linear head with softmax cross-entropy and one step of Adam. */
  private static float[] trainHead(int threads) {
    int rows = 257;
    int k = 65;
    int v = 101;
    java.util.Random random = new java.util.Random(3);
    try (RecurrentOps ops = PlanRun.open(threads)) {
      Tensor x = ops.wrap(floats(random, rows * k), rows, k);
      Tensor w = ops.wrap(floats(random, v * k), v, k);
      Tensor b = ops.wrap(floats(random, v));
      Tensor y = ops.allocate(rows, v);
      Tensor dx = ops.allocate(rows, k);
      float[] gradients = new float[v * k];
      Tensor dw = ops.wrap(gradients, v, k);
      Tensor db = ops.allocate(v);
      Tensor loss = ops.allocate(1);
      int[] targets = random.ints(rows, -1, v).toArray();
      ops.math().linear(x, w, b, y, GradientMode.OVERWRITE);
      ops.math().softmaxCrossEntropy(y, ops.wrap(targets), LossOptions.mean(), loss, y);
      ops.math().linearBackward(x, w, y, dx, dw, db, GradientMode.OVERWRITE);
      Tensor flat = ops.wrap(gradients);
      ops.math().clipByGlobalNorm(java.util.List.of(flat, db), 0.01f, null, null);
      float[] params = w.toFloats();
      Tensor m = ops.wrap(new float[v * k]);
      Tensor s = ops.wrap(new float[v * k]);
      ops.math().adam(ops.wrap(params), flat, m, s, 1, AdamOptions.of(0.01), null);
      float[] all = new float[params.length + rows * k + v + 1];
      System.arraycopy(params, 0, all, 0, params.length);
      System.arraycopy(dx.toFloats(), 0, all, params.length, rows * k);
      System.arraycopy(db.toFloats(), 0, all, params.length + rows * k, v);
      all[all.length - 1] = loss.toFloats()[0];
      return all;
    }
  }

  private static float[] floats(java.util.Random random, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = 2 * random.nextFloat() - 1;
    }
    return values;
  }

  @Test
  void refusesNonsense() {
    assertThrows(BackendUnavailableException.class, () -> PlanRun.open(0).close());
  }
}
