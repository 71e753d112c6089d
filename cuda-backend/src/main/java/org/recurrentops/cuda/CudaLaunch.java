package org.recurrentops.cuda;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import jcuda.Pointer;
import jcuda.driver.CUfunction;
import jcuda.driver.CUfunction_attribute;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;
import org.recurrentops.Counters;
import org.recurrentops.gpu.DeviceQueue;
import org.recurrentops.gpu.KernelId;
import org.recurrentops.gpu.LaunchArguments;
import org.recurrentops.spi.DeviceBuffer;

/** One kernel's arguments in native memory, and the pointers to them that a launch takes. */
final class CudaLaunch extends LaunchArguments {
  /** Dynamic shared memory that needs no attribute of the kernel. */
  private static final int PLAIN_SHARED = 48 << 10;

  private final CudaContext context;
  private CUfunction function;
  private final ByteBuffer values;
  private final Pointer parameters;
  private final CudaBuffer[] buffers;
  private int sharedBytes;
  private int allowedShared = PLAIN_SHARED;
  private boolean localSet;
  private boolean closed;

  CudaLaunch(KernelId kernel, Counters counters, CudaContext context, CUfunction function) {
    super(kernel, counters);
    this.context = context;
    this.function = function;
    int count = kernel.arguments();
    this.buffers = new CudaBuffer[count];
    this.values = ByteBuffer.allocateDirect(count * Long.BYTES).order(ByteOrder.nativeOrder());
    Pointer[] each = new Pointer[count];
    Pointer first = Pointer.to(values);
    for (int i = 0; i < count; i++) {
      each[i] = first.withByteOffset((long) i * Long.BYTES);
    }
    this.parameters = Pointer.to(each);
    this.localSet = !kernel.usesLocal();
  }

  @Override
  protected void bufferArgument(int position, DeviceBuffer buffer) {
    CudaBuffer b = (CudaBuffer) buffer;
    values.putLong(position * Long.BYTES, b.address());
    buffers[position] = b;
  }

  @Override
  protected void intArgument(int position, int value) {
    values.putInt(position * Long.BYTES, value);
  }

  @Override
  protected void longArgument(int position, long value) {
    values.putLong(position * Long.BYTES, value);
  }

  @Override
  protected void floatArgument(int position, float value) {
    values.putFloat(position * Long.BYTES, value);
  }

  @Override
  protected void doubleArgument(int position, double value) {
    values.putDouble(position * Long.BYTES, value);
  }

  @Override
  protected void localArgument(int bytes) {
    if (bytes > allowedShared) {
      context.enter();
      try {
        int code =
            JCudaDriver.cuFuncSetAttribute(
                function,
                CUfunction_attribute.CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES,
                bytes);
        CudaError.check(
            code, "cuFuncSetAttribute", kernel().entry() + ", " + bytes + " bytes shared");
        allowedShared = bytes;
      } finally {
        context.leave();
      }
    }
    sharedBytes = bytes;
    localSet = true;
  }

  @Override
  protected void clusterArgument(int size) {
    function = context.clustered(kernel(), size);
    allowedShared = PLAIN_SHARED;
  }

  @Override
  protected void enqueue(DeviceQueue queue, int groupsX, int groupsY, int groupSize) {
    CudaQueue q = (CudaQueue) queue;
    requireReady(q);
    enter(groupsX, groupsY, groupSize, q);
    try {
      int code =
          JCudaDriver.cuLaunchKernel(
              function,
              groupsX,
              groupsY,
              1,
              groupSize,
              1,
              1,
              sharedBytes,
              q.stream(),
              parameters,
              null);
      if (code != CUresult.CUDA_SUCCESS) {
        throw CudaError.of(code, "cuLaunchKernel", describe(groupsX, groupsY, groupSize, q));
      }
      q.launched(kernel().entry(), groupsX, groupsY, groupSize);
    } finally {
      context.leave();
    }
  }

  @Override
  protected void enqueueTogether(DeviceQueue queue, int groups, int groupSize) {
    CudaQueue q = (CudaQueue) queue;
    requireReady(q);
    enter(groups, 1, groupSize, q);
    try {
      int code =
          q.isRecorded()
              ? launchTogether(q, groups, groupSize)
              : context
                  .turn()
                  .after(
                      context, q.stream(), q.label(), () -> launchTogether(q, groups, groupSize));
      if (code != CUresult.CUDA_SUCCESS) {
        throw CudaError.of(code, "cuLaunchCooperativeKernel", describe(groups, 1, groupSize, q));
      }
      q.launched(kernel().entry(), groups, 1, groupSize);
    } finally {
      context.leave();
    }
  }

  /** A context that is gone is noticed here. */
  private void enter(int groupsX, int groupsY, int groupSize, CudaQueue queue) {
    int code = context.tryEnter();
    if (code != CUresult.CUDA_SUCCESS) {
      String launch = describe(groupsX, groupsY, groupSize, queue);
      throw CudaError.of(code, CudaContext.ENTERING, launch);
    }
  }

  private int launchTogether(CudaQueue q, int groups, int groupSize) {
    return JCudaDriver.cuLaunchCooperativeKernel(
        function, groups, 1, 1, groupSize, 1, 1, sharedBytes, q.stream(), parameters);
  }

  private String describe(int groupsX, int groupsY, int groupSize, CudaQueue queue) {
    return kernel().entry()
        + ", grid "
        + groupsX
        + " x "
        + groupsY
        + ", block "
        + groupSize
        + ", shared "
        + sharedBytes
        + " bytes on "
        + queue.label();
  }

  private void requireReady(CudaQueue queue) {
    if (closed || !localSet) {
      throw new IllegalStateException(
          kernel().entry()
              + (closed
                  ? ": expected an open block, got a closed one"
                  : ": expected the size of shared memory set"));
    }
    for (CudaBuffer b : buffers) {
      if (b != null) {
        queue.uses(b);
      }
    }
  }

  @Override
  public void close() {
    closed = true;
  }
}
