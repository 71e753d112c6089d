package org.recurrentops.cuda;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUresult;
import jcuda.driver.CUstream;
import jcuda.driver.CUstream_flags;
import jcuda.driver.JCudaDriver;
import org.recurrentops.Counters;
import org.recurrentops.DType;
import org.recurrentops.DeviceInfo;
import org.recurrentops.MathMode;
import org.recurrentops.NativeMemory;
import org.recurrentops.NativeQueue;
import org.recurrentops.OutOfDeviceMemoryException;
import org.recurrentops.gpu.Clusters;
import org.recurrentops.gpu.Device;
import org.recurrentops.gpu.DeviceLimits;
import org.recurrentops.gpu.DeviceQueue;
import org.recurrentops.gpu.GemmKernels;
import org.recurrentops.gpu.GraphRecorder;
import org.recurrentops.gpu.HostArrays;
import org.recurrentops.gpu.KernelId;
import org.recurrentops.gpu.LaunchArguments;
import org.recurrentops.gpu.Marker;
import org.recurrentops.gpu.OperandFormat;
import org.recurrentops.gpu.Products;
import org.recurrentops.gpu.Recording;
import org.recurrentops.spi.DeviceBuffer;

/** A CUDA device for the shared GPU host program. */
final class CudaDevice implements Device {
  /** System property: {@code off} keeps each call on one stream, and its workspace smaller. */
  static final String OVERLAP = "recurrentops.cuda.overlap";

  /** System property: steps of a chunk where layers overlap; {@code off} for never. */
  static final String WAVEFRONT = "recurrentops.cuda.wavefront";

  private static final int DOWNLOAD_CHUNK = 1 << 20;

  private final CudaContext context;
  private final Counters counters;
  private final GemmLadder ladder;
  private final CudaQueue defaultQueue;
  private final Recording recording;
  private final boolean launchesTogether;
  private final Clusters clusters;
  private final boolean overlaps = overlaps(System.getProperty(OVERLAP, "").trim());
  private final int waveChunk = waveChunk(System.getProperty(WAVEFRONT, "").trim());
  private final Pointer toLanding = new Pointer();
  private final ByteBuffer landing;

  /**
   * Opens a device.
   *
   * @param context its primary context
   * @param counters where launches are counted
   * @param ladder forms of the matrix product
   * @param recording when calls are recorded as graphs
   */
  CudaDevice(CudaContext context, Counters counters, GemmLadder ladder, Recording recording) {
    this.context = context;
    this.counters = counters;
    this.ladder = ladder;
    this.recording = recording;
    this.launchesTogether = context.properties().launchesTogether();
    this.clusters = context.properties().clusters();
    this.defaultQueue = makeQueue("default stream");
    context.enter();
    try {
      CudaError.check(
          JCudaDriver.cuMemAllocHost(toLanding, DOWNLOAD_CHUNK),
          "cuMemAllocHost",
          DOWNLOAD_CHUNK + " bytes");
    } finally {
      context.leave();
    }
    landing = toLanding.getByteBuffer(0, DOWNLOAD_CHUNK).order(ByteOrder.nativeOrder());
  }

  @Override
  public DeviceInfo info() {
    return context.properties().info();
  }

  @Override
  public String describe() {
    String lacking = CudaRecorder.lacking();
    return "kernels " + context.kernelForm().label() + (lacking.isEmpty() ? "" : ", " + lacking);
  }

  @Override
  public String architecture() {
    int capability = context.properties().capability();
    return capability / 10 + "." + capability % 10;
  }

  @Override
  public DeviceLimits limits() {
    return context.properties().limits();
  }

  @Override
  public Counters counters() {
    return counters;
  }

  @Override
  public List<String> gemmForms() {
    return ladder.forms();
  }

  /** Tensor cores multiply TF32 and bfloat16 from compute capability 8.0 on. */
  @Override
  public Set<MathMode> mathModes() {
    return context.properties().capability() >= 80
        ? EnumSet.allOf(MathMode.class)
        : EnumSet.of(MathMode.FP32, MathMode.FP16);
  }

  @Override
  public DeviceBuffer allocate(DType dtype, long elements) {
    long most = info().memoryBytes() / dtype.bytes();
    if (elements > most) {
      throw new OutOfDeviceMemoryException(
          "allocate on "
              + context.id()
              + ": expected at most "
              + most
              + " "
              + dtype
              + ", all of its memory, got "
              + elements
              + "; use a smaller T or N",
          null);
    }
    long bytes = Math.max(elements * dtype.bytes(), Integer.BYTES); // CUDA has no empty memory
    CUdeviceptr pointer = new CUdeviceptr();
    context.enter();
    try {
      CudaError.check(
          JCudaDriver.cuMemAlloc(pointer, bytes),
          "cuMemAlloc",
          elements + " " + dtype + " = " + bytes + " bytes on " + context.id());
    } finally {
      context.leave();
    }
    long address = NativePointers.get(pointer);
    return new CudaBuffer(context, address, address, dtype, elements, true);
  }

  @Override
  public DeviceBuffer wrap(NativeMemory memory, DType dtype) {
    return Borrowed.memory(context, memory, dtype);
  }

  @Override
  public void upload(
      DeviceQueue queue, DeviceBuffer dst, long dstOffset, Object src, int srcOffset, int count) {
    CudaQueue q = (CudaQueue) queue;
    CudaBuffer to = (CudaBuffer) dst;
    to.requireRange(dstOffset, count);
    int size = to.dtype().bytes();
    context.enter();
    try {
      synchronized (q) {
        CUstream stream = q.stream();
        StagingRing ring = q.staging((long) count * size);
        for (int done = 0; done < count; ) {
          int part = Math.min(count - done, ring.slotBytes() / size);
          StagingRing.Slot slot = ring.take();
          HostArrays.put(slot.bytes, to.dtype(), src, srcOffset + done, part);
          long bytes = (long) part * size;
          CUdeviceptr at = NativePointers.address(to.address() + (dstOffset + done) * size);
          CudaError.check(
              JCudaDriver.cuMemcpyHtoDAsync(at, slot.pointer, bytes, stream),
              "cuMemcpyHtoDAsync",
              bytes + " bytes on " + q.label());
          CudaError.check(
              JCudaDriver.cuEventRecord(slot.event, stream), "cuEventRecord", q.label());
          slot.sent();
          done += part;
        }
      }
    } finally {
      context.leave();
    }
  }

  @Override
  public void download(
      DeviceQueue queue, DeviceBuffer src, long srcOffset, Object dst, int dstOffset, int count) {
    CudaQueue q = (CudaQueue) queue;
    CudaBuffer from = (CudaBuffer) src;
    from.requireRange(srcOffset, count);
    int size = from.dtype().bytes();
    context.enter();
    try {
      synchronized (landing) {
        for (int done = 0; done < count; ) {
          int part = Math.min(count - done, DOWNLOAD_CHUNK / size);
          long bytes = (long) part * size;
          CUdeviceptr at = NativePointers.address(from.address() + (srcOffset + done) * size);
          CudaError.check(
              JCudaDriver.cuMemcpyDtoHAsync(toLanding, at, bytes, q.stream()),
              "cuMemcpyDtoHAsync",
              bytes + " bytes on " + q.label());
          int code = JCudaDriver.cuStreamSynchronize(q.stream());
          if (code != CUresult.CUDA_SUCCESS) {
            throw CudaError.of(code, "cuStreamSynchronize", q.trail());
          }
          HostArrays.get(landing, from.dtype(), dst, dstOffset + done, part);
          done += part;
        }
      }
    } finally {
      context.leave();
    }
  }

  @Override
  public DeviceQueue defaultQueue() {
    return defaultQueue;
  }

  @Override
  public DeviceQueue newQueue() {
    return makeQueue("stream");
  }

  private CudaQueue makeQueue(String name) {
    CUstream stream = new CUstream();
    context.enter();
    try {
      CudaError.check(
          JCudaDriver.cuStreamCreate(stream, CUstream_flags.CU_STREAM_NON_BLOCKING),
          "cuStreamCreate",
          context.id());
    } finally {
      context.leave();
    }
    return new CudaQueue(context, stream, true, name + " of " + context.id());
  }

  @Override
  public DeviceQueue wrapQueue(NativeQueue queue) {
    return Borrowed.queue(context, queue);
  }

  @Override
  public LaunchArguments prepare(KernelId kernel) {
    return new CudaLaunch(kernel, counters, context, context.function(kernel));
  }

  @Override
  public Products products(String form, MathMode mode) {
    if (!mathModes().contains(mode)) {
      throw new IllegalArgumentException("gemm: expected one of " + mathModes() + ", got " + mode);
    }
    if (!gemmForms().contains(form)) {
      throw new IllegalArgumentException("gemm: expected one of " + gemmForms() + ", got " + form);
    }
    return form.equals(GemmLadder.CUBLAS)
        ? CublasProducts.of(context, counters, ladder.library(), mode)
        : Products.of(form, OperandFormat.roundedTo(mode), shape -> GemmKernels.tiled(this, shape));
  }

  @Override
  public long productScratchBytes(String form) {
    return form.equals(GemmLadder.CUBLAS) ? CublasProducts.scratchBytes(context) : 0;
  }

  /** Every device has it. */
  @Override
  public Optional<String> float64Refusal() {
    return Optional.empty();
  }

  @Override
  public Products float64Products(String form, Device wide) {
    return form.equals(GemmLadder.CUBLAS)
        ? CublasProducts.ofFloat64(context, counters, ladder.library())
        : Products.of(form, shape -> GemmKernels.tiled(wide, shape));
  }

  @Override
  public boolean overlaps() {
    return overlaps;
  }

  private static boolean overlaps(String value) {
    if (!List.of("", "on", "off").contains(value)) {
      throw new IllegalArgumentException("-D" + OVERLAP + "=" + value + ": expected on or off");
    }
    return !value.equals("off");
  }

  private static int waveChunk(String value) {
    if (value.isEmpty() || value.equals("off")) {
      return value.isEmpty() ? 0 : -1;
    }
    if (!value.matches("[1-9]\\d{0,8}")) {
      throw new IllegalArgumentException(
          "-D" + WAVEFRONT + ": expected off or the steps of a chunk, at least 1, got " + value);
    }
    return Integer.parseInt(value);
  }

  @Override
  public int waveChunk() {
    return waveChunk;
  }

  @Override
  public Marker newMarker() {
    context.enter();
    try {
      return new CudaMarker(context);
    } finally {
      context.leave();
    }
  }

  /** Some drivers do not, where the card shows a desktop. */
  @Override
  public boolean launchesTogether() {
    return launchesTogether;
  }

  @Override
  public Optional<Clusters> clusters() {
    return Optional.of(clusters);
  }

  @Override
  public Recording recording() {
    return recording;
  }

  @Override
  public GraphRecorder newRecorder() {
    return new CudaRecorder(context, makeQueue("recorded stream"));
  }

  @Override
  public void close() {
    defaultQueue.close();
    context.ifOpen(() -> JCudaDriver.cuMemFreeHost(toLanding));
    context.close();
  }
}
