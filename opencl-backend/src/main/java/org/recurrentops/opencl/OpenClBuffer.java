package org.recurrentops.opencl;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.cl_mem;
import org.recurrentops.DType;
import org.recurrentops.spi.DeviceBuffer;

/** A {@code cl_mem} of which this object holds one reference. */
final class OpenClBuffer implements DeviceBuffer {
  /** The native allocation that a buffer lies in; equal for two wrappers of the same one. */
  record Identity(long handle) {}

  private final cl_mem memory;
  private final Pointer argument;
  private final DType dtype;
  private final long elements;
  private final Identity identity;
  private final long baseAddress;
  private final AtomicLong liveBytes;
  private final long bytes;
  private final AtomicBoolean freed = new AtomicBoolean();

  /**
   * Takes over a reference.
   *
   * @param memory native object
   * @param dtype element type
   * @param elements number of elements
   * @param identity the allocation it lies in
   * @param baseAddress first byte within that
   * @param bytes what it counts in liveBytes, 0 for borrowed memory
   * @param liveBytes where it is counted
   */
  OpenClBuffer(
      cl_mem memory,
      DType dtype,
      long elements,
      Identity identity,
      long baseAddress,
      long bytes,
      AtomicLong liveBytes) {
    this.memory = memory;
    this.argument = Pointer.to(memory);
    this.dtype = dtype;
    this.elements = elements;
    this.identity = identity;
    this.baseAddress = baseAddress;
    this.bytes = bytes;
    this.liveBytes = liveBytes;
  }

  /** The native object, for calls that must not meet a freed one. */
  cl_mem memory() {
    requireLive();
    return memory;
  }

  /** What clSetKernelArg takes. */
  Pointer argument() {
    requireLive();
    return argument;
  }

  void requireLive() {
    if (freed.get()) {
      throw new IllegalStateException(
          "buffer of " + elements + " " + dtype + ": expected live memory, got freed memory");
    }
  }

  /** Refuses ranges that a native copy would overrun. */
  void requireRange(long first, int count) {
    if (first < 0 || count < 0 || first > elements - count) {
      throw new IndexOutOfBoundsException(
          "buffer: expected elements within 0 … " + elements + ", got " + count + " from " + first);
    }
  }

  @Override
  public DType dtype() {
    return dtype;
  }

  @Override
  public long elements() {
    return elements;
  }

  @Override
  public Object memoryIdentity() {
    return identity;
  }

  @Override
  public long baseAddress() {
    return baseAddress;
  }

  /** OpenCL keeps the memory until queued commands that use it are done. */
  @Override
  public void free() {
    if (freed.compareAndSet(false, true)) {
      liveBytes.addAndGet(-bytes);
      int code = Cl.release(memory);
      if (code != CL.CL_SUCCESS) {
        throw ClError.of(code, "clReleaseMemObject", elements + " " + dtype);
      }
    }
  }
}
