package org.recurrentops.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.recurrentops.Backends;
import org.recurrentops.Backward;
import org.recurrentops.BackwardArgs;
import org.recurrentops.Direction;
import org.recurrentops.Forward;
import org.recurrentops.ForwardArgs;
import org.recurrentops.PlanOptions;
import org.recurrentops.RecurrentOps;
import org.recurrentops.RecurrentPlan;
import org.recurrentops.Reserve;
import org.recurrentops.RnnSpec;
import org.recurrentops.Tensor;

/** What runs beside what, told by a device of several queues that computes nothing. */
class OverlapTest {
  private static final int T = 2;
  private static final int N = 3;

  private final FakeDevice.Provider provider = new FakeDevice.Provider(48 << 10);
  private final RecurrentOps ops = Backends.open(provider);
  private final FakeDevice device = provider.device;
  private RecurrentPlan plan;
  private Forward forward;
  private Backward backward;

  private void bind(RnnSpec spec, boolean overlaps) {
    device.overlaps = overlaps;
    plan = ops.plan(spec, PlanOptions.training(T, N).algorithm("stepped/first"));
    Tensor params = ops.allocate(plan.parameterLayout().shape());
    Tensor dParams = ops.allocate(plan.parameterLayout().shape());
    Tensor x = ops.allocate(T, N, spec.inputSize());
    Tensor y = ops.allocate(T, N, spec.outputSize());
    Reserve reserve = plan.newReserve();
    forward = plan.bindForward(ForwardArgs.of(params, x, y), reserve);
    forward.run();
    backward = plan.bindBackward(BackwardArgs.of(params, x, y, x(spec), dParams), reserve);
    backward.run();
    device.recording = true;
  }

  private Tensor x(RnnSpec spec) {
    return ops.allocate(T, N, spec.inputSize());
  }

  /** Whether one line comes after another. */
  private void ordered(String... lines) {
    int at = -1;
    for (String line : lines) {
      int next = device.enqueued.subList(at + 1, device.enqueued.size()).indexOf(line);
      assertTrue(next >= 0, "expected '" + line + "' after " + at + " in " + device.enqueued);
      at += 1 + next;
    }
  }

  @Test
  void directionsRunBesideEachOther() {
    bind(RnnSpec.lstm(4, 6).direction(Direction.BIDIRECTIONAL).build(), true);
    forward.run();
    ordered("side1 waits for main", "side1 lstm_forward@1", "main waits for side1");
    ordered("side1 waits for main", "lstm_forward@0", "lstm_forward@1", "main waits for side1");
    assertEquals(1, count("main waits for side1"));
  }

  @Test
  void weightGradientsRunBesideTheLoopBelow() {
    bind(RnnSpec.lstm(4, 6).layers(4).build(), true);
    backward.run();
    List<String> all = device.enqueued;
    assertEquals(4, count("side1 waits for main"));
    assertEquals(4, count("main waits for side1"));
    // Layers 3 and 2 are on their way before the loop of layer 1 waits for layer 3.
    int firstJoin = all.indexOf("main waits for side1");
    long loops = all.subList(0, firstJoin).stream().filter("lstm_backward@0"::equals).count();
    assertEquals(2, loops, all.toString());
    ordered("lstm_backward@0", "side1 waits for main", "lstm_backward@1", "main waits for side1");
  }

  /** Of two steps in chunks of one; layer 1 does not wait for step 1 of layer 0. */
  @Test
  void layersRunBesideEachOther() {
    device.waveChunk = 1;
    bind(RnnSpec.lstm(4, 6).layers(2).build(), true);
    forward.run();
    List<String> loops =
        device.enqueued.stream().filter(s -> s.matches(".*(waits|lstm_forward|gemm).*")).toList();
    List<String> right =
        List.of(
            "gemm",
            "gemm",
            "lstm_forward@0",
            "side1 waits for main", // for step 0 of layer 0
            "side1 gemm",
            "side1 gemm",
            "side1 lstm_forward@0",
            "gemm",
            "gemm",
            "lstm_forward@1",
            "side1 waits for main",
            "side1 gemm",
            "side1 gemm",
            "side1 lstm_forward@1",
            "main waits for side1");
    assertEquals(right, loops);
    device.enqueued.clear();
    backward.run();
    // side1 is layer 0 now, side2 the weight gradients of layer 1 and then of layer 0
    ordered("lstm_backward@1", "side1 waits for main", "side1 gemm", "side1 lstm_backward@1");
    ordered("side1 lstm_backward@1", "lstm_backward@0", "side2 waits for main");
    ordered("side1 lstm_backward@0", "side2 waits for side1", "main waits for side1");
    assertEquals(2, count("main waits for side2"));
  }

  @Test
  void oneQueueNeedsNoMarkersAndNoMoreMemory() {
    RnnSpec spec = RnnSpec.lstm(4, 6).layers(2).direction(Direction.BIDIRECTIONAL).build();
    bind(spec, false);
    long alone = plan.workspaceBytes();
    forward.run();
    backward.run();
    assertEquals(0, device.openMarkers + device.openSideQueues);
    assertTrue(device.enqueued.stream().noneMatch(s -> s.contains("waits")));
    device.recording = false;
    bind(spec, true);
    assertTrue(plan.workspaceBytes() > alone, alone + " and " + plan.workspaceBytes());
  }

  /** What a failed call left behind on other queues is waited for by the next one. */
  @Test
  void failureLeavesNothingInMotion() {
    bind(RnnSpec.lstm(4, 6).direction(Direction.BIDIRECTIONAL).build(), true);
    device.launchesUntilFailure = 9;
    assertThrows(IllegalStateException.class, forward::run);
    List<String> all = device.enqueued;
    String last = all.get(all.size() - 1);
    assertEquals("main waits for side2", last);
    assertTrue(all.get(all.size() - 2).equals("main waits for side1"), all.toString());
    device.launchesUntilFailure = -1;
    forward.run();
  }

  @Test
  void everythingIsReleased() {
    bind(RnnSpec.lstm(4, 6).layers(3).direction(Direction.BIDIRECTIONAL).build(), true);
    assertTrue(device.openMarkers > 0 && device.openSideQueues == 2);
    forward.close();
    backward.close();
    plan.close();
    assertEquals(0, device.openMarkers + device.openSideQueues + device.openBlocks);
    device.recording = false;
    device.waveChunk = 1;
    bind(RnnSpec.lstm(4, 6).layers(6).dropout(0.5).build(), true);
    assertEquals(4, device.openSideQueues); // four layers at a time, and weight gradients
    forward.close();
    backward.close();
    plan.close();
    assertEquals(0, device.openMarkers + device.openSideQueues + device.openBlocks);
  }

  private long count(String line) {
    return device.enqueued.stream().filter(line::equals).count();
  }
}
