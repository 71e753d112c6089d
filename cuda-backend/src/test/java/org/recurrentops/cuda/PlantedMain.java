package org.recurrentops.cuda;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
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
      default:
        launch(args[0], first, Pointer.to(memory));
    }
    print("synchronise " + JCudaDriver.cuStreamSynchronize(first));
    print("after " + download(memory, first));
  }

  private static CUstream stream() {
    CUstream stream = new CUstream();
    JCudaDriver.cuStreamCreate(stream, 1);
    return stream;
  }

  /** Two blocks for some; for planted_overrun that is one more than the buffer has room for. */
  private static void launch(String kernel, CUstream stream, Pointer... arguments) {
    CUmodule module = new CUmodule();
    CUfunction function = new CUfunction();
    byte[] image = ".version 8.0\n\0".getBytes(StandardCharsets.US_ASCII);
    int code = JCudaDriver.cuModuleLoadData(module, image);
    code |= JCudaDriver.cuModuleGetFunction(function, module, kernel);
    boolean halves = List.of("planted_block_race", "planted_own_blocks").contains(kernel);
    int blocks = halves || kernel.equals("planted_overrun") ? 2 : 1;
    int threads = halves || kernel.equals("planted_unwritten") ? 32 : ELEMENTS;
    int shared = threads * Float.BYTES;
    code |=
        JCudaDriver.cuLaunchKernel(
            function, blocks, 1, 1, threads, 1, 1, shared, stream, Pointer.to(arguments), null);
    print("launch " + code);
  }

  private static String download(CUdeviceptr memory, CUstream stream) {
    ByteBuffer host =
        ByteBuffer.allocateDirect(ELEMENTS * Float.BYTES).order(ByteOrder.nativeOrder());
    int code =
        JCudaDriver.cuMemcpyDtoHAsync(
            Pointer.to(host), memory, (long) ELEMENTS * Float.BYTES, stream);
    float[] values = new float[ELEMENTS];
    host.asFloatBuffer().get(values);
    return code + " " + values[0] + " " + values[1] + " " + values[ELEMENTS - 1];
  }

  private static void print(String line) {
    System.out.println(line);
  }
}
