package org.recurrentops.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.recurrentops.DType;
import org.recurrentops.MathMode;
import org.recurrentops.gpu.DeviceQueue;
import org.recurrentops.gpu.Gemm;
import org.recurrentops.gpu.GemmShape;
import org.recurrentops.spi.DeviceBuffer;

/**
 * Launching again and again: no Java memory, and any number of threads with blocks of their own.
 */
class OpenClSteadyStateTest {
  private static final int SIDE = 8;
  private static final GemmShape SHAPE =
      new GemmShape(false, true, SIDE, SIDE, SIDE, SIDE, SIDE, SIDE, true);

  private OpenClDevice device;

  @BeforeEach
  void open() {
    device = TestDevice.open();
  }

  @AfterEach
  void close() {
    if (device != null) {
      device.close();
    }
  }

  private static float[] filled(float value) {
    float[] all = new float[SIDE * SIDE];
    Arrays.fill(all, value);
    return all;
  }

  private DeviceBuffer matrix(DeviceQueue queue, float value) {
    DeviceBuffer b = device.allocate(DType.F32, 2L * SIDE * SIDE);
    device.upload(queue, b, 0, filled(value), 0, SIDE * SIDE);
    device.upload(queue, b, SIDE * SIDE, filled(value), 0, SIDE * SIDE);
    return b;
  }

  @Test
  void launchesAndChangedOffsetsAllocateNothing() {
    DeviceQueue queue = device.defaultQueue();
    DeviceBuffer b = matrix(queue, 0);
    DeviceBuffer c = matrix(queue, 0);
    Gemm gemm = device.products("vector", MathMode.FP32).prepare(SHAPE);
    com.sun.management.ThreadMXBean threads =
        (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    long least = Long.MAX_VALUE;
    for (int round = 0; round < 5; round++) {
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < 200; i++) {
        gemm.a(b, i % 2);
        gemm.b(b, SIDE * SIDE - i % 2);
        gemm.c(c, i % 3);
        gemm.run(queue);
      }
      queue.synchronize();
      least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
    }
    // The measurement itself allocates a little on some JVMs, far less than a byte per launch.
    assertTrue(least < 200, least + " bytes for 200 launches");
    gemm.close();
    b.free();
    c.free();
  }

  @Test
  void threadsWithQueuesOfTheirOwnDoNotDisturbEachOther() throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(3);
    try {
      Future<?>[] all = new Future<?>[3];
      for (int t = 0; t < all.length; t++) {
        int value = t + 1;
        all[t] = pool.submit(() -> accumulate(value));
      }
      for (Future<?> f : all) {
        f.get();
      }
    } finally {
      pool.shutdown();
    }
  }

  /** C += A Bᵀ fifty times, with A = value and B = 1: each element is 50 · SIDE · value. */
  private void accumulate(int value) {
    for (int round = 0; round < 10; round++) {
      DeviceQueue queue = device.newQueue();
      DeviceBuffer a = matrix(queue, value);
      DeviceBuffer b = matrix(queue, 1);
      DeviceBuffer c = matrix(queue, 0);
      Gemm gemm =
          device.products(round % 2 == 0 ? "vector" : "tiled", MathMode.FP32).prepare(SHAPE);
      gemm.a(a, 0);
      gemm.b(b, 0);
      gemm.c(c, 0);
      for (int i = 0; i < 50; i++) {
        gemm.run(queue);
      }
      a.free(); // queued work still uses it
      b.free();
      float[] got = new float[SIDE * SIDE];
      device.download(queue, c, 0, got, 0, got.length);
      for (float v : got) {
        assertEquals(50f * SIDE * value, v);
      }
      gemm.close();
      c.free();
      queue.close();
    }
  }
}
