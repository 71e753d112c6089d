package org.recurrentops.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.recurrentops.Backends;
import org.recurrentops.BackwardArgs;
import org.recurrentops.DType;
import org.recurrentops.ForwardArgs;
import org.recurrentops.PlanOptions;
import org.recurrentops.RecurrentOps;
import org.recurrentops.RecurrentPlan;
import org.recurrentops.Reserve;
import org.recurrentops.RnnSpec;
import org.recurrentops.Tensor;

/** Float64 plans beyond the kit's: forms of the product, ints in float64 memory, refusals. */
class OpenClFloat64Test {
  private static final int T = 15;
  private static final int N = 37; // lengths take three launches, a mask two
  private static final int C = 7;
  private static final int H = 9;
  private static final RnnSpec SPEC =
      RnnSpec.gru(C, H).layers(2).bidirectional().dropout(0.3).build();

  private final Random random = new Random(11);
  private final int[] indices = random.ints(T * N, 0, C).toArray();
  private final int[] lengths = random.ints(N, 0, T + 1).toArray();

  private static RecurrentOps open() {
    TestDevice.open().close();
    return Backends.open(new OpenClBackend());
  }

  private static byte[] mask(int[] lengths) {
    byte[] mask = new byte[T * N];
    for (int i = 0; i < mask.length; i++) {
      mask[i] = (byte) (i / N < lengths[i % N] ? 1 : 0);
    }
    return mask;
  }

  private static double[] small(int count) {
    return new Random(count).doubles(count, -0.2, 0.2).toArray();
  }

  private static Tensor filled(RecurrentOps ops, DType type, double[] values, long... dims) {
    Tensor t = ops.allocate(type, dims);
    if (type == DType.F64) {
      t.upload(values);
    } else {
      float[] narrow = new float[values.length];
      for (int i = 0; i < narrow.length; i++) {
        narrow[i] = (float) values[i];
      }
      t.upload(narrow);
    }
    return t;
  }

  private static double[] values(Tensor t) {
    if (t.dtype() == DType.F64) {
      return t.toDoubles();
    }
    float[] narrow = t.toFloats();
    double[] wide = new double[narrow.length];
    for (int i = 0; i < wide.length; i++) {
      wide[i] = narrow[i];
    }
    return wide;
  }

  /** The parameters' gradient of a ragged run over indices. */
  private double[] gradient(RecurrentOps ops, PlanOptions options, boolean masked) {
    DType type = options.parameterType();
    try (RecurrentPlan plan = ops.plan(SPEC, options);
        Reserve reserve = plan.newReserve();
        Tensor x = ops.allocate(DType.I32, T, N)) {
      int count = (int) plan.parameterLayout().elements();
      Tensor params = filled(ops, type, small(count), count);
      Tensor y = filled(ops, type, new double[T * N * 2 * H], T, N, 2 * H);
      Tensor dy = filled(ops, type, small(T * N * 2 * H), T, N, 2 * H);
      Tensor dParams = filled(ops, type, small(count), count);
      x.upload(indices);
      ForwardArgs forward = ForwardArgs.of(params, x, y).seed(5);
      plan.forward(masked ? forward.mask(mask(lengths)) : forward.lengths(lengths), reserve);
      plan.backward(BackwardArgs.of(params, x, dy, null, dParams), reserve);
      return values(dParams);
    }
  }

  private static void assertClose(double[] expected, double[] got, double tolerance, String what) {
    double scale = Arrays.stream(expected).map(Math::abs).max().orElseThrow();
    for (int i = 0; i < expected.length; i++) {
      double error = Math.abs(expected[i] - got[i]);
      assertTrue(error <= tolerance * scale, what + " " + i + ": " + expected[i] + " " + got[i]);
    }
  }

  /** Float32 tells whether the run is the same; the forms tell whether digits were lost. */
  @Test
  void raggedRunsOverIndices() {
    try (RecurrentOps ops = open()) {
      PlanOptions o = PlanOptions.training(T, N);
      double[] narrow = gradient(ops, o.algorithm("stepped/vector"), false);
      double[] wide = gradient(ops, o.float64().algorithm("stepped/vector"), false);
      assertClose(narrow, wide, 1e-5, "float32");
      double[] tiled = gradient(ops, o.float64().algorithm("stepped/tiled"), true);
      assertClose(wide, tiled, 1e-13, "tiled, masked");
      double[] again = gradient(ops, o.float64().recompute(4), false);
      assertClose(wide, again, 1e-13, "recomputed");
      assertFalse(Arrays.equals(narrow, wide));
    }
  }

  @Test
  void saysWhatItLacks() {
    try (RecurrentOps ops = open()) {
      PlanOptions o = PlanOptions.training(T, N);
      String mixed = ops.refusal(SPEC, o.ioType(DType.F64)).orElseThrow();
      assertTrue(mixed.contains("parameterType F32") && mixed.contains("float64()"), mixed);
      String fused = ops.refusal(SPEC, o.float64().algorithm("fused")).orElseThrow();
      assertTrue(fused.contains("F32 only") && fused.contains("stepped"), fused);
      assertEquals(
          2 * ops.estimate(SPEC, o).reserveBytes(), ops.estimate(SPEC, o.float64()).reserveBytes());
    }
    assertTrue(ClDevice.hasFloat64("cl_khr_icd cl_khr_fp64"));
    assertFalse(ClDevice.hasFloat64("cl_khr_fp16 cl_khr_fp64x"));
  }
}
