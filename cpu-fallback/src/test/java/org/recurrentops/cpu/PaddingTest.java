package org.recurrentops.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.recurrentops.Backends;
import org.recurrentops.BackwardArgs;
import org.recurrentops.Direction;
import org.recurrentops.ForwardArgs;
import org.recurrentops.PlanOptions;
import org.recurrentops.RecurrentOps;
import org.recurrentops.RecurrentPlan;
import org.recurrentops.Reserve;
import org.recurrentops.RnnSpec;
import org.recurrentops.Tensor;

/** The gradient of padded input is 0 even where 0·W is not: W may hold NaN. */
class PaddingTest {
  private static final int T = 4;
  private static final int N = 3;
  private static final int C = 5;
  private static final int[] LENGTHS = {2, 0, 4};

  @Test
  void nanInTheInputWeightDoesNotReachPaddedDx() {
    for (Direction direction : Direction.values()) {
      RnnSpec spec = RnnSpec.gru(C, 7).direction(direction).build();
      try (RecurrentOps ops = Backends.open("cpu");
          RecurrentPlan plan = ops.plan(spec, PlanOptions.training(T, N));
          Reserve reserve = plan.newReserve()) {
        float[] weights = new float[(int) plan.parameterLayout().elements()];
        java.util.Arrays.fill(weights, 0.1f);
        weights[3] = Float.NaN; // weight_ih[0, 3]
        Tensor params = ops.wrap(weights);
        Tensor x = ops.wrap(new float[T * N * C], T, N, C);
        float[] ones = new float[T * N * spec.outputSize()];
        java.util.Arrays.fill(ones, 1f);
        Tensor dy = ops.wrap(ones, T, N, spec.outputSize());
        Tensor dx = ops.allocate(T, N, C);
        plan.forward(ForwardArgs.of(params, x, null).lengths(LENGTHS), reserve);
        plan.backward(BackwardArgs.of(params, x, dy, dx, null), reserve);
        check(direction, dx.toFloats());
      }
    }
  }

  private static void check(Direction direction, float[] dx) {
    for (int i = 0; i < dx.length; i++) {
      int t = i / (N * C);
      int n = i / C % N;
      if (t >= LENGTHS[n]) {
        assertEquals(0f, dx[i], direction + " t=" + t + " n=" + n);
      }
    }
    assertTrue(Float.isNaN(dx[3]), direction + ": NaN in valid data propagates");
  }
}
