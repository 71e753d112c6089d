package org.recurrentops.cuda;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import jcuda.driver.CUresult;
import org.recurrentops.Counters;
import org.recurrentops.MathMode;
import org.recurrentops.gpu.DeviceQueue;
import org.recurrentops.gpu.Gemm;
import org.recurrentops.gpu.GemmShape;
import org.recurrentops.gpu.OperandFormat;
import org.recurrentops.gpu.Products;
import org.recurrentops.spi.DeviceBuffer;

/**
 * The products of one owner by cuBLAS: a handle for each of its streams, with the owner's scratch
 * as its workspace, so that cuBLAS allocates none.
 */
final class CublasProducts implements Products {
  private static final int FLOAT32 = 0; // CUDA_R_32F of cudaDataType
  private static final int FLOAT64 = 1; // CUDA_R_64F
  private static final int FLOAT16 = 2; // CUDA_R_16F
  private static final int BFLOAT16 = 14; // CUDA_R_16BF

  /** CUBLAS_COMPUTE_32F: float32 sums; of the operands as they are. */
  private static final int COMPUTE_FLOAT32 = 68;

  /** CUBLAS_COMPUTE_32F_FAST_TF32: float32 sums; float32 operands rounded on their way in. */
  private static final int COMPUTE_TF32 = 77;

  /** CUBLAS_COMPUTE_64F, whose scalars are float64, too. */
  static final int COMPUTE_FLOAT64 = 70;

  /** System property: bytes of each handle's workspace; 0 leaves it to cuBLAS's own. */
  static final String WORKSPACE = "recurrentops.cuda.workspace";

  private static final long MIB = 1 << 20;

  /** What cuBLAS asks of the address of a workspace. */
  private static final long ALIGNMENT = 256;

  private final CudaContext context;
  private final CublasLibrary library;
  private final OperandFormat operands;
  private final int compute;
  private final AtomicLong launches;
  private final long workspaceBytes;
  private final Map<CudaQueue, CublasHandle> handles = new HashMap<>();
  private CudaQueue latestQueue;
  private CublasHandle latest;

  private CublasProducts(
      CudaContext context,
      CublasLibrary library,
      OperandFormat operands,
      int compute,
      AtomicLong launches) {
    this.context = context;
    this.library = library;
    this.operands = operands;
    this.compute = compute;
    this.launches = launches;
    this.workspaceBytes = workspaceBytes(context.properties().capability());
  }

  /** Of float32, in some arithmetic. */
  static CublasProducts of(
      CudaContext context, Counters counters, CublasLibrary library, MathMode mode) {
    int compute = mode == MathMode.TF32 ? COMPUTE_TF32 : COMPUTE_FLOAT32;
    AtomicLong launches = counters.launches(counter(library, mode));
    return new CublasProducts(context, library, operands(mode), compute, launches);
  }

  /** Of float64. */
  static CublasProducts ofFloat64(CudaContext context, Counters counters, CublasLibrary library) {
    AtomicLong launches = counters.launches(library.rung() + "_gemm_f64");
    return new CublasProducts(context, library, OperandFormat.FLOAT32, COMPUTE_FLOAT64, launches);
  }

  private boolean isFloat64() {
    return compute == COMPUTE_FLOAT64;
  }

  /** Bytes of a number of an operand. */
  int operandBytes() {
    return isFloat64() ? Double.BYTES : Float.BYTES / operands.perFloat();
  }

  /** Bytes of a number of the result. */
  int resultBytes() {
    return isFloat64() ? Double.BYTES : Float.BYTES;
  }

  private static OperandFormat operands(MathMode mode) {
    switch (mode) {
      case BF16:
        return OperandFormat.BF16;
      case FP16:
        return OperandFormat.FP16;
      default:
        return OperandFormat.FLOAT32;
    }
  }

  private static String counter(CublasLibrary library, MathMode mode) {
    String suffix = mode == MathMode.FP32 ? "" : "_" + mode.name().toLowerCase(Locale.ROOT);
    return library.rung() + "_gemm" + suffix;
  }

  @Override
  public OperandFormat operands() {
    return operands;
  }

  private int type() {
    if (isFloat64()) {
      return FLOAT64;
    }
    switch (operands) {
      case BF16:
        return BFLOAT16;
      case FP16:
        return FLOAT16;
      default:
        return FLOAT32;
    }
  }

  /** NVIDIA's advice for cublasSetWorkspace: 32 MiB from Hopper on, 4 MiB before. */
  private static long workspaceBytes(int capability) {
    return Math.max(0, Long.getLong(WORKSPACE, (capability >= 90 ? 32 : 4) * MIB));
  }

  /** Scratch in which a workspace has room wherever it begins. */
  static long scratchBytes(CudaContext context) {
    long bytes = workspaceBytes(context.properties().capability());
    return bytes == 0 ? 0 : bytes + ALIGNMENT;
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
      latest = handles.computeIfAbsent(queue, q -> new CublasHandle(library, q.stream()));
      latestQueue = queue;
    }
    return latest;
  }

  @Override
  public void useScratch(DeviceQueue queue, DeviceBuffer memory, long offset) {
    if (workspaceBytes == 0) {
      return;
    }
    CudaBuffer buffer = (CudaBuffer) memory;
    long address = buffer.address() + offset * buffer.dtype().bytes();
    long aligned = (address + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    context.enter();
    try {
      handle((CudaQueue) queue).workspace(aligned, workspaceBytes);
    } finally {
      context.leave();
    }
  }

  void multiply(CudaQueue queue, GemmShape shape, int m, int k, long a, long b, long c) {
    queue.stream(); // refuses a closed one
    int resultType = isFloat64() ? FLOAT64 : FLOAT32;
    int code = context.tryEnter();
    if (code != CUresult.CUDA_SUCCESS) {
      throw CudaError.of(
          code, CudaContext.ENTERING, "cublasGemmEx " + shape + " on " + queue.label());
    }
    try {
      handle(queue).multiply(shape, m, k, type(), resultType, compute, a, b, c);
      queue.launched(shape, 0, 0, 0);
    } finally {
      context.leave();
    }
    queue.count(launches);
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
