package org.recurrentops.cuda;

import org.recurrentops.gpu.DeviceQueue;
import org.recurrentops.gpu.Gemm;
import org.recurrentops.gpu.GemmShape;
import org.recurrentops.spi.DeviceBuffer;

/** A product by cuBLAS; its three addresses move without new objects. */
final class CublasGemm implements Gemm {
  private static final int C = 2;

  private final CublasProducts products;
  private final GemmShape shape;
  private final CudaBuffer[] operands = new CudaBuffer[C + 1];
  private final long[] addresses = new long[C + 1];
  private int rows;
  private int depth;

  CublasGemm(CublasProducts products, GemmShape shape) {
    this.products = products;
    this.shape = shape;
    this.rows = shape.m();
    this.depth = shape.k();
  }

  @Override
  public void a(DeviceBuffer buffer, long offset) {
    operand(0, buffer, offset, products.operandBytes());
  }

  @Override
  public void b(DeviceBuffer buffer, long offset) {
    operand(1, buffer, offset, products.operandBytes());
  }

  @Override
  public void c(DeviceBuffer buffer, long offset) {
    operand(C, buffer, offset, products.resultBytes());
  }

  private void operand(int index, DeviceBuffer buffer, long offset, int bytes) {
    CudaBuffer b = (CudaBuffer) buffer;
    operands[index] = b;
    addresses[index] = b.address() + offset * bytes;
  }

  @Override
  public void resize(int m, int k) {
    rows = m;
    depth = k;
  }

  @Override
  public void run(DeviceQueue queue) {
    CudaQueue q = (CudaQueue) queue;
    for (CudaBuffer b : operands) {
      q.uses(b);
    }
    products.multiply(q, shape, rows, depth, addresses[0], addresses[1], addresses[C]);
  }

  /** Nothing native is held; the handle is the plan's. */
  @Override
  public void close() {}
}
