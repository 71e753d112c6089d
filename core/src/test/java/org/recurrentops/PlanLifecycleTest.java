package org.recurrentops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PlanLifecycleTest {
  private static final RnnSpec SPEC = RnnSpec.lstm(3, 2).build();

  private final FakeBackend backend = FakeBackend.of("cpu", DeviceKind.CPU);
  private final RecurrentOps ops = backend.open();
  private final RecurrentPlan plan = ops.plan(SPEC, PlanOptions.training(4, 2));
  private final Reserve reserve = plan.newReserve();
  private final Tensor params = ops.allocate(plan.parameterLayout().shape());
  private final Tensor x = ops.allocate(4, 2, 3);
  private final Tensor y = ops.allocate(4, 2, 2);

  @AfterEach
  void close() {
    ops.close();
  }

  private ForwardArgs args() {
    return ForwardArgs.of(params, x, y);
  }

  @Test
  void closingTheOpsFreesEverythingOnce() {
    plan.bindForward(args(), reserve);
    ops.close();
    ops.close();
    assertEquals(1, backend.callsClosed);
    assertEquals(1, backend.plansClosed);
    assertEquals(1, backend.devicesClosed);
    assertEquals(5, backend.buffersFreed);
    assertEquals(0, ops.counters().snapshot().liveBytes());
    assertThrows(IllegalStateException.class, () -> ops.allocate(1));
    assertThrows(IllegalStateException.class, () -> plan.forward(args(), reserve));
  }

  @Test
  void aPlanWhoseWorkspaceDoesNotFitLeavesNothing() {
    long before = ops.counters().snapshot().liveAllocations();
    backend.refuseAllocationsOver = 9;
    assertThrows(
        OutOfDeviceMemoryException.class, () -> ops.plan(SPEC, PlanOptions.training(4, 2)));
    assertEquals(1, backend.plansClosed);
    assertEquals(before, ops.counters().snapshot().liveAllocations());
  }

  @Test
  void aSecondThreadIsRefusedAndCloseWaitsForTheFirst() throws Exception {
    CountDownLatch running = new CountDownLatch(1);
    CountDownLatch finish = new CountDownLatch(1);
    backend.onRun =
        () -> {
          running.countDown();
          try {
            assertTrue(finish.await(10, TimeUnit.SECONDS));
          } catch (InterruptedException e) {
            throw new AssertionError(e);
          }
        };
    Forward forward = plan.bindForward(args(), reserve);
    Thread first = new Thread(forward::run);
    first.start();
    assertTrue(running.await(10, TimeUnit.SECONDS));
    String message = assertThrows(IllegalStateException.class, forward::run).getMessage();
    assertTrue(message.contains("in use by another thread"), message);
    Thread closer = new Thread(plan::close);
    closer.start();
    closer.join(50);
    assertTrue(closer.isAlive(), "close() did not wait for the call in flight");
    assertEquals(0, backend.plansClosed);
    finish.countDown();
    closer.join(10_000);
    first.join(10_000);
    assertEquals(1, backend.plansClosed);
    assertTrue(reserve.isFilled());
  }

  @Test
  void aStickyErrorIsRethrownByEveryLaterCall() {
    DeviceException lost = new DeviceException("fake: device lost", true, null);
    backend.onRun =
        () -> {
          throw lost;
        };
    assertSame(lost, assertThrows(DeviceException.class, () -> plan.forward(args(), reserve)));
    backend.onRun = () -> {};
    assertSame(lost, assertThrows(DeviceException.class, () -> plan.forward(args(), reserve)));
    assertSame(lost, assertThrows(DeviceException.class, () -> ops.allocate(1)));
    ops.close();
    assertEquals(1, backend.devicesClosed);
  }

  @Test
  void anErrorThatIsNotStickyLeavesTheOpsUsableAndTheReserveUnfilled() {
    backend.onRun =
        () -> {
          throw new DeviceException("fake: once");
        };
    assertThrows(DeviceException.class, () -> plan.forward(args(), reserve));
    backend.onRun = () -> {};
    Tensor dParams = ops.allocate(params.shape());
    BackwardArgs backward = BackwardArgs.of(params, x, y, null, dParams);
    String message =
        assertThrows(IllegalStateException.class, () -> plan.backward(backward, reserve))
            .getMessage();
    assertTrue(message.contains("unfilled"), message);
    plan.forward(args(), reserve);
    plan.backward(backward, reserve);
  }

  @Test
  void aBoundCallNoticesATensorClosedSince() {
    Forward forward = plan.bindForward(args(), reserve);
    y.close();
    assertThrows(IllegalStateException.class, forward::run);
    assertEquals(0, reserve.steps());
  }

  @Test
  void aBoundBackwardNoticesAForwardOfAnotherShape() {
    plan.forward(args(), reserve);
    Backward backward =
        plan.bindBackward(
            BackwardArgs.of(params, x, y, null, ops.allocate(params.shape())), reserve);
    backward.run();
    plan.forward(ForwardArgs.of(params, x.slice(0, 0, 3), y.slice(0, 0, 3)), reserve);
    String message = assertThrows(IllegalStateException.class, backward::run).getMessage();
    assertTrue(message.contains("T=4, N=2, got T=3, N=2"), message);
  }

  @Test
  void aCallersAllocatorServesAllScratchAndGetsItBack() {
    Tensor arena = ops.allocate(100);
    List<String> log = new ArrayList<>();
    WorkspaceAllocator allocator =
        new WorkspaceAllocator() {
          private long next = 3;

          @Override
          public Tensor allocate(RecurrentOps owner, long elements) {
            log.add("+" + elements);
            next += elements;
            return arena.slice(0, next - elements, next);
          }

          @Override
          public void release(Tensor memory) {
            log.add("-" + memory.dim(0));
          }
        };
    long before = ops.counters().snapshot().allocations();
    RecurrentPlan mine = ops.plan(SPEC, PlanOptions.training(4, 2).allocator(allocator));
    Reserve r = mine.newReserve();
    PackedWeights w = mine.pack(params);
    mine.forward(ForwardArgs.of(w, x, y), r);
    w.close();
    r.close();
    r.close();
    assertThrows(IllegalStateException.class, () -> mine.forward(args(), r));
    mine.close();
    assertEquals(List.of("+10", "+20", "+5", "-5", "-20", "-10"), log);
    assertEquals(before, ops.counters().snapshot().allocations());
    WorkspaceAllocator stingy =
        new WorkspaceAllocator() {
          @Override
          public Tensor allocate(RecurrentOps owner, long elements) {
            return arena.slice(0, 0, elements - 1);
          }

          @Override
          public void release(Tensor memory) {}
        };
    String message =
        assertThrows(
                IllegalStateException.class,
                () -> ops.plan(SPEC, PlanOptions.training(4, 2).allocator(stingy)))
            .getMessage();
    assertTrue(message.contains("expected an open F32[10] of cpu:0, got F32[9]"), message);
  }

  @Test
  void refusalsSayWhy() {
    String mode =
        assertThrows(
                UnsupportedSpecException.class,
                () -> ops.plan(SPEC, PlanOptions.inference(1, 1).mathMode(MathMode.TF32)))
            .getMessage();
    assertEquals("lstm c3h2 on cpu:0 is refused: math mode TF32: fake computes in FP32", mode);
    String algorithm =
        assertThrows(
                UnsupportedSpecException.class,
                () -> ops.plan(SPEC, PlanOptions.inference(1, 1).algorithm("fast")))
            .getMessage();
    assertTrue(algorithm.contains("it offers [fake] and 'auto'"), algorithm);
  }

  @Test
  void theShapeMessageNamesEverything() {
    Tensor wrong = ops.allocate(2, 4, 3);
    RecurrentPlan wide = ops.plan(RnnSpec.lstm(64, 128).build(), PlanOptions.inference(32, 8));
    Tensor w = ops.allocate(wide.parameterLayout().shape());
    assertEquals(
        "x: expected [T≤32, N≤8, C=64], or I32 indices without the last axis,"
            + " for lstm t32n8c64h128, got F32[2, 4, 3]; time is the first axis",
        assertThrows(
                IllegalArgumentException.class, () -> wide.forward(ForwardArgs.of(w, wrong, null)))
            .getMessage());
  }

  @Test
  void aClosedBoundCallDoesNotRun() {
    Forward forward = plan.bindForward(args(), reserve);
    forward.run();
    forward.close();
    forward.close();
    assertEquals(1, backend.callsClosed);
    String message = assertThrows(IllegalStateException.class, forward::run).getMessage();
    assertTrue(message.contains("expected an open bound call"), message);
  }

  @Test
  void closingATensorOrABoundCallWaitsForTheRunThatUsesIt() throws Exception {
    CountDownLatch running = new CountDownLatch(1);
    CountDownLatch finish = new CountDownLatch(1);
    backend.onRun =
        () -> {
          running.countDown();
          try {
            assertTrue(finish.await(10, TimeUnit.SECONDS));
          } catch (InterruptedException e) {
            throw new AssertionError(e);
          }
        };
    Forward forward = plan.bindForward(args(), reserve);
    Thread first = new Thread(forward::run);
    first.start();
    assertTrue(running.await(10, TimeUnit.SECONDS));
    Thread tensorCloser = new Thread(x::close);
    Thread reserveCloser = new Thread(reserve::close);
    Thread callCloser = new Thread(forward::close);
    for (Thread t : List.of(tensorCloser, reserveCloser, callCloser)) {
      t.start();
      t.join(50);
      assertTrue(t.isAlive(), "close() did not wait for the run in flight");
    }
    assertEquals(0, backend.buffersFreed);
    assertEquals(0, backend.callsClosed);
    finish.countDown();
    for (Thread t : List.of(first, tensorCloser, reserveCloser, callCloser)) {
      t.join(10_000);
    }
    assertEquals(2, backend.buffersFreed);
    assertEquals(1, backend.callsClosed);
    assertThrows(IllegalStateException.class, forward::run);
  }

  @Test
  void queuesOfAClosedOrForeignOpsAreRefused() {
    ExecutionQueue own = ops.newQueue();
    RecurrentOps other = FakeBackend.of("cpu", DeviceKind.CPU).open();
    assertThrows(IllegalArgumentException.class, () -> other.math(own));
    Tensor foreign = other.allocate(2);
    assertThrows(IllegalArgumentException.class, () -> foreign.upload(own, new float[2]));
    assertThrows(IllegalArgumentException.class, () -> foreign.download(own, new float[2]));
    other.close();
    ExecutionQueue closed = other.queue();
    assertThrows(IllegalStateException.class, other::newQueue);
    assertThrows(IllegalStateException.class, () -> other.math(closed));
    assertThrows(IllegalStateException.class, () -> other.wrap(new NativeQueue(1)));
  }
}
