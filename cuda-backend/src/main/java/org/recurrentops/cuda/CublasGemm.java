package org.recurrentops.cuda;

import java.util.concurrent.atomic.AtomicLong;
import jcuda.driver.CUdeviceptr;
import org.recurrentops.Counters;
import org.recurrentops.gpu.DeviceQueue;
import org.recurrentops.gpu.Gemm;
import org.recurrentops.gpu.GemmShape;
import org.recurrentops.spi.DeviceBuffer;

/** A product by cuBLAS; its three addresses move without new objects. */
final class CublasGemm implements Gemm {
  private final CudaContext context;
  private final GemmShape shape;
  private final AtomicLong launches;
  private final CUdeviceptr[] addresses = {new CUdeviceptr(), new CUdeviceptr(), new CUdeviceptr()};
  private final CudaBuffer[] operands = new CudaBuffer[3];

  CublasGemm(CudaContext context, Counters counters, GemmShape shape) {
    this.context = context;
    this.shape = shape;
    this.launches = counters.launches("cublas_sgemm");
  }

  @Override
  public void a(DeviceBuffer buffer, long offset) {
    operand(0, buffer, offset);
  }

  @Override
  public void b(DeviceBuffer buffer, long offset) {
    operand(1, buffer, offset);
  }

  @Override
  public void c(DeviceBuffer buffer, long offset) {
    operand(2, buffer, offset);
  }

  private void operand(int index, DeviceBuffer buffer, long offset) {
    CudaBuffer b = (CudaBuffer) buffer;
    operands[index] = b;
    NativePointers.set(addresses[index], b.address() + offset * Float.BYTES);
  }

  @Override
  public void run(DeviceQueue queue) {
    for (CudaBuffer b : operands) {
      b.requireLive();
    }
    CudaQueue q = (CudaQueue) queue;
    context.enter();
    try {
      synchronized (q) {
        q.cublas().multiply(shape, addresses[0], addresses[1], addresses[2]);
      }
    } finally {
      context.leave();
    }
    launches.incrementAndGet();
  }

  /** Nothing native is held; the handle is the queue's. */
  @Override
  public void close() {}
}
