package org.recurrentops.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.recurrentops.Backends;
import org.recurrentops.Forward;
import org.recurrentops.ForwardArgs;
import org.recurrentops.GradientMode;
import org.recurrentops.PlanOptions;
import org.recurrentops.RecurrentOps;
import org.recurrentops.RecurrentPlan;
import org.recurrentops.RnnSpec;
import org.recurrentops.Tensor;

/** The scratch of matrix products is part of a plan's workspace, a slice for each of its queues. */
class ProductScratchTest {
  private static final int T = 2;
  private static final int N = 3;

  /** No multiple of anything. */
  private static final long BYTES = 10_007;

  private static final RnnSpec STACK = RnnSpec.lstm(4, 6).layers(6).build();

  private final FakeDevice.Provider provider = new FakeDevice.Provider(48 << 10);
  private final RecurrentOps ops = Backends.open(provider);
  private final FakeDevice device = provider.device;

  private static PlanOptions training(String algorithm) {
    return PlanOptions.training(T, N).algorithm(algorithm);
  }

  private long workspace(String algorithm, long bytes) {
    device.scratchBytes = bytes;
    return ops.estimate(STACK, training(algorithm)).workspaceBytes();
  }

  private RecurrentPlan run(RnnSpec spec, PlanOptions options) {
    RecurrentPlan plan = ops.plan(spec, options);
    Tensor params = ops.allocate(plan.parameterLayout().shape());
    Tensor x = ops.allocate(T, N, spec.inputSize());
    Tensor y = ops.allocate(T, N, spec.outputSize());
    Forward forward =
        options.isTraining()
            ? plan.bindForward(ForwardArgs.of(params, x, y), plan.newReserve())
            : plan.bindForward(ForwardArgs.of(params, x, y), null);
    forward.run();
    return plan;
  }

  /** Four layers of a wave and the weight gradients. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void queuesHaveDisjointSlicesOfTheWorkspace(boolean overlaps) {
    device.overlaps = overlaps;
    device.waveChunk = overlaps ? 1 : Overlap.NEVER;
    device.scratchBytes = BYTES;
    RecurrentPlan plan = run(STACK, training("stepped/first"));
    Set<String> queues =
        overlaps ? Set.of("main", "side1", "side2", "side3", "side4") : Set.of("main");
    assertEquals(queues, device.scratch.keySet());
    assertEquals(1, device.scratchMemory.size());
    List<Long> begins = new ArrayList<>(device.scratch.values());
    begins.sort(null);
    long end = 0;
    for (long begin : begins) {
      assertTrue(begin * Float.BYTES >= end, begins::toString);
      end = begin * Float.BYTES + BYTES;
    }
    assertTrue(end <= plan.workspaceBytes(), end + " beyond " + plan.workspaceBytes());
  }

  @Test
  void theEstimateCountsItWhereProductsNeedIt() {
    for (String algorithm : List.of("stepped/first", PlanOptions.AUTO, Algorithm.FUSED)) {
      long more = workspace(algorithm, BYTES) - workspace(algorithm, 0);
      assertTrue(more >= BYTES && more < BYTES + 256, algorithm + ": " + more);
    }
    assertEquals(workspace("stepped/second", 0), workspace("stepped/second", BYTES));
    device.overlaps = true;
    device.waveChunk = 1;
    long more = workspace("stepped/first", BYTES) - workspace("stepped/first", 0);
    assertTrue(more >= 5 * BYTES && more < 5 * (BYTES + 256), "five queues: " + more);
  }

  @Test
  void inferenceHasItToo() {
    device.scratchBytes = BYTES;
    run(STACK, PlanOptions.inference(T, N).algorithm("stepped/first"));
    assertEquals(Set.of("main"), device.scratch.keySet());
  }

  /** Of a linear layer, on memory of its queue. */
  @Test
  void mathTakesItWhenItFirstMultiplies() {
    device.scratchBytes = BYTES;
    Tensor x = ops.allocate(2, 3);
    Tensor weight = ops.allocate(4, 3);
    Tensor y = ops.allocate(2, 4);
    ops.math().fill(x, 0);
    assertEquals(Set.of(), device.scratch.keySet());
    ops.math().linear(x, weight, null, y, GradientMode.OVERWRITE);
    assertEquals(Set.of("main"), device.scratch.keySet());
    assertEquals(BYTES, device.scratchMemory.iterator().next().elements());
    ops.close();
    assertEquals(0, device.liveBuffers);
  }
}
