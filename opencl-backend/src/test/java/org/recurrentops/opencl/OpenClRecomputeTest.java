package org.recurrentops.opencl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.recurrentops.Backends;
import org.recurrentops.BackwardArgs;
import org.recurrentops.CellType;
import org.recurrentops.ForwardArgs;
import org.recurrentops.MergeMode;
import org.recurrentops.PlanOptions;
import org.recurrentops.RecurrentOps;
import org.recurrentops.RecurrentPlan;
import org.recurrentops.Reserve;
import org.recurrentops.RnnSpec;
import org.recurrentops.Tensor;

/** A plan that computes steps again gives the very bits of one that keeps them. */
class OpenClRecomputeTest {
  private static final int T = 13;
  private static final int N = 5;
  private static final int C = 7;
  private static final int H = 33;

  /** Leaving rows out sums in another order, and recomputation does not do it. */
  @BeforeEach
  void runAllRows() {
    System.setProperty("recurrentops.gpu.compact", "never");
  }

  @AfterEach
  void forget() {
    System.clearProperty("recurrentops.gpu.compact");
  }

  static List<RnnSpec> specs() {
    return List.of(
        RnnSpec.lstm(C, H).projection(13).peepholes().layers(2).bidirectional().build(),
        RnnSpec.gru(C, H).bidirectional().merge(MergeMode.AVERAGE).layers(2).dropout(0.3).build(),
        RnnSpec.lstm(C, H).bidirectional().merge(MergeMode.MULTIPLY).layers(2).build(),
        RnnSpec.of(CellType.GRU_RESET_BEFORE, C, H).bidirectional().build());
  }

  /** dx, dParams, dh0 of a run. */
  private static float[][] gradients(RecurrentOps ops, RnnSpec spec, PlanOptions options) {
    Random random = new Random(17);
    try (RecurrentPlan plan = ops.plan(spec, options);
        Reserve reserve = plan.newReserve();
        Tensor params = random(ops, random, plan.parameterLayout().elements());
        Tensor x = random(ops, random, T, N, C);
        Tensor y = ops.allocate(T, N, spec.outputSize());
        Tensor dy = random(ops, random, T, N, spec.outputSize());
        Tensor h0 = random(ops, random, spec.stateCount(), N, spec.stateSize());
        Tensor dx = ops.allocate(T, N, C);
        Tensor dParams = ops.allocate(params.shape().dim(0));
        Tensor dh0 = ops.allocate(spec.stateCount(), N, spec.stateSize())) {
      ForwardArgs forward = ForwardArgs.of(params, x, y).initialState(h0, null).seed(7);
      plan.forward(forward.lengths(13, 11, 0, 12, 3), reserve);
      plan.backward(
          BackwardArgs.of(params, x, dy, dx, dParams).initialStateGradient(dh0, null), reserve);
      return new float[][] {dx.toFloats(), dParams.toFloats(), dh0.toFloats()};
    }
  }

  private static Tensor random(RecurrentOps ops, Random random, long... dims) {
    Tensor t = ops.allocate(dims);
    float[] values = new float[(int) t.shape().elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (random.nextFloat() - 0.5f) * 0.4f;
    }
    t.upload(values);
    return t;
  }

  @ParameterizedTest
  @MethodSource("specs")
  void sameBits(RnnSpec spec) {
    TestDevice.open().close();
    try (RecurrentOps ops = Backends.open(new OpenClBackend())) {
      for (String algorithm : ops.algorithms()) {
        PlanOptions all = PlanOptions.training(T, N).algorithm(algorithm);
        float[][] expected = gradients(ops, spec, all);
        for (int k : new int[] {1, 4, 100}) {
          float[][] got = gradients(ops, spec, all.recompute(k));
          for (int i = 0; i < got.length; i++) {
            assertArrayEquals(expected[i], got[i], 0, spec + " " + algorithm + " k=" + k);
          }
        }
      }
    }
  }
}
