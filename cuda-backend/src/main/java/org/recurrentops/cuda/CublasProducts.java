package org.recurrentops.cuda;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.recurrentops.Counters;
import org.recurrentops.gpu.DeviceQueue;
import org.recurrentops.gpu.Gemm;
import org.recurrentops.gpu.GemmShape;
import org.recurrentops.gpu.Products;

/** The products of one plan by cuBLAS: a handle with its own workspace for each of its streams. */
final class CublasProducts implements Products {
  /** CUDA_R_32F of cudaDataType. */
  static final int FLOAT32 = 0;

  /** CUBLAS_COMPUTE_32F: float32 arithmetic, also for operands of 16 bits. */
  static final int COMPUTE_FLOAT32 = 68;

  /** System property: bytes of each handle's workspace; 0 leaves it to cuBLAS. */
  static final String WORKSPACE = "recurrentops.cuda.workspace";

  private static final long MIB = 1 << 20;

  private final CudaContext context;
  private final CublasLibrary library;
  private final AtomicLong launches;
  private final long workspaceBytes;
  private final Map<CudaQueue, CublasHandle> handles = new HashMap<>();
  private CudaQueue latestQueue;
  private CublasHandle latest;

  CublasProducts(CudaContext context, Counters counters, CublasLibrary library) {
    this.context = context;
    this.library = library;
    this.launches = counters.launches(library.rung() + "_gemm");
    this.workspaceBytes = workspaceBytes(context.properties().capability());
  }

  /** NVIDIA's advice: 32 MiB from Hopper on, 4 MiB before. */
  private static long workspaceBytes(int capability) {
    return Long.getLong(WORKSPACE, (capability >= 90 ? 32 : 4) * MIB);
  }

  @Override
  public Gemm prepare(GemmShape shape) {
    return new CublasGemm(this, shape);
  }

  @Override
  public void open(DeviceQueue queue) {
    context.enter();
    try {
      handle((CudaQueue) queue);
    } finally {
      context.leave();
    }
  }

  /** Called in context. */
  private CublasHandle handle(CudaQueue queue) {
    if (queue != latestQueue) {
      latest =
          handles.computeIfAbsent(
              queue, q -> new CublasHandle(library, q.stream(), workspaceBytes));
      latestQueue = queue;
    }
    return latest;
  }

  void multiply(CudaQueue queue, GemmShape shape, long a, long b, long c) {
    queue.stream(); // refuses a closed one
    context.enter();
    try {
      handle(queue).multiply(shape, FLOAT32, COMPUTE_FLOAT32, a, b, c);
    } finally {
      context.leave();
    }
    launches.incrementAndGet();
  }

  @Override
  public String describe() {
    return GemmLadder.describe(library) + ", workspace " + workspaceBytes / 1024 + " KiB";
  }

  @Override
  public void close() {
    context.ifOpen(() -> handles.values().forEach(CublasHandle::close));
    handles.clear();
    latestQueue = null;
  }
}
