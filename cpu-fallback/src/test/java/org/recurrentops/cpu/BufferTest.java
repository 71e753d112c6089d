package org.recurrentops.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.recurrentops.Backends;
import org.recurrentops.DType;
import org.recurrentops.OutOfDeviceMemoryException;
import org.recurrentops.PlanOptions;
import org.recurrentops.RecurrentOps;
import org.recurrentops.RnnSpec;
import org.recurrentops.Tensor;
import org.recurrentops.UnsupportedSpecException;
import org.recurrentops.WorkspaceAllocator;

/**
 * Borrowed memory is used in place, whatever kind it is; too much memory is refused with advice.
 */
class BufferTest {
  private static FloatBuffer direct(int elements) {
    return ByteBuffer.allocateDirect(4 * elements).order(ByteOrder.nativeOrder()).asFloatBuffer();
  }

  @Test
  void arraysAreSharedBothWays() {
    float[] array = {1, 2, 3};
    int[] ints = {4, 5};
    try (RecurrentOps ops = Backends.open("cpu")) {
      Tensor t = ops.wrap(array);
      array[1] = 7;
      assertArrayEquals(new float[] {1, 7, 3}, t.toFloats());
      ops.math().fill(t, 9);
      assertArrayEquals(new float[] {9, 9, 9}, array);
      ops.wrap(ints).upload(new int[] {6, 8});
      assertArrayEquals(new int[] {6, 8}, ints);
      assertEquals(0, ops.counters().snapshot().allocations());
    }
  }

  @Test
  void directBuffersAreSharedFromTheirPosition() {
    FloatBuffer floats = direct(4).put(0, 1).put(1, 2).put(2, 3).put(3, 4).position(1);
    IntBuffer ints =
        ByteBuffer.allocateDirect(8).order(ByteOrder.nativeOrder()).asIntBuffer().put(0, 5);
    try (RecurrentOps ops = Backends.open("cpu")) {
      Tensor t = ops.wrap(floats);
      assertArrayEquals(new float[] {2, 3, 4}, t.toFloats());
      ops.math().fill(t.slice(0, 1, 2), 8);
      assertEquals(8, floats.get(2));
      assertEquals(1, floats.position());
      ops.wrap(ints).upload(new int[] {6, 7});
      assertEquals(7, ints.get(1));
    }
  }

  @Test
  void foreignByteOrderIsRefused() {
    ByteOrder other =
        ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN
            ? ByteOrder.LITTLE_ENDIAN
            : ByteOrder.BIG_ENDIAN;
    FloatBuffer b = ByteBuffer.allocateDirect(16).order(other).asFloatBuffer();
    try (RecurrentOps ops = Backends.open("cpu")) {
      String message = assertThrows(UnsupportedSpecException.class, () -> ops.wrap(b)).getMessage();
      assertTrue(message.contains("order"), message);
      FloatBuffer readOnly = direct(4).asReadOnlyBuffer();
      assertThrows(UnsupportedSpecException.class, () -> ops.wrap(readOnly));
    }
  }

  @Test
  void overlappingViewsOfOneDirectBufferAreNoticed() {
    FloatBuffer all = direct(8);
    FloatBuffer low = all.duplicate().limit(5);
    FloatBuffer high = all.duplicate().position(4);
    FloatBuffer apart = all.duplicate().position(5).limit(8);
    try (RecurrentOps ops = Backends.open("cpu")) {
      Tensor a = ops.wrap(low.slice(0, 4));
      assertThrows(
          IllegalArgumentException.class,
          () -> ops.math().copy(ops.wrap(low.slice(1, 4)), ops.wrap(high.slice())));
      ops.math().copy(a.slice(0, 0, 3), ops.wrap(apart));
    }
  }

  @Test
  void plansComputeTheSameInDirectBuffers() {
    try (RecurrentOps ops = Backends.open("cpu")) {
      for (RnnSpec spec : PlanSpecs.all(67, 35)) {
        Map<String, float[]> arrays = new PlanRun(spec, 6, 5, false).on(ops);
        Map<String, float[]> buffers = new PlanRun(spec, 6, 5, true).on(ops);
        arrays.forEach((name, v) -> assertArrayEquals(v, buffers.get(name), spec + " " + name));
      }
    }
  }

  @Test
  void tooManyElementsAreRefusedWithAdvice() {
    try (RecurrentOps ops = Backends.open("cpu")) {
      String message =
          assertThrows(OutOfDeviceMemoryException.class, () -> ops.allocate(DType.U8, 1L << 31))
              .getMessage();
      assertTrue(message.contains("split"), message);
      assertThrows(OutOfDeviceMemoryException.class, () -> ops.allocate(DType.F64, (1L << 31) - 1));
      RnnSpec spec = RnnSpec.lstm(8, 1024).build();
      PlanOptions huge = PlanOptions.training(1 << 20, 1 << 10);
      assertTrue(ops.estimate(spec, huge).reserveBytes() > 1L << 40);
      assertThrows(OutOfDeviceMemoryException.class, () -> ops.plan(spec, huge));
      assertEquals(0, ops.counters().snapshot().liveAllocations());
      PlanOptions absurd = PlanOptions.training(Integer.MAX_VALUE, Integer.MAX_VALUE);
      assertThrows(UnsupportedSpecException.class, () -> ops.plan(spec, absurd));
    }
  }

  @Test
  void workspaceInADirectBufferIsRefused() {
    WorkspaceAllocator foreign =
        new WorkspaceAllocator() {
          @Override
          public Tensor allocate(RecurrentOps ops, long elements) {
            return ops.wrap(direct((int) elements));
          }

          @Override
          public void release(Tensor tensor) {}
        };
    try (RecurrentOps ops = Backends.open("cpu")) {
      RnnSpec spec = RnnSpec.gru(3, 4).build();
      PlanOptions options = PlanOptions.inference(2, 2).allocator(foreign);
      try (var plan = ops.plan(spec, options)) {
        Tensor params = ops.allocate(plan.parameterLayout().shape());
        Tensor x = ops.allocate(2, 2, 3);
        assertThrows(
            UnsupportedSpecException.class,
            () -> plan.forward(org.recurrentops.ForwardArgs.of(params, x, null)));
      }
    }
  }
}
