package org.recurrentops.opencl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.cl_buffer_region;
import org.jocl.cl_command_queue;
import org.jocl.cl_context;
import org.jocl.cl_device_id;
import org.jocl.cl_mem;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.recurrentops.Backends;
import org.recurrentops.BackwardArgs;
import org.recurrentops.Counters;
import org.recurrentops.DType;
import org.recurrentops.ExecutionQueue;
import org.recurrentops.ForwardArgs;
import org.recurrentops.NativeMemory;
import org.recurrentops.NativeQueue;
import org.recurrentops.PlanOptions;
import org.recurrentops.RecurrentOps;
import org.recurrentops.RecurrentPlan;
import org.recurrentops.Reserve;
import org.recurrentops.RnnSpec;
import org.recurrentops.Tensor;
import org.recurrentops.UnsupportedSpecException;
import org.recurrentops.gpu.GpuBackendDevice;
import org.recurrentops.spi.DeviceBuffer;

/** Memory, context and queue of a caller. */
@SuppressWarnings("deprecation") // clCreateCommandQueue: the call that OpenCL 1.2 has
class OpenClWrapTest {
  private cl_context context;
  private cl_command_queue queue;
  private RecurrentOps ops;

  @BeforeEach
  void open() {
    TestDevice.open().close();
    cl_device_id[] devices = {TestDevice.first().handle()};
    context = CL.clCreateContext(null, 1, devices, null, null, null);
    queue = CL.clCreateCommandQueue(context, devices[0], 0, null);
    ops = Backends.open(OpenClBackend.inContext(context.getNativePointer()));
  }

  @AfterEach
  void close() {
    if (ops != null) {
      ops.close();
      CL.clReleaseCommandQueue(queue);
      CL.clReleaseContext(context);
    }
  }

  private cl_mem memory(float... values) {
    long flags = CL.CL_MEM_READ_WRITE | CL.CL_MEM_COPY_HOST_PTR;
    return CL.clCreateBuffer(context, flags, values.length * 4L, Pointer.to(values), null);
  }

  private NativeMemory handle(cl_mem m, long bytes) {
    return new NativeMemory(m.getNativePointer(), bytes, context.getNativePointer());
  }

  private float[] read(cl_mem m, int count) {
    float[] got = new float[count];
    CL.clEnqueueReadBuffer(queue, m, true, 0, count * 4L, Pointer.to(got), 0, null, null);
    return got;
  }

  @Test
  void aCallersMemoryIsReadAndWrittenInPlace() {
    cl_mem m = memory(1, 2, 3, 4, 5, 6);
    Tensor t = ops.wrap(handle(m, 24), DType.F32, 2, 3);
    float[] got = new float[6];
    t.download(got);
    assertArrayEquals(new float[] {1, 2, 3, 4, 5, 6}, got);
    t.upload(new float[] {6, 5, 4, 3, 2, 1});
    ops.synchronize();
    assertArrayEquals(new float[] {6, 5, 4, 3, 2, 1}, read(m, 6));
    t.close();
    assertArrayEquals(new float[] {6, 5, 4, 3, 2, 1}, read(m, 6), "closing must not free it");
    CL.clReleaseMemObject(m);
  }

  @Test
  void aCallersMemoryOutlivesTheCallersRelease() {
    cl_mem m = memory(7, 8);
    Tensor t = ops.wrap(handle(m, 8), DType.F32, 2);
    CL.clReleaseMemObject(m);
    float[] got = new float[2];
    t.download(got);
    assertArrayEquals(new float[] {7, 8}, got);
    t.close();
  }

  @Test
  void trainsOnACallersQueueAndMemory() {
    RnnSpec spec = RnnSpec.lstm(3, 4).build();
    ExecutionQueue q = ops.wrap(new NativeQueue(queue.getNativePointer()));
    cl_mem x = memory(new float[2 * 2 * 3]);
    try (RecurrentPlan plan = ops.plan(spec, PlanOptions.training(2, 2).queue(q));
        Tensor params = ops.allocate(plan.parameterLayout().shape());
        Tensor wrapped = ops.wrap(handle(x, 48), DType.F32, 2, 2, 3);
        Tensor y = ops.allocate(2, 2, 4);
        Tensor dParams = ops.allocate(plan.parameterLayout().shape());
        Reserve reserve = plan.newReserve()) {
      ops.math().fill(params, 0.25f);
      ops.math().fill(dParams, 0f);
      ops.synchronize();
      plan.forward(ForwardArgs.of(params, wrapped, y), reserve);
      plan.backward(BackwardArgs.of(params, wrapped, y, null, dParams), reserve);
      q.synchronize();
      float[] got = new float[16];
      y.download(got);
      // x = 0, all parameters 0.25: two biases make 0.5 in every gate of the first step.
      double s = 1 / (1 + Math.exp(-0.5));
      assertEquals(s * Math.tanh(s * Math.tanh(0.5)), got[0], 1e-6);
    }
    q.close();
    assertEquals(CL.CL_SUCCESS, CL.clFinish(queue), "closing must not release the caller's queue");
    CL.clReleaseMemObject(x);
  }

  @Test
  void anOutOfOrderQueueIsRefused() {
    cl_command_queue bad =
        CL.clCreateCommandQueue(
            context, TestDevice.first().handle(), CL.CL_QUEUE_OUT_OF_ORDER_EXEC_MODE_ENABLE, null);
    UnsupportedSpecException e =
        assertThrows(
            UnsupportedSpecException.class,
            () -> ops.wrap(new NativeQueue(bad.getNativePointer())));
    assertTrue(e.getMessage().contains("expected an in-order queue"), e.getMessage());
    CL.clReleaseCommandQueue(bad);
  }

  @Test
  void memoryAndQueuesOfAnotherContextAreRefused() {
    cl_mem m = memory(1, 2);
    try (RecurrentOps other = Backends.open(new OpenClBackend())) {
      NativeMemory unknown = new NativeMemory(m.getNativePointer(), 8, 0);
      NativeMemory known = handle(m, 8);
      NativeQueue q = new NativeQueue(queue.getNativePointer());
      for (NativeMemory n : new NativeMemory[] {unknown, known}) {
        UnsupportedSpecException e =
            assertThrows(UnsupportedSpecException.class, () -> other.wrap(n, DType.F32, 2));
        assertTrue(e.getMessage().contains("OpenClBackend.inContext"), e.getMessage());
      }
      assertThrows(UnsupportedSpecException.class, () -> other.wrap(q));
    }
    CL.clReleaseMemObject(m);
  }

  @Test
  void aBufferSmallerThanAnnouncedIsRefused() {
    cl_mem m = memory(1, 2);
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> ops.wrap(handle(m, 12), DType.F32, 3));
    assertTrue(e.getMessage().contains("expected a buffer of at least 12 bytes"), e.getMessage());
    assertThrows(
        IllegalArgumentException.class, () -> ops.wrap(new NativeMemory(0, 8, 0), DType.F32, 2));
    CL.clReleaseMemObject(m);
  }

  @Test
  void subBuffersKnowWhereTheyLie() {
    GpuBackendDevice device =
        (GpuBackendDevice)
            OpenClBackend.inContext(context.getNativePointer())
                .open(TestDevice.first().id(), new Counters());
    cl_mem m = memory(new float[4096]);
    cl_buffer_region region = new cl_buffer_region(4096, 64);
    cl_mem part =
        CL.clCreateSubBuffer(
            m, CL.CL_MEM_READ_WRITE, CL.CL_BUFFER_CREATE_TYPE_REGION, region, null);
    DeviceBuffer whole = device.wrap(handle(m, 16384), DType.F32);
    DeviceBuffer sub = device.wrap(handle(part, 64), DType.F32);
    assertEquals(whole.memoryIdentity(), sub.memoryIdentity());
    assertEquals(4096, sub.baseAddress());
    assertEquals(0, whole.baseAddress());
    whole.free();
    sub.free();
    CL.clReleaseMemObject(part);
    CL.clReleaseMemObject(m);
    device.close();
  }
}
