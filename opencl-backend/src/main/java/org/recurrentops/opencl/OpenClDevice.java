package org.recurrentops.opencl;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jocl.CL;
import org.jocl.CLException;
import org.jocl.Pointer;
import org.jocl.cl_command_queue;
import org.jocl.cl_kernel;
import org.jocl.cl_mem;
import org.recurrentops.Counters;
import org.recurrentops.DType;
import org.recurrentops.DeviceInfo;
import org.recurrentops.MathMode;
import org.recurrentops.NativeMemory;
import org.recurrentops.NativeQueue;
import org.recurrentops.OutOfDeviceMemoryException;
import org.recurrentops.gpu.Device;
import org.recurrentops.gpu.DeviceLimits;
import org.recurrentops.gpu.DeviceQueue;
import org.recurrentops.gpu.GemmKernels;
import org.recurrentops.gpu.HostArrays;
import org.recurrentops.gpu.KernelId;
import org.recurrentops.gpu.LaunchArguments;
import org.recurrentops.gpu.Products;
import org.recurrentops.spi.DeviceBuffer;

/** An OpenCL device for the shared GPU host program. */
final class OpenClDevice implements Device {
  private static final int DOWNLOAD_CHUNK = 1 << 20;

  private final ClContext context;
  private final Counters counters;
  private final List<String> gemmForms;
  private final OpenClQueue defaultQueue;
  private final AtomicLong liveBytes = new AtomicLong();
  private final ByteBuffer landing =
      ByteBuffer.allocateDirect(DOWNLOAD_CHUNK).order(ByteOrder.nativeOrder());
  private final Pointer toLanding = Pointer.to(landing);

  /**
   * Opens a device.
   *
   * @param context shared, or a caller's
   * @param counters where launches are counted
   * @param gemmForms forms of the matrix product, the preferred one first
   */
  OpenClDevice(ClContext context, Counters counters, List<String> gemmForms) {
    this.context = context;
    this.counters = counters;
    this.gemmForms = gemmForms;
    this.defaultQueue = makeQueue("default queue");
  }

  @Override
  public DeviceInfo info() {
    return context.device().info();
  }

  @Override
  public DeviceLimits limits() {
    return context.device().limits();
  }

  @Override
  public Counters counters() {
    return counters;
  }

  @Override
  public List<String> gemmForms() {
    return gemmForms;
  }

  @Override
  public DeviceBuffer allocate(DType dtype, long elements) {
    boolean countable = elements <= Long.MAX_VALUE / dtype.bytes();
    // OpenCL has no empty buffers.
    long bytes = countable ? Math.max(elements * dtype.bytes(), Integer.BYTES) : Long.MAX_VALUE;
    requireRoom(dtype, elements, bytes);
    int[] code = new int[1];
    cl_mem memory = null;
    try {
      memory = CL.clCreateBuffer(context.handle(), CL.CL_MEM_READ_WRITE, bytes, null, code);
    } catch (CLException e) {
      code[0] = e.getStatus();
    }
    if (code[0] != CL.CL_SUCCESS) {
      liveBytes.addAndGet(-bytes);
      String what = elements + " " + dtype + " = " + bytes + " bytes on " + info().id();
      if (code[0] == CL.CL_INVALID_BUFFER_SIZE) {
        throw new OutOfDeviceMemoryException(
            "clCreateBuffer failed with " + ClError.name(code[0]) + ": " + what, null);
      }
      throw ClError.of(code[0], "clCreateBuffer", what);
    }
    OpenClBuffer.Identity identity = new OpenClBuffer.Identity(memory.getNativePointer());
    return new OpenClBuffer(memory, dtype, elements, identity, 0, bytes, liveBytes);
  }

  /** Drivers may accept more than there is and fail when it is first used. */
  private void requireRoom(DType dtype, long elements, long bytes) {
    long single = limits().maxAllocationBytes();
    long total = info().memoryBytes();
    long live = liveBytes.get();
    if ((single > 0 && bytes > single) || (total > 0 && bytes > total - live)) {
      throw new OutOfDeviceMemoryException(
          "allocate "
              + elements
              + " "
              + dtype
              + " on "
              + info().id()
              + ": expected at most "
              + single
              + " bytes at once and "
              + (total - live)
              + " of "
              + total
              + " still free, got "
              + bytes
              + "; use a smaller T or N",
          null);
    }
    liveBytes.addAndGet(bytes);
  }

  @Override
  public DeviceBuffer wrap(NativeMemory memory, DType dtype) {
    return Borrowed.memory(context, memory, dtype, liveBytes);
  }

  @Override
  public void upload(
      DeviceQueue queue, DeviceBuffer dst, long dstOffset, Object src, int srcOffset, int count) {
    OpenClQueue q = (OpenClQueue) queue;
    OpenClBuffer to = (OpenClBuffer) dst;
    to.requireRange(dstOffset, count);
    int size = to.dtype().bytes();
    synchronized (q) {
      StagingRing ring = q.staging((long) count * size);
      for (int done = 0; done < count; ) {
        int part = Math.min(count - done, ring.slotBytes() / size);
        StagingRing.Slot slot = ring.take();
        HostArrays.put(slot.bytes, to.dtype(), src, srcOffset + done, part);
        write(q, to, (dstOffset + done) * size, (long) part * size, slot);
        done += part;
      }
    }
  }

  private static void write(
      OpenClQueue q, OpenClBuffer to, long offset, long bytes, StagingRing.Slot slot) {
    int code;
    if (NativeHandles.canWriteAsync()) {
      code = NativeHandles.write(q.handle(), to.memory(), offset, bytes, slot.pointer, slot.event);
      if (code == CL.CL_SUCCESS) {
        slot.sent();
      }
    } else {
      code = Cl.write(q.handle(), to.memory(), offset, bytes, slot.pointer);
    }
    if (code != CL.CL_SUCCESS) {
      throw ClError.of(
          code, "clEnqueueWriteBuffer", bytes + " bytes at " + offset + " on " + q.label());
    }
  }

  @Override
  public void download(
      DeviceQueue queue, DeviceBuffer src, long srcOffset, Object dst, int dstOffset, int count) {
    OpenClQueue q = (OpenClQueue) queue;
    OpenClBuffer from = (OpenClBuffer) src;
    from.requireRange(srcOffset, count);
    int size = from.dtype().bytes();
    synchronized (landing) {
      for (int done = 0; done < count; ) {
        int part = Math.min(count - done, DOWNLOAD_CHUNK / size);
        long at = (srcOffset + done) * size;
        long bytes = (long) part * size;
        int code = Cl.read(q.handle(), from.memory(), at, bytes, toLanding);
        if (code != CL.CL_SUCCESS) {
          throw ClError.ofWait(
              code, "clEnqueueReadBuffer", bytes + " bytes at " + at + " on " + q.label());
        }
        HostArrays.get(landing, from.dtype(), dst, dstOffset + done, part);
        done += part;
      }
    }
  }

  @Override
  public DeviceQueue defaultQueue() {
    return defaultQueue;
  }

  @Override
  public DeviceQueue newQueue() {
    return makeQueue("queue");
  }

  /** OpenCL 1.2's call: the newer one is missing on 1.2 drivers. */
  @SuppressWarnings("deprecation")
  private OpenClQueue makeQueue(String name) {
    int[] code = new int[1];
    cl_command_queue handle = null;
    try {
      handle = CL.clCreateCommandQueue(context.handle(), context.device().handle(), 0, code);
    } catch (CLException e) {
      code[0] = e.getStatus();
    }
    if (code[0] != CL.CL_SUCCESS) {
      throw ClError.of(code[0], "clCreateCommandQueue", info().id());
    }
    return new OpenClQueue(handle, name + " of " + info().id());
  }

  @Override
  public DeviceQueue wrapQueue(NativeQueue queue) {
    return Borrowed.queue(context, queue);
  }

  @Override
  public LaunchArguments prepare(KernelId kernel) {
    cl_kernel handle = context.kernel(kernel);
    return new OpenClLaunch(kernel, counters, handle, context.maxGroupSize(handle));
  }

  @Override
  public Products products(String form, MathMode mode) {
    if (mode != MathMode.FP32) {
      throw new IllegalArgumentException("gemm: expected FP32, got " + mode);
    }
    return products(form, this);
  }

  @Override
  public Optional<String> float64Refusal() {
    return context.device().float64()
        ? Optional.empty()
        : Optional.of(info().id() + " (" + info().name() + ") has no cl_khr_fp64");
  }

  @Override
  public Products float64Products(String form, Device wide) {
    return products(form, wide);
  }

  private Products products(String form, Device of) {
    switch (form) {
      case GemmForms.VECTOR:
        return Products.of(form, shape -> GemmKernels.vector(of, shape));
      case GemmForms.TILED:
        return Products.of(form, shape -> GemmKernels.tiled(of, shape));
      default:
        throw new IllegalArgumentException("gemm: expected one of " + gemmForms + ", got " + form);
    }
  }

  @Override
  public void close() {
    defaultQueue.close();
    context.close();
  }
}
