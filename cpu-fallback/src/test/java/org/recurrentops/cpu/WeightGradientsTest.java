package org.recurrentops.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.recurrentops.BackwardArgs;
import org.recurrentops.ForwardArgs;
import org.recurrentops.GradientMode;
import org.recurrentops.ParameterSlice;
import org.recurrentops.PlanOptions;
import org.recurrentops.RecurrentOps;
import org.recurrentops.RecurrentPlan;
import org.recurrentops.Reserve;
import org.recurrentops.RnnSpec;
import org.recurrentops.Tensor;

/**
 * Gradients of weights over more rows than are summed at a time, beside sums in float64. One step
 * of a vanilla layer, whose gate gradients are dy·(1 − y²).
 */
class WeightGradientsTest {
  private static final long SEED = 31;

  /** x, h0 and dy. */
  private final float[][] given = new float[3][];

  private float[] y;
  private ParameterSlice weightIh;
  private ParameterSlice weightHh;

  /** Wide layers sum over more rows at a time than narrow ones. */
  @ParameterizedTest
  @CsvSource({
    "1, 300, 231, false",
    "2113, 300, 231, false",
    "2113, 300, 231, true",
    "4097, 17, 500, false",
    "1030, 29, 33, false",
    "1030, 29, 33, true"
  })
  void agreeWithFloat64(int batch, int inputSize, int hidden, boolean ragged) {
    String name = "N=" + batch + " C=" + inputSize + " H=" + hidden + " seed=" + SEED;
    float[] one = gradients(batch, inputSize, hidden, ragged, 1);
    check(name, weightIh, given[0], batch, inputSize, hidden, ragged, one);
    check(name, weightHh, given[1], batch, hidden, hidden, ragged, one);
    for (int threads : new int[] {2, 3}) {
      float[] more = gradients(batch, inputSize, hidden, ragged, threads);
      assertArrayEquals(one, more, name + ", " + threads + " threads");
    }
  }

  /** Long sums need room for their operands, which many rows of a wide input must not multiply. */
  @Test
  void roomForOperandsOfWideInputsDoesNotGrowWithSums() {
    try (RecurrentOps ops = PlanRun.open(1)) {
      int width = 1_200_000;
      RnnSpec spec = RnnSpec.vanilla(width, 2).build();
      long few = ops.estimate(spec, PlanOptions.training(4, 128)).workspaceBytes();
      long many = ops.estimate(spec, PlanOptions.training(16, 128)).workspaceBytes();
      assertTrue(many - few < 1 << 20, few + " B with 512 rows, " + many + " with 2048");
    }
  }

  /** What two calls leave, the second of which adds to the first. */
  private float[] gradients(int batch, int inputSize, int hidden, boolean ragged, int threads) {
    Random random = new Random(SEED);
    RnnSpec spec = RnnSpec.vanilla(inputSize, hidden).build();
    try (RecurrentOps ops = PlanRun.open(threads);
        RecurrentPlan plan = ops.plan(spec, PlanOptions.training(1, batch));
        Reserve reserve = plan.newReserve()) {
      weightIh = plan.parameterLayout().slice("weight_ih_l0");
      weightHh = plan.parameterLayout().slice("weight_hh_l0");
      float[] params = random(random, (int) plan.parameterLayout().elements(), 0.05f);
      given[0] = random(random, batch * inputSize, 1);
      given[1] = random(random, batch * hidden, 1);
      given[2] = random(random, batch * hidden, 1);
      Tensor all = ops.wrap(params, params.length);
      Tensor x = ops.wrap(given[0], 1, batch, inputSize);
      Tensor h0 = ops.wrap(given[1], 1, batch, hidden);
      Tensor dy = ops.wrap(given[2], 1, batch, hidden);
      Tensor out = ops.allocate(1, batch, hidden);
      Tensor gradient = ops.allocate(params.length);
      int[] lengths = ragged ? lengths(batch) : null;
      plan.forward(ForwardArgs.of(all, x, out).initialState(h0, null).lengths(lengths), reserve);
      BackwardArgs backward = BackwardArgs.of(all, x, dy, null, gradient);
      plan.backward(backward, reserve);
      plan.backward(backward.mode(GradientMode.ACCUMULATE), reserve);
      y = out.toFloats();
      return gradient.toFloats();
    }
  }

  /** Every third row is padding. */
  private static int[] lengths(int batch) {
    int[] lengths = new int[batch];
    for (int n = 0; n < batch; n++) {
      lengths[n] = n % 3 == 1 ? 0 : 1;
    }
    return lengths;
  }

  private static float[] random(Random random, int count, float scale) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = scale * (2 * random.nextFloat() - 1);
    }
    return values;
  }

  private void check(
      String name,
      ParameterSlice weight,
      float[] operand,
      int batch,
      int width,
      int hidden,
      boolean ragged,
      float[] gradient) {
    double[] sums = new double[hidden * width];
    double[] magnitudes = new double[hidden * width];
    for (int n = 0; n < batch; n++) {
      for (int j = 0; (!ragged || n % 3 != 1) && j < hidden; j++) {
        double h = y[n * hidden + j];
        double g = 2 * given[2][n * hidden + j] * (1 - h * h);
        for (int k = 0; k < width; k++) {
          double product = g * operand[n * width + k];
          sums[j * width + k] += product;
          magnitudes[j * width + k] += Math.abs(product);
        }
      }
    }
    int at = (int) weight.offset();
    for (int i = 0; i < sums.length; i++) {
      String where = name + ", " + weight.kind() + " element " + i;
      assertEquals(sums[i], gradient[at + i], 1e-5 * magnitudes[i] + 1e-6, where);
    }
  }
}
