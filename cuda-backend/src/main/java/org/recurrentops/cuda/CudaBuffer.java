package org.recurrentops.cuda;

import java.util.concurrent.atomic.AtomicBoolean;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.JCudaDriver;
import org.recurrentops.DType;
import org.recurrentops.spi.DeviceBuffer;

/** Device memory, owned or borrowed. */
final class CudaBuffer implements DeviceBuffer {
  /** The native allocation that a buffer lies in; equal for two wrappers of the same one. */
  record Identity(long address) {}

  private final CudaContext context;
  private final long address;
  private final Identity identity;
  private final DType dtype;
  private final long elements;
  private final boolean owned;
  private final AtomicBoolean freed = new AtomicBoolean();

  /**
   * Memory from an address on.
   *
   * @param context where
   * @param address first byte
   * @param allocation first byte of the native allocation
   * @param dtype element type
   * @param elements number of elements
   * @param owned whether {@link #free} gives it back to the driver
   */
  CudaBuffer(
      CudaContext context,
      long address,
      long allocation,
      DType dtype,
      long elements,
      boolean owned) {
    this.context = context;
    this.address = address;
    this.identity = new Identity(allocation);
    this.dtype = dtype;
    this.elements = elements;
    this.owned = owned;
  }

  /** The first byte, for calls that must not meet freed memory. */
  long address() {
    requireLive();
    return address;
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
    return address - identity.address();
  }

  /** The driver waits for queued work before it takes memory back. */
  @Override
  public void free() {
    if (!freed.compareAndSet(false, true) || !owned) {
      return;
    }
    CUdeviceptr pointer = NativePointers.address(address);
    context.enter();
    try {
      CudaError.check(JCudaDriver.cuMemFree(pointer), "cuMemFree", elements + " " + dtype);
    } finally {
      context.leave();
    }
  }
}
