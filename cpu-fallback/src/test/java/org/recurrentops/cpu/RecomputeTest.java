package org.recurrentops.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
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

/**
 * A plan that computes steps again gives the very bits of one that keeps them, from less memory.
 */
class RecomputeTest {
  private static final int T = 29;
  private static final int N = 5;
  private static final int C = 9;
  private static final int H = 33;

  static List<RnnSpec> specs() {
    return List.of(
        RnnSpec.lstm(C, H).layers(2).bidirectional().build(),
        RnnSpec.lstm(C, H).projection(13).peepholes().layers(3).dropout(0.3).build(),
        RnnSpec.gru(C, H).layers(2).dropout(0.3).build(),
        RnnSpec.of(CellType.GRU_RESET_BEFORE, C, H).bidirectional().build(),
        RnnSpec.lstm(C, H).projection(13).layerNorm().layers(2).build(),
        RnnSpec.gru(C, H).layerNorm().bidirectional().build(),
        RnnSpec.lstm(C, H).bidirectional().zoneout(0.3, 0.2).dropConnect(0.3).build(),
        RnnSpec.gru(C, H).bidirectional().merge(MergeMode.MULTIPLY).layers(2).dropout(0.3).build(),
        RnnSpec.lstm(C, H)
            .bidirectional()
            .merge(MergeMode.MULTIPLY)
            .projection(13)
            .zoneout(0.3, 0.2)
            .dropConnect(0.3)
            .build(),
        RnnSpec.vanilla(C, H).layers(2).build());
  }

  /** dx, dParams, dh0 of one run, one after the other. */
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
      plan.forward(forward.lengths(29, 11, 0, 28, 3), reserve);
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
    try (RecurrentOps ops = Backends.open("cpu")) {
      for (String algorithm : ops.algorithms()) {
        PlanOptions all = PlanOptions.training(T, N).algorithm(algorithm);
        float[][] expected = gradients(ops, spec, all);
        for (int k : new int[] {1, 4, 29, 100}) {
          float[][] got = gradients(ops, spec, all.recompute(k));
          for (int i = 0; i < got.length; i++) {
            assertArrayEquals(expected[i], got[i], 0, spec + " " + algorithm + " k=" + k);
          }
        }
      }
    }
  }

  /**
   * ⌈T/k⌉ states per layer and direction, the inputs of inner layers, and N lengths in two numbers
   * each.
   */
  @ParameterizedTest
  @MethodSource("specs")
  void reserveHoldsStatesOnly(RnnSpec spec) {
    try (RecurrentOps ops = Backends.open("cpu")) {
      for (int k : new int[] {1, 4, 29, 100}) {
        long states = (T + Math.min(k, T) - 1) / Math.min(k, T);
        long width = spec.stateSize() + (spec.cell().hasCellState() ? H : 0);
        long kept = states * spec.stateCount() * N * width;
        long inner = (long) (spec.layers() - 1) * T * N * spec.outputSize();
        long padding = Math.max(2 * N, (T * N + 15) / 16);
        try (RecurrentPlan plan = ops.plan(spec, PlanOptions.training(T, N).recompute(k))) {
          long regions = 2L * spec.stateCount() + spec.layers();
          long expected = (kept + inner + padding) * Float.BYTES;
          long slack = regions * 64; // each region starts on a cache line
          assertTrue(
              plan.reserveBytes() >= expected && plan.reserveBytes() <= expected + slack,
              () -> "k=" + k + ": expected " + expected + " B, got " + plan.reserveBytes());
        }
      }
    }
  }

  /** A product of directions reads both outputs at once, so there is room for another h. */
  @Test
  void workspaceHoldsBothOutputsOfProducts() {
    try (RecurrentOps ops = Backends.open("cpu")) {
      PlanOptions options = // without padding
          PlanOptions.training(T, N).recompute(4).algorithm("stepped/java");
      long[] bytes = new long[2];
      for (MergeMode mode : List.of(MergeMode.SUM, MergeMode.MULTIPLY)) {
        RnnSpec spec = RnnSpec.gru(C, H).bidirectional().merge(mode).build();
        bytes[mode == MergeMode.SUM ? 0 : 1] = ops.estimate(spec, options).workspaceBytes();
      }
      long h = (T + 1L) * N * H * Float.BYTES;
      long more = bytes[1] - bytes[0];
      assertTrue(more >= h && more <= h + 64, "expected " + h + " B more, got " + more);
    }
  }

  @Test
  void refusesWhatMakesNoSense() {
    String negative =
        assertThrows(IllegalArgumentException.class, () -> PlanOptions.training(4, 2).recompute(-1))
            .getMessage();
    assertEquals("recompute: expected k ≥ 1 steps, or 0 to keep everything, got -1", negative);
    assertThrows(IllegalStateException.class, () -> PlanOptions.inference(4, 2).recompute(2));
  }
}
