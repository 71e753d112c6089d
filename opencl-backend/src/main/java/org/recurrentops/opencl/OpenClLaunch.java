package org.recurrentops.opencl;

import java.util.Arrays;
import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.cl_kernel;
import org.recurrentops.Counters;
import org.recurrentops.gpu.DeviceQueue;
import org.recurrentops.gpu.KernelId;
import org.recurrentops.gpu.LaunchArguments;
import org.recurrentops.spi.DeviceBuffer;

/** One {@code cl_kernel} with its arguments, and the arrays that its calls reuse. */
final class OpenClLaunch extends LaunchArguments {
  private final cl_kernel handle;
  private final int maxGroupSize;
  private final OpenClBuffer[] buffers;
  private final int[] intValue = new int[1];
  private final long[] longValue = new long[1];
  private final float[] floatValue = new float[1];
  private final Pointer toInt = Pointer.to(intValue);
  private final Pointer toLong = Pointer.to(longValue);
  private final Pointer toFloat = Pointer.to(floatValue);
  private final double[] doubleValue = new double[1];
  private final Pointer toDouble = Pointer.to(doubleValue);
  private final long[] global = new long[2];
  private final long[] local = {1, 1};
  private boolean localSet;
  private boolean closed;

  /** Takes over a kernel. */
  OpenClLaunch(KernelId kernel, Counters counters, cl_kernel handle, int maxGroupSize) {
    super(kernel, counters);
    this.handle = handle;
    this.maxGroupSize = maxGroupSize;
    this.buffers = new OpenClBuffer[kernel.arguments()];
    this.localSet = !kernel.usesLocal();
  }

  @Override
  protected void bufferArgument(int position, DeviceBuffer buffer) {
    OpenClBuffer b = (OpenClBuffer) buffer;
    argument(position, Sizeof.cl_mem, b.argument());
    buffers[position] = b;
  }

  @Override
  protected void intArgument(int position, int value) {
    intValue[0] = value;
    argument(position, Integer.BYTES, toInt);
  }

  @Override
  protected void longArgument(int position, long value) {
    longValue[0] = value;
    argument(position, Long.BYTES, toLong);
  }

  @Override
  protected void floatArgument(int position, float value) {
    floatValue[0] = value;
    argument(position, Float.BYTES, toFloat);
  }

  @Override
  protected void doubleArgument(int position, double value) {
    doubleValue[0] = value;
    argument(position, Double.BYTES, toDouble);
  }

  @Override
  protected void localArgument(int bytes) {
    argument(kernel().arguments(), bytes, null);
    localSet = true;
  }

  private void argument(int position, long bytes, Pointer value) {
    requireOpen();
    int code = Cl.setArgument(handle, position, bytes, value);
    if (code != CL.CL_SUCCESS) {
      throw ClError.of(
          code,
          "clSetKernelArg",
          kernel().entry() + ", argument " + position + " of " + bytes + " bytes");
    }
  }

  @Override
  protected void enqueue(DeviceQueue queue, int groupsX, int groupsY, int groupSize) {
    requireOpen();
    if (groupsX < 1 || groupsY < 1 || groupSize < 1 || groupSize > maxGroupSize || !localSet) {
      throw new IllegalArgumentException(
          kernel().entry()
              + ": expected at least one group of 1 … "
              + maxGroupSize
              + " items and the local memory set, got "
              + groupsX
              + " x "
              + groupsY
              + " groups of "
              + groupSize
              + (localSet ? "" : ", local memory not set"));
    }
    for (OpenClBuffer b : buffers) {
      if (b != null) {
        b.requireLive(); // the kernel object holds no reference: launching would read freed memory
      }
    }
    global[0] = (long) groupsX * groupSize;
    global[1] = groupsY;
    local[0] = groupSize;
    int code = Cl.enqueue(((OpenClQueue) queue).handle(), handle, global, local);
    if (code != CL.CL_SUCCESS) {
      throw ClError.of(
          code,
          "clEnqueueNDRangeKernel",
          kernel().entry()
              + ", global "
              + Arrays.toString(global)
              + ", local "
              + Arrays.toString(local));
    }
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException(kernel().entry() + ": expected an open block, got a closed");
    }
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      Cl.release(handle);
    }
  }
}
