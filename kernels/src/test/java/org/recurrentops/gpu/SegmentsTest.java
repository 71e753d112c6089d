package org.recurrentops.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.Stream;
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
import org.recurrentops.ParameterLayout;
import org.recurrentops.PlanOptions;
import org.recurrentops.RecurrentOps;
import org.recurrentops.RecurrentPlan;
import org.recurrentops.Reserve;
import org.recurrentops.RnnSpec;
import org.recurrentops.Tensor;
import org.recurrentops.spi.PlanRequest;

/** Plans whose backward computes steps again: what they keep, and in which order they work. */
class SegmentsTest {
  private static final int T = 29;
  private static final int N = 5;
  private static final int C = 9;
  private static final int H = 33;

  private final FakeDevice.Provider provider = new FakeDevice.Provider(48 << 10);
  private final RecurrentOps ops = Backends.open(provider);

  static Stream<RnnSpec> specs() {
    return Stream.of(
        RnnSpec.lstm(C, H).layers(2).bidirectional().build(),
        RnnSpec.lstm(C, H).projection(13).peepholes().layers(3).dropout(0.3).build(),
        RnnSpec.gru(C, H).layers(2).bidirectional().merge(MergeMode.SUM).build(),
        RnnSpec.of(CellType.GRU_RESET_BEFORE, C, H).bidirectional().build(),
        RnnSpec.vanilla(C, H).layers(2).build());
  }

  private static PlanLayout layout(RnnSpec spec, PlanOptions options) {
    return new PlanLayout(
        new PlanRequest(spec, options, ParameterLayout.of(spec)),
        new Overlap(true, Overlap.MODEL),
        0,
        false,
        0);
  }

  /** ⌈T/k⌉ states of each layer and direction, the inputs of inner layers, lengths and marks. */
  @ParameterizedTest
  @MethodSource("specs")
  void reserveHoldsStatesOnly(RnnSpec spec) {
    for (int k : new int[] {1, 4, 29, 100}) {
      long states = (T + Math.min(k, T) - 1) / Math.min(k, T);
      long width = spec.stateSize() + (spec.cell().hasCellState() ? H : 0);
      long kept = states * spec.stateCount() * N * width;
      long inner = (long) (spec.layers() - 1) * T * N * spec.outputSize();
      long expected = kept + inner + 2 * N + T * N;
      long slack = (2L * spec.stateCount() + spec.layers() + 3) * 64; // slices begin at multiples
      PlanLayout layout = layout(spec, PlanOptions.training(T, N).recompute(k));
      long got = layout.memory().reserve();
      assertTrue(got >= expected && got <= expected + slack, k + ": " + expected + " got " + got);
      assertTrue(got < layout(spec, PlanOptions.training(T, N)).memory().reserve());
    }
  }

  /** Gates have places for k steps, and none of them is addressed below element 0. */
  @ParameterizedTest
  @MethodSource("specs")
  void workspaceHoldsGatesOfOneSegment(RnnSpec spec) {
    long gateRows = (long) spec.cell().gates() * H * N;
    PlanLayout one = layout(spec, PlanOptions.training(T, N).recompute(1));
    PlanLayout all = layout(spec, PlanOptions.training(T, N).recompute(T));
    long more = all.memory().workspace() - one.memory().workspace();
    assertTrue(Math.abs(more - (T - 1) * gateRows) < 64, "expected 28 steps of gates, got " + more);
    for (long gates : one.gates) {
      assertTrue(gates >= (T - 1) * gateRows, "gates at " + gates);
    }
  }

  private Backward backward(RnnSpec spec, PlanOptions options) {
    RecurrentPlan plan = ops.plan(spec, options);
    Tensor params = ops.allocate(plan.parameterLayout().shape());
    Tensor dParams = ops.allocate(plan.parameterLayout().shape());
    Tensor x = ops.allocate(5, N, spec.inputSize());
    Tensor y = ops.allocate(5, N, spec.outputSize());
    Reserve reserve = plan.newReserve();
    Forward forward = plan.bindForward(ForwardArgs.of(params, x, y), reserve);
    forward.run();
    return plan.bindBackward(BackwardArgs.of(params, x, y, null, dParams), reserve);
  }

  private List<String> launches(Backward backward, String prefix) {
    provider.device.recording = true;
    provider.device.enqueued.clear();
    backward.run();
    return provider.device.enqueued.stream().filter(s -> s.startsWith(prefix)).toList();
  }

  @Test
  void backwardComputesEachSegmentAgain() {
    PlanOptions options = PlanOptions.training(5, N).recompute(3).algorithm("stepped/first");
    assertEquals(
        List.of(
            "lstm_forward@3",
            "lstm_forward@4",
            "lstm_backward@4",
            "lstm_backward@3",
            "lstm_forward@0",
            "lstm_forward@1",
            "lstm_forward@2",
            "lstm_backward@2",
            "lstm_backward@1",
            "lstm_backward@0"),
        launches(backward(RnnSpec.lstm(C, H).build(), options), "lstm_"));
  }

  /** Weights are transposed, and converted for each loop, once per call and direction. */
  @Test
  void weightsArePreparedOnce() {
    PlanOptions options =
        PlanOptions.training(5, N).recompute(1).mathMode(MathMode.BF16).algorithm("stepped/first");
    Backward backward = backward(RnnSpec.vanilla(C, H).build(), options);
    assertEquals(1, launches(backward, "transpose").size());
    long products = launches(backward, "gemm").size();
    long conversions = launches(backward, "convert_rows").size();
    assertEquals(5 + 5 + 5 + 2, products, "W x, R h, dh of each step; dW, dR");
    // both operands of W x and of the weight gradients, one of each step's; R for each loop
    assertEquals(2 * 5 + 2 * 2 + 5 + 5 + 2, conversions);
  }

  /** The second direction's h is there for the first one's gradient, in the place of any h. */
  @Test
  void productOfDirectionsComputesTheSecondTwice() {
    RnnSpec spec = RnnSpec.vanilla(C, H).bidirectional().merge(MergeMode.MULTIPLY).build();
    PlanOptions options = PlanOptions.training(5, N).recompute(4).algorithm("stepped/first");
    List<String> work =
        launches(backward(spec, options), "").stream()
            .filter(s -> s.startsWith("vanilla_") || s.startsWith("merge_"))
            .toList();
    List<String> first = List.of("vanilla_forward@4", "vanilla_backward@4");
    assertEquals("vanilla_forward@4", work.get(0), "from the end, where nothing is kept but h0");
    assertEquals(5, work.indexOf("merge_gradient"), work::toString);
    assertEquals(first, work.subList(6, 8));
    assertEquals(5 + 1 + 10 + 1 + 10, work.size(), work::toString);
    assertEquals(16, work.lastIndexOf("merge_gradient"), work::toString);
    RnnSpec sum = RnnSpec.vanilla(C, H).bidirectional().merge(MergeMode.SUM).build();
    assertEquals(layout(sum, options).memory(), layout(spec, options).memory());
    assertTrue(ops.plan(spec, options).describe().contains("the second direction twice"));
  }

  @Test
  void describeSaysHowOften() {
    RnnSpec spec = RnnSpec.gru(C, H).build();
    String text = ops.plan(spec, PlanOptions.training(T, N).recompute(4)).describe();
    assertTrue(text.contains("computed again by backward") && text.contains("4 steps"), text);
  }
}
