package org.recurrentops.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.recurrentops.Backends;
import org.recurrentops.Backward;
import org.recurrentops.BackwardArgs;
import org.recurrentops.CellType;
import org.recurrentops.Forward;
import org.recurrentops.ForwardArgs;
import org.recurrentops.MathMode;
import org.recurrentops.MergeMode;
import org.recurrentops.PlanOptions;
import org.recurrentops.RecurrentOps;
import org.recurrentops.RecurrentPlan;
import org.recurrentops.Reserve;
import org.recurrentops.RnnSpec;
import org.recurrentops.Tensor;
import org.recurrentops.gpu.Compaction.Place;

/** What a ragged batch asks of a device: the sum of its lengths. */
class CompactionTest {
  private static final int T = 40;
  private static final int N = 64;
  private static final int C = 32;
  private static final int H = 64;

  private final FakeDevice.Provider provider = new FakeDevice.Provider(48 << 10);
  private final RecurrentOps ops = Backends.open(provider);

  @AfterEach
  void forget() {
    System.clearProperty(Compaction.PROPERTY);
    ops.close();
  }

  /** Rows by the definition: one after the other, step by step. */
  @Test
  void placesAreThoseOfTheDefinition() {
    long seed = 20261121;
    Random random = new Random(seed);
    for (int round = 0; round < 50; round++) {
      int steps = 1 + random.nextInt(9);
      int batch = 1 + random.nextInt(12);
      int[] lengths = random.ints(batch, 0, steps + 1).toArray();
      Compaction c = new Compaction(steps, batch, 1);
      String what = "seed " + seed + " " + Arrays.toString(lengths) + " T=" + steps;
      assertEquals(Arrays.stream(lengths).sum() > 0, c.take(lengths), what);
      if (Arrays.stream(lengths).sum() == 0) {
        continue;
      }
      int before = 0;
      for (int t = 0; t < steps; t++) {
        int step = t;
        int active = (int) Arrays.stream(lengths).filter(n -> n > step).count();
        assertEquals(active, c.active(t), what);
        assertEquals(before, c.row(Place.STEP, t), what);
        assertEquals(c.first() + before - active, c.row(Place.SLOT, t), what);
        assertEquals(c.row(Place.SLOT, t) + active, c.row(Place.NEXT_SLOT, t), what);
        assertEquals(c.first() - active, c.row(Place.ROW, t), what);
        before += active;
      }
      assertEquals(before, c.rows(new Span(0, steps)), what);
      int half = steps / 2;
      int later = c.rows(new Span(half, steps - half));
      assertEquals(before, c.rows(new Span(0, half)) + later, what);
    }
  }

  @Test
  void onlyEnoughPaddingIsLeftOut() {
    Compaction c = new Compaction(10, 4, 0.5);
    assertTrue(c.take(new int[] {10, 10, 0, 0}));
    assertFalse(c.take(new int[] {10, 10, 1, 0}));
    assertFalse(c.take(new int[] {0, 0, 0, 0}), "no rows at all");
    assertFalse(c.take(null));
    assertFalse(new Compaction(10, 4, 0).take(new int[] {1, 0, 0, 0}));
  }

  @Test
  void propertyIsReadForEachPlan() {
    assertEquals(Compaction.MOST_VALID, Compaction.mostValid());
    System.setProperty(Compaction.PROPERTY, "never");
    RnnSpec spec = RnnSpec.lstm(C, H).build();
    PlanOptions options = PlanOptions.training(T, N).algorithm("stepped/first");
    RecurrentPlan never = ops.plan(spec, options);
    assertTrue(never.describe().contains("computed on and masked"), never.describe());
    System.setProperty(Compaction.PROPERTY, "always");
    RecurrentPlan always = ops.plan(spec, options);
    assertTrue(always.describe().contains("at most 100 %"), always.describe());
    assertTrue(always.workspaceBytes() > never.workspaceBytes(), "memory for what is moved");
    System.setProperty(Compaction.PROPERTY, "sometimes");
    assertThrows(IllegalArgumentException.class, () -> ops.plan(spec, options));
  }

  static Stream<RnnSpec> specs() {
    return Stream.of(
        RnnSpec.lstm(C, H).build(),
        RnnSpec.lstm(C, H).projection(16).layers(2).bidirectional().build(),
        RnnSpec.gru(C, H).layers(3).dropout(0.25).build(),
        RnnSpec.of(CellType.GRU_RESET_BEFORE, C, H).bidirectional().merge(MergeMode.SUM).build(),
        RnnSpec.vanilla(C, H).zoneout(0.1, 0).build(),
        RnnSpec.lstm(C, H).layerNorm().build());
  }

  /** Products over rows of the batch cost exactly their share; kernels of steps about that. */
  @ParameterizedTest
  @MethodSource("specs")
  void workIsTheSumOfTheLengths(RnnSpec spec) {
    int[] lengths = new Random(7).ints(N, 0, T + 1).toArray();
    lengths[N / 2] = T;
    double share = Arrays.stream(lengths).sum() / (double) (T * N);
    assertTrue(share < Compaction.MOST_VALID, "share " + share);
    for (MathMode mode : List.of(MathMode.FP32, MathMode.BF16)) {
      Cost full = cost(spec, mode, null);
      Cost ragged = cost(spec, mode, lengths);
      String what = spec + " " + mode + " share " + share;
      assertEquals(share, ragged.multiplyAdds / (double) full.multiplyAdds, 1e-12, what);
      full.items.forEach(
          (entry, items) -> {
            if (entry.endsWith("ward")
                || entry.endsWith("_cell")
                || entry.startsWith("norm_")
                || entry.equals("dropout")) {
              double got = ragged.items.get(entry) / (double) items;
              assertEquals(share, got, 0.03, what + ": " + entry); // whole groups
            }
          });
    }
  }

  @Test
  void stepsAfterTheLongestRowAreLeftOut() {
    int[] lengths = new int[N];
    lengths[3] = 5;
    lengths[4] = 2;
    provider.device.recording = true;
    run(RnnSpec.lstm(C, H).build(), MathMode.FP32, lengths);
    long steps = provider.device.enqueued.stream().filter(s -> s.startsWith("lstm_")).count();
    assertEquals(10, steps, "of five steps forward and backward");
  }

  @Test
  void fullAndAlmostFullBatchesRunAsTheyAre() {
    RnnSpec spec = RnnSpec.gru(C, H).build();
    int[] lengths = new int[N];
    Arrays.fill(lengths, T);
    run(spec, MathMode.FP32, lengths);
    lengths[0] = 0;
    run(spec, MathMode.FP32, lengths);
    assertEquals(0, compacted());
    Arrays.fill(lengths, 0, N / 2, 1);
    run(spec, MathMode.FP32, lengths);
    assertEquals(2, compacted(), "forward and backward");
  }

  /** Rows 64 to step 4, 16 to step 9, 1 to step 40. */
  @Test
  void fusedTakesOneLaunchPerStretchOfSteps() {
    int[] lengths = new int[N];
    Arrays.fill(lengths, 4);
    Arrays.fill(lengths, 20, 36, 9);
    lengths[22] = T;
    provider.device.recording = true;
    PlanOptions fused = PlanOptions.training(T, N).algorithm("fused");
    run(RnnSpec.lstm(C, H).build(), fused, lengths);
    assertEquals(
        List.of(
            "lstm_forward_sequence@4",
            "lstm_forward_sequence@5",
            "lstm_forward_sequence@31",
            "lstm_backward_sequence@31",
            "lstm_backward_sequence@5",
            "lstm_backward_sequence@4"),
        provider.device.enqueued.stream().filter(s -> s.contains("sequence")).toList());
    int group = 64; // of H units
    int tiles = N / 4 + 16 / 4 + 1;
    assertEquals(group * tiles, provider.device.items.get("lstm_forward_sequence"));
    assertEquals(2, compacted());
  }

  @Test
  void otherLoopsRunAllRows() {
    int[] lengths = new int[N];
    lengths[1] = T;
    PlanOptions again = PlanOptions.training(T, N).algorithm("stepped/first").recompute(3);
    String text = run(RnnSpec.lstm(C, H).build(), again, lengths);
    assertTrue(text.contains("computed on and masked"), text);
    RnnSpec product = RnnSpec.gru(C, H).bidirectional().merge(MergeMode.MULTIPLY).build();
    run(product, PlanOptions.training(T, N).algorithm("stepped/first"), lengths);
    assertEquals(0, compacted());
  }

  private long compacted() {
    return ops.counters().snapshot().launchesOf(GpuPlan.COMPACTED);
  }

  /** What runs cost, by kind. */
  private record Cost(long multiplyAdds, Map<String, Long> items) {}

  private Cost cost(RnnSpec spec, MathMode mode, int[] lengths) {
    FakeDevice device = provider.device;
    run(spec, mode, lengths);
    return new Cost(device.multiplyAdds, new TreeMap<>(device.items));
  }

  private void run(RnnSpec spec, MathMode mode, int[] lengths) {
    run(spec, PlanOptions.training(T, N).algorithm("stepped/first").mathMode(mode), lengths);
  }

  /** Runs forward and backward once and counts what they ask for; returns the plan's words. */
  private String run(RnnSpec spec, PlanOptions options, int[] lengths) {
    RecurrentPlan plan = ops.plan(spec, options);
    Tensor params = ops.allocate(plan.parameterLayout().shape());
    Tensor dParams = ops.allocate(plan.parameterLayout().shape());
    Tensor x = ops.allocate(T, N, spec.inputSize());
    Tensor dx = ops.allocate(T, N, spec.inputSize());
    Tensor y = ops.allocate(T, N, spec.outputSize());
    Reserve reserve = plan.newReserve();
    ForwardArgs args = ForwardArgs.of(params, x, y);
    Forward forward = plan.bindForward(lengths == null ? args : args.lengths(lengths), reserve);
    FakeDevice device = provider.device;
    device.multiplyAdds = 0;
    device.items.clear();
    device.countsItems = true;
    forward.run();
    Backward backward = plan.bindBackward(BackwardArgs.of(params, x, y, dx, dParams), reserve);
    backward.run();
    device.countsItems = false;
    String text = plan.describe();
    plan.close();
    return text;
  }
}
