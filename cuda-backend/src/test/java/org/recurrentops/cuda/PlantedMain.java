package org.recurrentops.cuda;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import jcuda.Pointer;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUevent;
import jcuda.driver.CUfunction;
import jcuda.driver.CUmodule;
import jcuda.driver.CUstream;
import jcuda.driver.JCudaDriver;

/**
 * Runs one planted kernel on a buffer of {@value #ELEMENTS} floats, with JCuda alone, and prints
 * the result of the synchronisation and the buffer.
 */
final class PlantedMain {
  private static final int ELEMENTS = 64;
  private static final int LAUNCHES_BESIDE_FAULTS = 20;
  private static final int BLOCKS_BESIDE_FAULTS = 2000;
  private static int[] nothing;

  private PlantedMain() {}

  public static void main(String[] args) {
    CUdevice device = new CUdevice();
    CUcontext context = new CUcontext();
    JCudaDriver.setExceptionsEnabled(false);
    JCudaDriver.cuInit(0);
    JCudaDriver.cuDeviceGet(device, 0);
    JCudaDriver.cuDevicePrimaryCtxRetain(context, device);
    JCudaDriver.cuCtxPushCurrent(context);
    CUdeviceptr memory = new CUdeviceptr();
    JCudaDriver.cuMemAlloc(memory, ELEMENTS * Float.BYTES);
    CUstream first = stream();
    CUstream second = stream();
    switch (args[0]) {
      case "planted_stale":
        CUdeviceptr freed = new CUdeviceptr();
        JCudaDriver.cuMemAlloc(freed, Float.BYTES);
        long address = NativePointers.get(freed);
        JCudaDriver.cuMemFree(freed);
        launch(args[0], first, Pointer.to(memory), Pointer.to(new long[] {address}));
        break;
      case "freed_argument":
        JCudaDriver.cuMemFree(memory);
        launch("planted_overrun", first, Pointer.to(memory));
        break;
      case "no_wait":
      case "wait":
        Pointer value = Pointer.to(new float[] {1});
        launch("planted_fill", first, Pointer.to(memory), value, Pointer.to(new int[] {ELEMENTS}));
        if (args[0].equals("wait")) {
          CUevent event = new CUevent();
          JCudaDriver.cuEventCreate(event, 0);
          JCudaDriver.cuEventRecord(event, first);
          JCudaDriver.cuStreamWaitEvent(second, event, 0);
        }
        print("download " + download(memory, second));
        break;
      case "pinned_reused": // before the copy has run
        Pointer pinned = new Pointer();
        JCudaDriver.cuMemAllocHost(pinned, ELEMENTS * Float.BYTES);
        fill(pinned, 1);
        JCudaDriver.cuMemcpyHtoDAsync(memory, pinned, (long) ELEMENTS * Float.BYTES, first);
        fill(pinned, 2);
        break;
      case "oversized":
        launch("planted_grid_exchange", 257, true, first, Pointer.to(memory));
        break;
      case "ragged": // blocks are left over
        launch("planted_cluster_exchange", 6, false, first, Pointer.to(memory));
        break;
      case "apart": // a kernel whose blocks need each other, not launched together
        launch(args[1], 4, false, first, Pointer.to(memory));
        break;
      case "beside": // two grids that nothing orders
        launch("planted_grid_exchange", first, Pointer.to(memory));
        launch("planted_grid_exchange", second, Pointer.to(memory));
        break;
      case "beside_null_checks":
        launchBesideNullChecks(first, memory);
        break;
      default:
        launch(args[0], first, Pointer.to(memory));
    }
    print("synchronise " + JCudaDriver.cuStreamSynchronize(first));
    print("after " + download(memory, first));
  }

  /** Another thread faults all the time, as the JVM's own checks do, while kernels run. */
  private static void launchBesideNullChecks(CUstream stream, CUdeviceptr memory) {
    AtomicLong faults = new AtomicLong();
    AtomicBoolean ended = new AtomicBoolean();
    Thread other =
        new Thread(
            () -> {
              while (!ended.get()) {
                try {
                  nothing[0]++;
                } catch (NullPointerException e) {
                  faults.incrementAndGet();
                }
              }
            });
    other.start();
    for (int i = 0; i < LAUNCHES_BESIDE_FAULTS || faults.get() == 0; i++) {
      launch("planted_exchange", BLOCKS_BESIDE_FAULTS, false, stream, Pointer.to(memory));
      JCudaDriver.cuStreamSynchronize(stream);
    }
    ended.set(true);
    print("faults " + faults.get());
  }

  private static void fill(Pointer pinned, float value) {
    ByteBuffer bytes = pinned.getByteBuffer(0, ELEMENTS * Float.BYTES);
    for (int i = 0; i < ELEMENTS; i++) {
      bytes.order(ByteOrder.nativeOrder()).putFloat(i * Float.BYTES, value);
    }
  }

  private static CUstream stream() {
    CUstream stream = new CUstream();
    JCudaDriver.cuStreamCreate(stream, 1);
    return stream;
  }

  /** Blocks and threads; those of planted_overrun are twice what the buffer has room for. */
  private static int[] shape(String kernel) {
    if (kernel.startsWith("planted_grid") || kernel.startsWith("planted_flag")) {
      return new int[] {4, ELEMENTS / 4};
    }
    if (kernel.startsWith("planted_cluster")) {
      return new int[] {8, ELEMENTS / 8};
    }
    return switch (kernel) {
      case "planted_overrun" -> new int[] {2, ELEMENTS};
      case "planted_block_race", "planted_own_blocks" -> new int[] {2, ELEMENTS / 2};
      case "planted_last_block" -> new int[] {4, 1};
      case "planted_unwritten" -> new int[] {1, ELEMENTS / 2};
      default -> new int[] {1, ELEMENTS};
    };
  }

  private static void launch(String kernel, CUstream stream, Pointer... arguments) {
    boolean together = kernel.startsWith("planted_grid") || kernel.startsWith("planted_flag");
    launch(kernel, shape(kernel)[0], together, stream, arguments);
  }

  private static void launch(
      String kernel, int blocks, boolean together, CUstream stream, Pointer... arguments) {
    CUmodule module = new CUmodule();
    CUfunction function = new CUfunction();
    byte[] image = ".version 8.0\n\0".getBytes(StandardCharsets.US_ASCII);
    int code = JCudaDriver.cuModuleLoadData(module, image);
    code |= JCudaDriver.cuModuleGetFunction(function, module, kernel);
    if (code != 0) {
      print("launch " + code);
      return;
    }
    int threads = shape(kernel)[1];
    int shared = threads * Float.BYTES;
    Pointer all = Pointer.to(arguments);
    code |=
        together
            ? JCudaDriver.cuLaunchCooperativeKernel(
                function, blocks, 1, 1, threads, 1, 1, shared, stream, all)
            : JCudaDriver.cuLaunchKernel(
                function, blocks, 1, 1, threads, 1, 1, shared, stream, all, null);
    int[] resident = new int[1];
    code |=
        JCudaDriver.cuOccupancyMaxActiveBlocksPerMultiprocessor(
            resident, function, threads, shared);
    print("launch " + code + " resident " + resident[0]);
  }

  private static String download(CUdeviceptr memory, CUstream stream) {
    ByteBuffer host =
        ByteBuffer.allocateDirect(ELEMENTS * Float.BYTES).order(ByteOrder.nativeOrder());
    int code =
        JCudaDriver.cuMemcpyDtoHAsync(
            Pointer.to(host), memory, (long) ELEMENTS * Float.BYTES, stream);
    float[] values = new float[ELEMENTS];
    host.asFloatBuffer().get(values);
    return code
        + " "
        + values[0]
        + " "
        + values[1]
        + " "
        + values[ELEMENTS - 1]
        + " "
        + values[2]
        + " "
        + values[8];
  }

  private static void print(String line) {
    System.out.println(line);
  }
}
