package org.recurrentops.cuda;

import java.lang.management.ManagementFactory;
import org.recurrentops.Counters;
import org.recurrentops.DType;
import org.recurrentops.MathMode;
import org.recurrentops.gpu.DeviceQueue;
import org.recurrentops.gpu.Gemm;
import org.recurrentops.gpu.GemmShape;
import org.recurrentops.gpu.OperandFormat;
import org.recurrentops.gpu.Products;
import org.recurrentops.spi.DeviceBuffer;

/**
 * One product of one number in every mode, as cuBLAS computes it: prints what becomes of 1 + 2⁻¹²,
 * which only float32 holds.
 */
final class ModeProductMain {
  private static final float FINE = 1 + 0x1p-12f;

  private ModeProductMain() {}

  public static void main(String[] args) {
    CudaDevice device = new CudaBackend().openDevice("cuda:0", new Counters());
    System.out.println("modes " + device.mathModes());
    for (MathMode mode : device.mathModes()) {
      Products products = device.products(GemmLadder.CUBLAS, mode);
      System.out.println(mode + " " + products.operands() + " " + product(device, products));
      products.close();
    }
    System.out.println("bytes per product " + allocated(device));
    device.close();
  }

  /** Of the JVM's heap, in the steady state. */
  private static long allocated(CudaDevice device) {
    com.sun.management.ThreadMXBean threads =
        (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    Products products = device.products(GemmLadder.CUBLAS, MathMode.FP32);
    DeviceBuffer memory = device.allocate(DType.F32, 3);
    Gemm gemm = products.prepare(new GemmShape(false, false, 1, 1, 1, 1, 1, 1, false));
    long least = Long.MAX_VALUE;
    int runs = 2000;
    for (int round = 0; round < 8; round++) {
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < runs; i++) {
        gemm.a(memory, i % 2);
        gemm.b(memory, 1);
        gemm.c(memory, 2);
        gemm.run(device.defaultQueue());
      }
      least = Math.min(least, (threads.getCurrentThreadAllocatedBytes() - before) / runs);
      device.defaultQueue().synchronize();
    }
    gemm.close();
    products.close();
    memory.free();
    return least;
  }

  private static float product(CudaDevice device, Products products) {
    DeviceQueue queue = device.defaultQueue();
    DeviceBuffer a = device.allocate(DType.F32, 1);
    DeviceBuffer b = device.allocate(DType.F32, 1);
    DeviceBuffer c = device.allocate(DType.F32, 1);
    float one = one(products.operands());
    device.upload(queue, a, 0, new float[] {products.operands().converts() ? one : FINE}, 0, 1);
    device.upload(queue, b, 0, new float[] {one}, 0, 1);
    Gemm gemm = products.prepare(new GemmShape(false, false, 1, 1, 1, 1, 1, 1, false));
    gemm.a(a, 0);
    gemm.b(b, 0);
    gemm.c(c, 0);
    gemm.run(queue);
    float[] got = new float[1];
    device.download(queue, c, 0, got, 0, 1);
    gemm.close();
    a.free();
    b.free();
    c.free();
    return got[0];
  }

  /** 1 as the products take it: in the low half of a float's space where they have 16 bits. */
  private static float one(OperandFormat format) {
    switch (format) {
      case BF16:
        return Float.intBitsToFloat(0x3F80);
      case FP16:
        return Float.intBitsToFloat(0x3C00);
      default:
        return 1;
    }
  }
}
