package org.recurrentops.cuda;

import jcuda.driver.CUcontext;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUresult;
import jcuda.driver.CUstream;
import jcuda.driver.JCudaDriver;
import org.recurrentops.DType;
import org.recurrentops.NativeMemory;
import org.recurrentops.NativeQueue;
import org.recurrentops.UnsupportedSpecException;

/** A caller's memory and streams by their native handles, checked as far as the driver tells. */
final class Borrowed {
  private Borrowed() {}

  static CudaBuffer memory(CudaContext context, NativeMemory memory, DType dtype) {
    if (memory.contextHandle() != 0) {
      requireContext("CUdeviceptr", context, memory.contextHandle());
    }
    long address = memory.handle();
    if (address % dtype.bytes() != 0) {
      throw new UnsupportedSpecException(
          "wrap CUdeviceptr: expected an address that is a multiple of "
              + dtype.bytes()
              + ", got 0x"
              + Long.toHexString(address));
    }
    CUdeviceptr begin = new CUdeviceptr();
    long[] size = new long[1];
    context.enter();
    try {
      int code = JCudaDriver.cuMemGetAddressRange(begin, size, NativePointers.address(address));
      if (code == CUresult.CUDA_ERROR_NOT_FOUND || code == CUresult.CUDA_ERROR_INVALID_VALUE) {
        throw new UnsupportedSpecException(
            "wrap CUdeviceptr: expected memory of "
                + context.id()
                + ", got 0x"
                + Long.toHexString(address)
                + ", which its context does not know");
      }
      CudaError.check(code, "cuMemGetAddressRange", "0x" + Long.toHexString(address));
    } finally {
      context.leave();
    }
    long allocation = NativePointers.get(begin);
    if (memory.bytes() > size[0] - (address - allocation)) {
      throw new IllegalArgumentException(
          "wrap CUdeviceptr: expected at least "
              + memory.bytes()
              + " bytes as announced, got "
              + (size[0] - (address - allocation)));
    }
    return new CudaBuffer(
        context, address, allocation, dtype, memory.bytes() / dtype.bytes(), false);
  }

  static CudaQueue queue(CudaContext context, NativeQueue queue) {
    CUstream stream = NativePointers.stream(queue.handle());
    CUcontext owner = new CUcontext();
    context.enter();
    try {
      int code = JCudaDriver.cuStreamGetCtx(stream, owner);
      CudaError.check(code, "cuStreamGetCtx", "stream 0x" + Long.toHexString(queue.handle()));
    } finally {
      context.leave();
    }
    requireContext("CUstream", context, NativePointers.get(owner));
    return new CudaQueue(context, stream, false, "borrowed stream of " + context.id());
  }

  private static void requireContext(String what, CudaContext context, long got) {
    long expected = NativePointers.get(context.handle());
    if (got != expected) {
      throw new UnsupportedSpecException(
          "wrap "
              + what
              + ": expected one of the primary context 0x"
              + Long.toHexString(expected)
              + " of "
              + context.id()
              + ", got one of context 0x"
              + Long.toHexString(got));
    }
  }
}
