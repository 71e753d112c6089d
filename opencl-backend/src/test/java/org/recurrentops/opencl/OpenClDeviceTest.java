package org.recurrentops.opencl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Array;
import java.util.Arrays;
import java.util.Random;
import org.jocl.CL;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.recurrentops.DType;
import org.recurrentops.DeviceException;
import org.recurrentops.OutOfDeviceMemoryException;
import org.recurrentops.gpu.DeviceQueue;
import org.recurrentops.gpu.GemmKernels;
import org.recurrentops.gpu.LaunchArguments;
import org.recurrentops.spi.DeviceBuffer;

class OpenClDeviceTest {
  private OpenClDevice device;
  private DeviceQueue queue;

  @BeforeEach
  void open() {
    device = TestDevice.open();
    queue = device.defaultQueue();
  }

  @AfterEach
  void close() {
    if (device != null) {
      device.close();
    }
  }

  @Test
  void everyTypeTravelsThereAndBackWithOffsets() {
    Random random = new Random(5);
    float[] f = {0, 1.5f, Float.NaN, -0.0f, 4};
    roundTrip(DType.F32, f, new float[5]);
    roundTrip(DType.F64, random.doubles(5).toArray(), new double[5]);
    roundTrip(DType.I32, random.ints(5).toArray(), new int[5]);
    roundTrip(DType.F16, new short[] {1, -2, 3, 4, 5}, new short[5]);
    roundTrip(DType.BF16, new short[] {1, -2, 3, 4, 6}, new short[5]);
    roundTrip(DType.U8, new byte[] {1, -2, 3, 4, 7}, new byte[5]);
  }

  /** Elements 1 … 4 of the source become 2 … 5 on the device and 0 … 2 of those come back. */
  private void roundTrip(DType type, Object source, Object got) {
    DeviceBuffer b = device.allocate(type, 8);
    device.upload(queue, b, 2, source, 1, 4);
    device.download(queue, b, 3, got, 1, 3);
    for (int i = 0; i < 3; i++) {
      assertEquals(Array.get(source, i + 2), Array.get(got, i + 1), type + " element " + i);
    }
    assertEquals(0, ((Number) Array.get(got, 0)).intValue(), type + ": guard");
    b.free();
  }

  @Test
  void largeAndManyUploadsDoNotOvertakeEachOther() {
    int n = (3 << 20) / 4 * 5 + 7; // several staging slots, more than the ring holds
    float[] host = new float[n];
    Random random = new Random(6);
    for (int i = 0; i < n; i++) {
      host[i] = random.nextFloat();
    }
    DeviceBuffer b = device.allocate(DType.F32, n);
    float[] sent = host.clone();
    device.upload(queue, b, 0, sent, 0, n);
    Arrays.fill(sent, Float.NaN); // the array is the caller's again
    for (int i = 0; i < 500; i++) {
      float[] one = {i};
      device.upload(queue, b, i, one, 0, 1);
      host[i] = i;
      one[0] = Float.NaN;
    }
    float[] got = new float[n];
    device.download(queue, b, 0, got, 0, n);
    assertArrayEquals(host, got);
    b.free();
  }

  @Test
  void emptyBuffersAndEmptyCopiesAreFine() {
    DeviceBuffer b = device.allocate(DType.F32, 0);
    assertEquals(0, b.elements());
    device.upload(queue, b, 0, new float[0], 0, 0);
    device.download(queue, b, 0, new float[1], 1, 0);
    b.free();
  }

  @Test
  void rangesAreCheckedBeforeTheDriverSeesThem() {
    DeviceBuffer b = device.allocate(DType.F32, 4);
    float[] host = new float[8];
    assertThrows(IndexOutOfBoundsException.class, () -> device.upload(queue, b, 1, host, 0, 4));
    assertThrows(IndexOutOfBoundsException.class, () -> device.download(queue, b, -1, host, 0, 1));
    assertThrows(
        IndexOutOfBoundsException.class, () -> device.upload(queue, b, Long.MAX_VALUE, host, 0, 2));
    b.free();
  }

  @Test
  void freedMemoryAndClosedBlocksAreRefusedNotRead() {
    DeviceBuffer b = device.allocate(DType.F32, 64);
    LaunchArguments block = gemmBlock(b);
    block.launch(queue, 1, 1, GemmKernels.TILED_GROUP);
    queue.synchronize();
    b.free();
    b.free();
    assertThrows(
        IllegalStateException.class, () -> block.launch(queue, 1, 1, GemmKernels.TILED_GROUP));
    assertThrows(IllegalStateException.class, () -> device.upload(queue, b, 0, new float[1], 0, 1));
    block.close();
    block.close();
    assertThrows(IllegalStateException.class, () -> block.set("m", 1));
  }

  private LaunchArguments gemmBlock(DeviceBuffer b) {
    LaunchArguments block = device.prepare(GemmKernels.TILED);
    block.set("a", b, 0).set("b", b, 16).set("c", b, 32).set("m", 2).set("n", 2).set("k", 2);
    block.set("lda", 2).set("ldb", 2).set("ldc", 2);
    return block.set("transposed_a", 0).set("transposed_b", 0).set("accumulate", 0);
  }

  @Test
  void wrongGroupSizesAreRefused() {
    DeviceBuffer b = device.allocate(DType.F32, 64);
    LaunchArguments block = gemmBlock(b);
    int tooLarge = device.limits().maxGroupSize() * 2;
    assertThrows(IllegalArgumentException.class, () -> block.launch(queue, 1, 1, tooLarge));
    assertThrows(IllegalArgumentException.class, () -> block.launch(queue, 0, 1, 1));
    block.close();
    b.free();
  }

  @Test
  void tooMuchMemoryIsOutOfDeviceMemoryAndLeavesTheDeviceUsable() {
    long max = device.limits().maxAllocationBytes();
    OutOfDeviceMemoryException e =
        assertThrows(
            OutOfDeviceMemoryException.class, () -> device.allocate(DType.F32, max / 4 + 1));
    assertTrue(e.getMessage().contains("expected at most " + max), e.getMessage());
    assertFalse(e.sticky());
    assertThrows(
        OutOfDeviceMemoryException.class, () -> device.allocate(DType.F32, Long.MAX_VALUE));
    everyTypeTravelsThereAndBackWithOffsets();
  }

  @Test
  void aProgramThatDoesNotCompileShowsTheLog() {
    ClContext context = ClContext.shared(TestDevice.first());
    DeviceException e =
        assertThrows(
            DeviceException.class,
            () -> context.build("broken.cl", "__kernel void f(__global float *x) { y = 1; }\n"));
    assertTrue(e.getMessage().contains("broken.cl"), e.getMessage());
    assertTrue(e.getMessage().contains("undeclared identifier"), e.getMessage());
    assertFalse(e.sticky());
    assertDoesNotThrow(() -> context.build("fine.cl", "__kernel void f(__global float *x) {}\n"));
  }

  @Test
  void joclExceptionsSwitchedOnByTheHostGiveTheSameErrors() {
    CL.setExceptionsEnabled(true);
    try {
      aProgramThatDoesNotCompileShowsTheLog();
      everyTypeTravelsThereAndBackWithOffsets();
    } finally {
      CL.setExceptionsEnabled(false);
    }
  }

  @Test
  void eventsOrderTwoQueues() {
    DeviceQueue other = device.newQueue();
    DeviceBuffer b = device.allocate(DType.F32, 1 << 20);
    float[] ones = new float[1 << 20];
    Arrays.fill(ones, 1);
    for (int i = 0; i < 20; i++) {
      ones[ones.length - 1] = i;
      device.upload(queue, b, 0, ones, 0, ones.length);
      Object token = queue.record();
      other.waitFor(token);
      float[] got = new float[1];
      device.download(other, b, ones.length - 1, got, 0, 1);
      assertEquals(i, got[0]);
      assertTrue(other.isDone(token));
    }
    other.close();
    other.close();
    assertThrows(IllegalStateException.class, other::synchronize);
    b.free();
  }

  @Test
  void errorsNameCallAndDetails() {
    DeviceException lost = ClError.of(CL.CL_DEVICE_NOT_AVAILABLE, "clFlush", "queue q");
    assertTrue(lost.sticky());
    assertEquals(
        "clFlush failed with CL_DEVICE_NOT_AVAILABLE (-2): queue q; the device is lost, close this"
            + " RecurrentOps and open another",
        lost.getMessage());
    assertTrue(ClError.ofWait(CL.CL_OUT_OF_RESOURCES, "clFinish", "queue q").sticky());
    assertTrue(
        ClError.of(CL.CL_OUT_OF_RESOURCES, "clEnqueueNDRangeKernel", "k")
            instanceof OutOfDeviceMemoryException);
    assertFalse(ClError.of(CL.CL_INVALID_KERNEL_ARGS, "clEnqueueNDRangeKernel", "k").sticky());
  }
}
