package org.recurrentops.opencl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.recurrentops.Backends;
import org.recurrentops.BackwardArgs;
import org.recurrentops.CellType;
import org.recurrentops.ForwardArgs;
import org.recurrentops.ParameterLayout;
import org.recurrentops.ParameterSlice;
import org.recurrentops.PlanOptions;
import org.recurrentops.RecurrentOps;
import org.recurrentops.RecurrentPlan;
import org.recurrentops.Reserve;
import org.recurrentops.RnnSpec;
import org.recurrentops.Tensor;
import org.recurrentops.spi.BackendDevice;

/**
 * A plan without products computes what matrices of zero give, whatever the matrices hold; the LSTM
 * adds its product, the GRU overwrites with it.
 */
class OpenClWithoutProductsTest {
  private static final int T = 4;
  private static final int N = 3;
  private static final int C = 7;
  private static final int H = 33;

  @ParameterizedTest
  @EnumSource(names = {"LSTM", "GRU"})
  void asWithMatricesOfZero(CellType cell) {
    TestDevice.open().close();
    RnnSpec spec = RnnSpec.of(cell, C, H).build();
    float[] params = random((int) ParameterLayout.of(spec).elements(), 1);
    float[] zeroed = params.clone();
    for (ParameterSlice s : ParameterLayout.of(spec).slices()) {
      if (!isBias(s)) {
        Arrays.fill(zeroed, (int) s.offset(), (int) (s.offset() + s.elements()), 0);
      }
    }
    try (RecurrentOps ops = Backends.open(new OpenClBackend())) {
      assertFalse(ops.algorithms().contains(BackendDevice.WITHOUT_PRODUCTS), "offered to all");
      float[][] expected = run(ops, spec, ops.algorithms().get(0), zeroed);
      float[][] got = run(ops, spec, BackendDevice.WITHOUT_PRODUCTS, params);
      assertArrayEquals(expected[0], got[0], 1e-6f, "y");
      assertArrayEquals(new float[T * N * C], got[1], "dx");
      for (ParameterSlice s : ParameterLayout.of(spec).slices()) {
        int from = (int) s.offset();
        int to = from + (int) s.elements();
        float[] wanted =
            isBias(s) ? Arrays.copyOfRange(expected[2], from, to) : new float[to - from];
        assertArrayEquals(wanted, Arrays.copyOfRange(got[2], from, to), 1e-5f, s.name());
      }
    }
  }

  private static boolean isBias(ParameterSlice s) {
    return s.name().startsWith("bias");
  }

  /** y, dx and dParams of the second of two runs. */
  private static float[][] run(RecurrentOps ops, RnnSpec spec, String algorithm, float[] values) {
    try (RecurrentPlan plan = ops.plan(spec, PlanOptions.training(T, N).algorithm(algorithm));
        Reserve reserve = plan.newReserve()) {
      assertTrue(plan.describe().contains(algorithm), plan::describe);
      Tensor params = tensor(ops, values, values.length);
      Tensor x = tensor(ops, random(T * N * C, 2), T, N, C);
      Tensor dy = tensor(ops, random(T * N * H, 3), T, N, H);
      Tensor y = tensor(ops, nan(T * N * H), T, N, H);
      Tensor dx = tensor(ops, nan(T * N * C), T, N, C);
      Tensor dParams = tensor(ops, nan(values.length), values.length);
      for (int again = 0; again < 2; again++) {
        plan.forward(ForwardArgs.of(params, x, y), reserve);
        plan.backward(BackwardArgs.of(params, x, dy, dx, dParams), reserve);
      }
      return new float[][] {y.toFloats(), dx.toFloats(), dParams.toFloats()};
    }
  }

  private static Tensor tensor(RecurrentOps ops, float[] values, long... dims) {
    Tensor t = ops.allocate(dims);
    t.upload(values);
    return t;
  }

  private static float[] nan(int count) {
    float[] values = new float[count];
    Arrays.fill(values, Float.NaN);
    return values;
  }

  private static float[] random(int count, long seed) {
    Random random = new Random(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = random.nextFloat() - 0.5f;
    }
    return values;
  }
}
