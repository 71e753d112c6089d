package org.recurrentops.cuda;

import java.util.Random;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUstream;
import jcuda.driver.JCudaDriver;
import org.recurrentops.Counters;
import org.recurrentops.DType;
import org.recurrentops.DeviceException;
import org.recurrentops.MathMode;
import org.recurrentops.NativeMemory;
import org.recurrentops.NativeQueue;
import org.recurrentops.OutOfDeviceMemoryException;
import org.recurrentops.RecurrentOpsException;
import org.recurrentops.gpu.DeviceQueue;
import org.recurrentops.gpu.Gemm;
import org.recurrentops.gpu.GemmKernels;
import org.recurrentops.gpu.GemmShape;
import org.recurrentops.gpu.LaunchArguments;
import org.recurrentops.gpu.Products;
import org.recurrentops.spi.DeviceBuffer;

/** Trials on the first CUDA device, by name; each ends with {@code ok} or an exception. */
final class DeviceTrialMain {
  private static final int GUARD = 5;

  private DeviceTrialMain() {}

  public static void main(String[] args) {
    CudaDevice device = new CudaBackend().openDevice("cuda:0", new Counters());
    switch (args[0]) {
      case "products":
        products(device);
        break;
      case "memory":
        memory(device);
        break;
      case "borrowed":
        borrowed(device);
        break;
      default:
        sticky(device);
    }
    device.close();
    System.out.println("ok");
  }

  private static void products(CudaDevice device) {
    Random random = new Random(11);
    int[][] sizes = {{1, 1, 1}, {7, 33, 5}, {64, 65, 17}, {3, 257, 64}, {66, 2, 1}};
    for (String form : device.gemmForms()) {
      for (int[] s : sizes) {
        for (int bits = 0; bits < 8; bits++) {
          GemmShape shape =
              new GemmShape(
                  (bits & 1) != 0,
                  (bits & 2) != 0,
                  s[0],
                  s[1],
                  s[2],
                  ((bits & 1) != 0 ? s[0] : s[2]) + 3,
                  ((bits & 2) != 0 ? s[2] : s[1]) + 1,
                  s[1] + 2,
                  (bits & 4) != 0);
          product(device, form, shape, random);
        }
      }
    }
  }

  /** One product between guards, against a sum in double. */
  private static void product(CudaDevice device, String form, GemmShape s, Random random) {
    float[] a = random(random, (s.transposeA() ? s.k() : s.m()) * s.lda());
    float[] b = random(random, (s.transposeB() ? s.n() : s.k()) * s.ldb());
    float[] c = new float[s.m() * s.ldc() + 2 * GUARD];
    float outside = 77;
    for (int i = 0; i < c.length; i++) {
      int column = (i - GUARD) % s.ldc();
      boolean inside = i >= GUARD && i < c.length - GUARD && column < s.n();
      c[i] = !inside ? outside : s.accumulate() ? random.nextFloat() : Float.NaN;
    }
    DeviceQueue queue = device.defaultQueue();
    DeviceBuffer da = upload(device, a, 1);
    DeviceBuffer db = upload(device, b, 2);
    DeviceBuffer dc = upload(device, c, 0);
    Products products = device.products(form, MathMode.FP32);
    DeviceBuffer scratch = scratch(device, form);
    products.useScratch(queue, scratch, GUARD);
    Gemm gemm = products.prepare(s);
    gemm.a(da, 1);
    gemm.b(db, 2);
    gemm.c(dc, GUARD);
    gemm.run(queue);
    gemm.close();
    products.close();
    float[] got = new float[c.length];
    device.download(queue, dc, 0, got, 0, got.length);
    for (int i = 0; i < c.length; i++) {
      int at = i - GUARD;
      boolean inside = at >= 0 && i < c.length - GUARD && at % s.ldc() < s.n();
      double expected = inside ? sum(s, a, b, c[i], at / s.ldc(), at % s.ldc()) : outside;
      if (!(Math.abs(got[i] - expected) <= 1e-5 * Math.max(1, Math.sqrt(s.k())))) {
        throw new AssertionError(
            form + " " + s + " at " + at + ": expected " + expected + ", got " + got[i]);
      }
    }
    da.free();
    db.free();
    dc.free();
    scratch.free();
  }

  /** No longer than needed, from an element on that is aligned to nothing. */
  private static DeviceBuffer scratch(CudaDevice device, String form) {
    long bytes = device.productScratchBytes(form);
    return device.allocate(DType.F32, GUARD + (bytes + Float.BYTES - 1) / Float.BYTES);
  }

  private static double sum(GemmShape s, float[] a, float[] b, float c, int i, int j) {
    double sum = s.accumulate() ? c : 0;
    for (int l = 0; l < s.k(); l++) {
      double x = a[s.transposeA() ? l * s.lda() + i : i * s.lda() + l];
      sum += x * b[s.transposeB() ? j * s.ldb() + l : l * s.ldb() + j];
    }
    return sum;
  }

  private static float[] random(Random random, int count) {
    float[] x = new float[count];
    for (int i = 0; i < count; i++) {
      x[i] = 2 * random.nextFloat() - 1;
    }
    return x;
  }

  private static DeviceBuffer upload(CudaDevice device, float[] values, int offset) {
    DeviceBuffer buffer = device.allocate(DType.F32, values.length + offset);
    device.upload(device.defaultQueue(), buffer, offset, values, 0, values.length);
    return buffer;
  }

  /** On a device of one megabyte. */
  private static void memory(CudaDevice device) {
    DeviceBuffer most = device.allocate(DType.F32, 200_000);
    expect(OutOfDeviceMemoryException.class, () -> device.allocate(DType.F32, 200_000));
    expect(OutOfDeviceMemoryException.class, () -> device.allocate(DType.F64, 1L << 61));
    most.free();
    most.free();
    expect(IllegalStateException.class, () -> upload(device, most));
    device.allocate(DType.F32, 200_000).free();
    DeviceBuffer none = device.allocate(DType.U8, 0);
    device.download(device.defaultQueue(), none, 0, new byte[0], 0, 0);
    none.free();
  }

  private static void upload(CudaDevice device, DeviceBuffer buffer) {
    device.upload(device.defaultQueue(), buffer, 0, new float[1], 0, 1);
  }

  private static void borrowed(CudaDevice device) {
    CUdeviceptr pointer = new CUdeviceptr();
    CUstream stream = new CUstream();
    long context = inContext(device, pointer, stream);
    long address = NativePointers.get(pointer);
    DeviceQueue queue = device.wrapQueue(new NativeQueue(NativePointers.get(stream)));
    DeviceBuffer all = device.wrap(new NativeMemory(address, 64, context), DType.F32);
    DeviceBuffer tail = device.wrap(new NativeMemory(address + 8, 56, 0), DType.F32);
    require(all.memoryIdentity().equals(tail.memoryIdentity()), "two views are one allocation");
    require(tail.baseAddress() == 8 && tail.elements() == 14, "the view's place");
    device.upload(queue, tail, 0, new float[] {1, 2}, 0, 2);
    float[] got = new float[4];
    device.download(queue, all, 0, got, 0, 4);
    require(Float.isNaN(got[1]) && got[2] == 1 && got[3] == 2, "what the view wrote");
    expect(
        RecurrentOpsException.class,
        () -> device.wrap(new NativeMemory(address, 64, context + 8), DType.F32));
    expect(
        RecurrentOpsException.class, () -> device.wrap(new NativeMemory(4096, 64, 0), DType.F32));
    expect(
        RecurrentOpsException.class,
        () -> device.wrap(new NativeMemory(address + 2, 8, 0), DType.F32));
    expect(
        IllegalArgumentException.class,
        () -> device.wrap(new NativeMemory(address + 8, 64, 0), DType.F32));
    expect(DeviceException.class, () -> device.wrapQueue(new NativeQueue(12345)));
    tail.free();
    device.download(queue, all, 0, got, 0, 4); // freeing a view leaves the caller's memory
    queue.close();
  }

  /** What a host framework would have; returns the handle of the primary context. */
  private static long inContext(CudaDevice device, CUdeviceptr pointer, CUstream stream) {
    CudaContext context = new CudaContext(CudaProperties.of(0), KernelImages.find());
    context.enter();
    JCudaDriver.cuMemAlloc(pointer, 64);
    JCudaDriver.cuStreamCreate(stream, 1);
    context.leave();
    return NativePointers.get(context.handle());
  }

  /** Memory that its owner frees while it is wrapped. */
  private static void sticky(CudaDevice device) {
    CUdeviceptr pointer = new CUdeviceptr();
    inContext(device, pointer, new CUstream());
    NativeMemory memory = new NativeMemory(NativePointers.get(pointer), 64, 0);
    DeviceBuffer wrapped = device.wrap(memory, DType.F32);
    Gemm gemm = GemmKernels.tiled(device, new GemmShape(false, false, 2, 2, 2, 2, 2, 2, false));
    gemm.a(wrapped, 0);
    gemm.b(wrapped, 4);
    gemm.c(wrapped, 8);
    LaunchArguments unset = device.prepare(GemmKernels.TILED);
    expect(IllegalStateException.class, () -> unset.launch(device.defaultQueue(), 1, 1, 1));
    CudaContext context = new CudaContext(CudaProperties.of(0), KernelImages.find());
    context.enter();
    JCudaDriver.cuMemFree(pointer);
    context.leave();
    DeviceException first = expect(DeviceException.class, () -> gemm.run(device.defaultQueue()));
    require(first.sticky(), "a fault stays");
    for (String part : new String[] {"cuLaunchKernel", "gemm_tiled", "ILLEGAL_ADDRESS", "grid 1"}) {
      require(first.getMessage().contains(part), part + " in: " + first.getMessage());
    }
    DeviceException next = expect(DeviceException.class, () -> device.defaultQueue().synchronize());
    require(next.sticky(), "so does the next call");
  }

  private static void require(boolean condition, String what) {
    if (!condition) {
      throw new AssertionError("expected: " + what);
    }
  }

  private static <E extends Exception> E expect(Class<E> type, Runnable call) {
    try {
      call.run();
    } catch (RuntimeException e) {
      if (type.isInstance(e)) {
        return type.cast(e);
      }
      throw e;
    }
    throw new AssertionError("expected " + type.getSimpleName() + ", got no exception");
  }
}
