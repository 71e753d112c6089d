package org.recurrentops.opencl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.recurrentops.Backends;
import org.recurrentops.BackwardArgs;
import org.recurrentops.CellType;
import org.recurrentops.ForwardArgs;
import org.recurrentops.MaskingContract;
import org.recurrentops.MergeMode;
import org.recurrentops.PlanOptions;
import org.recurrentops.RecurrentOps;
import org.recurrentops.RecurrentPlan;
import org.recurrentops.Reserve;
import org.recurrentops.RnnSpec;
import org.recurrentops.RnnSpecBuilder;
import org.recurrentops.Tensor;

/**
 * Runs that leave out rows which have ended against runs that mask them: the same masks of dropout
 * and zoneout, the same bits of everything but sums over rows, whose order differs.
 */
class OpenClCompactionTest {
  private static final String PROPERTY = "recurrentops.gpu.compact";
  private static final int T = 11;
  private static final int N = 33;
  private static final int C = 7;
  private static final int H = 17;

  @AfterEach
  void forget() {
    System.clearProperty(PROPERTY);
  }

  static List<RnnSpec> specs() {
    List<RnnSpec> specs = new ArrayList<>();
    List<RnnSpecBuilder> builders =
        List.of(
            RnnSpec.lstm(C, H).projection(5).peepholes().layers(2).bidirectional().dropout(0.4),
            RnnSpec.lstm(C, H).peepholes().zoneout(0.3, 0.2).bidirectional(),
            RnnSpec.gru(C, H).merge(MergeMode.AVERAGE).bidirectional().layers(2).zoneout(0.2, 0),
            RnnSpec.of(CellType.GRU_RESET_BEFORE, C, H)
                .layers(2)
                .dropConnect(0.3)
                .fillValue(Float.NaN),
            RnnSpec.lstm(C, H).layerNorm().bidirectional());
    for (int i = 0; i < builders.size(); i++) {
      MaskingContract masking = MaskingContract.values()[i % 3];
      specs.add(builders.get(i).masking(masking).build());
    }
    specs.add(RnnSpec.gru(C, C).skipInput().bidirectional().merge(MergeMode.SUM).layers(2).build());
    return specs;
  }

  /** y, hN, dx, dh0, the total gradient of h; then dParams. */
  private static float[][] results(RecurrentOps ops, RnnSpec spec, PlanOptions options) {
    Random random = new Random(23);
    int[] lengths = random.ints(N, 0, T + 1).toArray();
    int states = spec.stateCount();
    try (RecurrentPlan plan = ops.plan(spec, options);
        Reserve reserve = plan.newReserve();
        Tensor params = random(ops, random, plan.parameterLayout().elements());
        Tensor x = random(ops, random, T, N, C);
        Tensor y = ops.allocate(T, N, spec.outputSize());
        Tensor dy = random(ops, random, T, N, spec.outputSize());
        Tensor h0 = random(ops, random, states, N, spec.stateSize());
        Tensor hN = ops.allocate(states, N, spec.stateSize());
        Tensor dx = ops.allocate(T, N, C);
        Tensor dParams = ops.allocate(params.shape().dim(0));
        Tensor dh0 = ops.allocate(states, N, spec.stateSize());
        Tensor total = ops.allocate(states, T, N, spec.stateSize())) {
      ForwardArgs forward =
          ForwardArgs.of(params, x, y).initialState(h0, null).finalState(hN, null).seed(7);
      plan.forward(forward.lengths(lengths), reserve);
      plan.backward(
          BackwardArgs.of(params, x, dy, dx, dParams)
              .initialStateGradient(dh0, null)
              .hiddenGradientSequence(total),
          reserve);
      Tensor[] all = {y, hN, dx, dh0, total, dParams};
      return Arrays.stream(all).map(Tensor::toFloats).toArray(float[][]::new);
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
  void sameAsMasked(RnnSpec spec) {
    TestDevice.open().close();
    try (RecurrentOps ops = Backends.open(new OpenClBackend())) {
      for (String algorithm : List.of("stepped/vector", "fused")) {
        PlanOptions options = PlanOptions.training(T, N).algorithm(algorithm);
        if (!ops.supports(spec, options)) {
          continue; // the kit lists what fused refuses
        }
        System.setProperty(PROPERTY, "never");
        float[][] expected = results(ops, spec, options);
        long before = ops.counters().snapshot().launchesOf("compacted_runs");
        System.setProperty(PROPERTY, "always");
        float[][] got = results(ops, spec, options);
        String what = spec + " " + algorithm;
        long compacted = ops.counters().snapshot().launchesOf("compacted_runs") - before;
        assertEquals(2, compacted, what);
        for (int i = 0; i < got.length - 1; i++) {
          assertArrayEquals(expected[i], got[i], 0, what + " tensor " + i);
        }
        float[] sums = expected[got.length - 1];
        float scale = 0;
        for (float s : sums) {
          scale = Math.max(scale, Math.abs(s));
        }
        assertTrue(scale > 0, what);
        assertArrayEquals(sums, got[got.length - 1], 2e-5f * scale, what + " dParams");
      }
    }
  }
}
