package org.recurrentops.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.recurrentops.Activation;
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
import org.recurrentops.UnsupportedSpecException;

/** What the host program asks of a device, counted on one that computes nothing. */
class HostProgramTest {
  private static final int T = 5;
  private static final int N = 3;

  private final FakeDevice.Provider provider = new FakeDevice.Provider(48 << 10);
  private final RecurrentOps ops = Backends.open(provider);

  @AfterEach
  void forget() {
    System.clearProperty(Compaction.PROPERTY);
  }

  static Stream<RnnSpec> specs() {
    return Stream.concat(
        Stream.of(CellType.values())
            .map(c -> RnnSpec.of(c, 4, 6).layers(2).bidirectional().dropout(0.5).build()),
        Stream.of(
            RnnSpec.lstm(4, 6).projection(2).build(),
            RnnSpec.lstm(4, 6).peepholes().cellClip(1).preActivationClip(2).build(),
            RnnSpec.gru(4, 6).bidirectional().merge(MergeMode.MULTIPLY).layers(2).build(),
            RnnSpec.gru(6, 6).skipInput().build(),
            RnnSpec.vanilla(4, 6).independent().activations(Activation.RELU).build()));
  }

  /** Bound calls of one plan over tensors that nobody closes. */
  private record Bound(RecurrentPlan plan, Forward forward, Backward backward) {}

  private Bound bind(RnnSpec spec, PlanOptions options) {
    RecurrentPlan plan = ops.plan(spec, options);
    Tensor params = ops.allocate(plan.parameterLayout().shape());
    Tensor dParams = ops.allocate(plan.parameterLayout().shape());
    Tensor x = ops.allocate(T, N, spec.inputSize());
    Tensor dx = ops.allocate(T, N, spec.inputSize());
    Tensor y = ops.allocate(T, N, spec.outputSize());
    Reserve reserve = plan.newReserve();
    Forward forward = plan.bindForward(ForwardArgs.of(params, x, y).lengths(5, 0, 3), reserve);
    forward.run();
    Backward backward = plan.bindBackward(BackwardArgs.of(params, x, y, dx, dParams), reserve);
    backward.run();
    return new Bound(plan, forward, backward);
  }

  @ParameterizedTest
  @MethodSource("specs")
  void runsAllocateAndWaitForNothing(RnnSpec spec) {
    for (MathMode mode : List.of(MathMode.FP32, MathMode.BF16)) {
      for (String algorithm : ops.algorithms()) {
        PlanOptions options = PlanOptions.training(T, N).algorithm(algorithm).mathMode(mode);
        if (ops.supports(spec, options)) {
          runAllocatesAndWaitsForNothing(spec, options);
        }
      }
    }
  }

  private void runAllocatesAndWaitsForNothing(RnnSpec spec, PlanOptions options) {
    Bound b = bind(spec, options);
    for (int i = 0; i < 2000; i++) {
      b.forward().run();
      b.backward().run();
    }
    FakeDevice device = provider.device;
    int blocks = device.openBlocks;
    int allocations = device.allocations;
    int waits = device.synchronisations;
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long thread = Thread.currentThread().getId();
    threads.getThreadAllocatedBytes(thread);
    long least = Long.MAX_VALUE; // a compilation in between may allocate
    for (int round = 0; round < 3; round++) {
      long before = threads.getThreadAllocatedBytes(thread);
      for (int i = 0; i < 100; i++) {
        b.forward().run();
        b.backward().run();
      }
      least = Math.min(least, threads.getThreadAllocatedBytes(thread) - before);
    }
    String what = spec + " " + options.algorithm() + " " + options.mathMode();
    assertTrue(least < 1000, what + ": 100 runs allocated " + least + " bytes");
    assertEquals(blocks, device.openBlocks, "argument blocks made by a run");
    assertEquals(allocations, device.allocations, "device allocations made by a run");
    assertEquals(waits, device.synchronisations, "waits in a run");
  }

  @ParameterizedTest
  @MethodSource("specs")
  void closingAPlanReleasesItsBlocks(RnnSpec spec) {
    int before = provider.device.openBlocks;
    for (MathMode mode : List.of(MathMode.FP32, MathMode.BF16)) {
      PlanOptions options = PlanOptions.training(T, N).algorithm("stepped/first").mathMode(mode);
      bind(spec, options).plan().close();
    }
    assertEquals(before, provider.device.openBlocks);
  }

  @Test
  void steppedWalksTimeForwardAndBackward() {
    System.setProperty(Compaction.PROPERTY, "never");
    Bound b =
        bind(RnnSpec.lstm(4, 6).build(), PlanOptions.training(T, N).algorithm("stepped/first"));
    FakeDevice device = provider.device;
    device.recording = true;
    b.forward().run();
    b.backward().run();
    List<String> steps = device.enqueued.stream().filter(s -> s.startsWith("lstm_")).toList();
    assertEquals(
        List.of(
            "lstm_forward@0",
            "lstm_forward@1",
            "lstm_forward@2",
            "lstm_forward@3",
            "lstm_forward@4",
            "lstm_backward@4",
            "lstm_backward@3",
            "lstm_backward@2",
            "lstm_backward@1",
            "lstm_backward@0"),
        steps);
    long products = device.enqueued.stream().filter("gemm"::equals).count();
    assertEquals(1 + T + T + 1 + 1 + 1, products, "W x, steps, dW, dR, dx: " + device.enqueued);
  }

  @Test
  void fusedTakesOneLaunchPerDirectionAndCutsLongSequences() {
    System.setProperty(Compaction.PROPERTY, "never");
    PlanOptions fused = PlanOptions.training(T, N).algorithm("fused");
    Bound b = bind(RnnSpec.lstm(4, 6).build(), fused);
    provider.device.recording = true;
    b.forward().run();
    b.backward().run();
    assertEquals(
        List.of("lstm_forward_sequence@5", "lstm_backward_sequence@5"),
        provider.device.enqueued.stream().filter(s -> s.contains("sequence")).toList());

    int steps = 3000;
    RnnSpec wide = RnnSpec.vanilla(1, 700).build();
    RecurrentPlan plan = ops.plan(wide, PlanOptions.inference(steps, 1).algorithm("fused"));
    Tensor params = ops.allocate(plan.parameterLayout().shape());
    provider.device.enqueued.clear();
    plan.forward(ForwardArgs.of(params, ops.allocate(steps, 1, 1), null));
    List<String> launches =
        provider.device.enqueued.stream().filter(s -> s.contains("sequence")).toList();
    assertTrue(launches.size() > 1, launches.toString());
    int walked =
        launches.stream().mapToInt(s -> Integer.parseInt(s.substring(s.indexOf('@') + 1))).sum();
    assertEquals(steps, walked, launches.toString());
  }

  @Test
  void fusedSaysWhyItRefuses() {
    PlanOptions fused = PlanOptions.training(T, N).algorithm("fused");
    RnnSpec large = RnnSpec.lstm(4, 5000).build();
    String reason = ops.refusal(large, fused).orElseThrow();
    assertTrue(reason.contains("H=5000") && reason.contains("local memory"), reason);
    assertThrows(UnsupportedSpecException.class, () -> ops.plan(large, fused));
    assertTrue(ops.refusal(RnnSpec.lstm(4, 6).projection(2).build(), fused).isEmpty());
    int most = (int) (provider.device.limits().localMemoryBytes() / (4 * 4 * Float.BYTES));
    assertTrue(ops.refusal(RnnSpec.lstm(4, most).build(), fused).isEmpty());
    RnnSpec projected = RnnSpec.lstm(4, most).projection(1).build();
    assertTrue(ops.refusal(projected, fused).orElseThrow().contains("local memory"));
  }

  @Test
  void autoMeasuresOnceAndRemembers() {
    RnnSpec spec = RnnSpec.gru(4, 37).build();
    FakeDevice device = provider.device;
    int live = device.liveBuffers;
    RecurrentPlan first = ops.plan(spec, PlanOptions.inference(T, N));
    assertTrue(first.describe().contains("measured at T="), first.describe());
    int launches = device.launches;
    RecurrentPlan second = ops.plan(spec, PlanOptions.inference(T, N));
    assertEquals(launches, device.launches, "the second plan measured again");
    assertTrue(second.describe().contains("remembered, measured"), second.describe());
    assertEquals(first.algorithm(), second.algorithm());
    assertEquals(live + 2, device.liveBuffers, "the trial left memory behind two workspaces");
  }

  @Test
  void deterministicAndGivenDecisionsMeasureNothing() {
    RnnSpec spec = RnnSpec.gru(4, 41).build();
    int launches = provider.device.launches;
    RecurrentPlan fixed = ops.plan(spec, PlanOptions.inference(T, N).deterministic(true));
    assertTrue(fixed.describe().contains("static model"), fixed.describe());
    for (String algorithm : ops.algorithms()) {
      String decision = ops.plan(spec, PlanOptions.inference(T, N).algorithm(algorithm)).tuning();
      RecurrentPlan given = ops.plan(spec, PlanOptions.inference(T, N).tuning(decision));
      assertEquals(algorithm, given.algorithm());
      assertEquals(decision, given.tuning());
    }
    assertEquals(launches, provider.device.launches);
    RecurrentPlan stale = ops.plan(spec, PlanOptions.inference(T, N).tuning("cpu7 whatever"));
    assertFalse(stale.describe().contains("given by"), "a foreign decision was taken over");
  }

  @Test
  void modelPrefersFusedOnlyForSmallLayersOnAGpu() {
    PlanOptions o = PlanOptions.inference(T, N).deterministic(true);
    assertEquals("fused", ops.plan(RnnSpec.lstm(4, 128).build(), o).algorithm());
    assertEquals("stepped/first", ops.plan(RnnSpec.lstm(4, 129).build(), o).algorithm());
  }

  @Test
  void argumentBlocksRefuseWrongTypesAndMissingValues() {
    LaunchArguments a = provider.device.prepare(Kernels.TRANSPOSE);
    assertThrows(IllegalArgumentException.class, () -> a.set("rows", 1.5f));
    assertThrows(IllegalArgumentException.class, () -> a.set("src", 1));
    assertThrows(IllegalArgumentException.class, () -> a.set("nothing", 1));
    assertThrows(IllegalArgumentException.class, () -> a.local(4));
    assertThrows(IllegalStateException.class, () -> a.launch(provider.device, 1, 1, 1));
  }
}
