package org.recurrentops.cuda;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.function.IntSupplier;
import jcuda.Pointer;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUevent;
import jcuda.driver.CUfunction;
import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
import jcuda.driver.CUmodule;
import jcuda.driver.CUstream;
import jcuda.driver.JCudaDriver;

/** Stream capture with JCuda alone: what is legal, what is not, and what runs when. */
final class CaptureMain {
  private static final int ELEMENTS = 4;
  private static final CUdeviceptr MEMORY = new CUdeviceptr();
  private static CUstream first;
  private static CUstream second;
  private static CUfunction fill;

  private CaptureMain() {}

  public static void main(String[] args) throws InterruptedException {
    CUdevice device = new CUdevice();
    CUcontext context = new CUcontext();
    JCudaDriver.setExceptionsEnabled(false);
    JCudaDriver.cuInit(0);
    JCudaDriver.cuDeviceGet(device, 0);
    JCudaDriver.cuDevicePrimaryCtxRetain(context, device);
    JCudaDriver.cuCtxPushCurrent(context);
    JCudaDriver.cuMemAlloc(MEMORY, ELEMENTS * Float.BYTES);
    first = stream();
    second = stream();
    CUmodule module = new CUmodule();
    fill = new CUfunction();
    JCudaDriver.cuModuleLoadData(module, ".version 8.0\n\0".getBytes(StandardCharsets.US_ASCII));
    JCudaDriver.cuModuleGetFunction(fill, module, "planted_fill");
    if (args[0].equals("orders")) {
      orders();
    } else {
      replay();
      illegal();
      forks();
    }
  }

  private static void replay() {
    begin();
    fill(first, 1);
    CUgraph graph = new CUgraph();
    print("end", JCudaDriver.cuStreamEndCapture(first, graph));
    System.out.println("recorded, not run: " + read());
    CUgraphExec executable = new CUgraphExec();
    print("instantiate", JCudaDriver.cuGraphInstantiate(executable, graph, 0));
    JCudaDriver.cuGraphDestroy(graph);
    print("launch", JCudaDriver.cuGraphLaunch(executable, second));
    JCudaDriver.cuStreamSynchronize(second);
    System.out.println("launched: " + read());
    fill(second, 2);
    JCudaDriver.cuGraphLaunch(executable, second);
    print("destroyed while queued", JCudaDriver.cuGraphExecDestroy(executable));
    JCudaDriver.cuStreamSynchronize(second);
    System.out.println("launched again: " + read());
    print("launch of a destroyed one", JCudaDriver.cuGraphLaunch(executable, second));
    print("end without begin", JCudaDriver.cuStreamEndCapture(first, new CUgraph()));
  }

  /** Each of these ends the capture in error. */
  private static void illegal() throws InterruptedException {
    CUdeviceptr fresh = new CUdeviceptr();
    CUevent event = event();
    invalidates("synchronise", () -> JCudaDriver.cuStreamSynchronize(first));
    invalidates("allocate", () -> JCudaDriver.cuMemAlloc(fresh, 64));
    invalidates("free", () -> JCudaDriver.cuMemFree(MEMORY));
    invalidates("query", () -> JCudaDriver.cuEventQuery(event));
    byte[] image = ".version 8.0\n\0".getBytes(StandardCharsets.US_ASCII);
    invalidates("load", () -> JCudaDriver.cuModuleLoadData(new CUmodule(), image));
    JCudaDriver.cuEventRecord(event, second);
    invalidates("wait outside", () -> JCudaDriver.cuStreamWaitEvent(first, event, 0));
    begin();
    int[] other = new int[1];
    Thread thread = new Thread(() -> other[0] = elsewhere(fresh));
    thread.start();
    thread.join();
    print("another thread allocates", other[0]);
    print("that capture ends", JCudaDriver.cuStreamEndCapture(first, new CUgraph()));
  }

  private static int elsewhere(CUdeviceptr fresh) {
    CUcontext context = new CUcontext();
    JCudaDriver.cuDevicePrimaryCtxRetain(context, new CUdevice());
    JCudaDriver.cuCtxPushCurrent(context);
    return JCudaDriver.cuMemAlloc(fresh, 64);
  }

  private static void invalidates(String what, IntSupplier call) {
    begin();
    fill(first, 3);
    print(what, call.getAsInt());
    print("then end", JCudaDriver.cuStreamEndCapture(first, new CUgraph()));
  }

  private static void forks() {
    CUevent event = event();
    begin();
    JCudaDriver.cuEventRecord(event, first);
    JCudaDriver.cuStreamWaitEvent(second, event, 0);
    fill(second, 4);
    print("end without join", JCudaDriver.cuStreamEndCapture(first, new CUgraph()));
    print("wait for what was captured", JCudaDriver.cuStreamWaitEvent(second, event, 0));
    begin();
    JCudaDriver.cuEventRecord(event, first);
    JCudaDriver.cuStreamWaitEvent(second, event, 0);
    fill(second, 4);
    CUevent end = event();
    JCudaDriver.cuEventRecord(end, second);
    JCudaDriver.cuStreamWaitEvent(first, end, 0);
    print("end after join", JCudaDriver.cuStreamEndCapture(first, new CUgraph()));
  }

  /** Two streams without an order between them, several times: does the order vary? */
  private static void orders() {
    StringBuilder seen = new StringBuilder();
    for (int i = 0; i < 40; i++) {
      fill(first, 1);
      fill(second, 2);
      JCudaDriver.cuStreamSynchronize(second);
      JCudaDriver.cuStreamSynchronize(first);
      seen.append((int) read());
    }
    String text = seen.toString();
    System.out.println(text.contains("1") && text.contains("2") ? "both orders" : "one order");
  }

  private static void begin() {
    JCudaDriver.cuStreamBeginCapture(first, 1);
  }

  private static CUstream stream() {
    CUstream stream = new CUstream();
    JCudaDriver.cuStreamCreate(stream, 1);
    return stream;
  }

  private static CUevent event() {
    CUevent event = new CUevent();
    JCudaDriver.cuEventCreate(event, 2);
    return event;
  }

  private static void fill(CUstream stream, float value) {
    Pointer arguments =
        Pointer.to(
            Pointer.to(MEMORY), Pointer.to(new float[] {value}), Pointer.to(new int[] {ELEMENTS}));
    JCudaDriver.cuLaunchKernel(fill, 1, 1, 1, ELEMENTS, 1, 1, 0, stream, arguments, null);
  }

  /** The first element as it is, without waiting for any stream. */
  private static float read() {
    ByteBuffer host =
        ByteBuffer.allocateDirect(ELEMENTS * Float.BYTES).order(ByteOrder.nativeOrder());
    CUstream own = stream();
    JCudaDriver.cuMemcpyDtoHAsync(Pointer.to(host), MEMORY, (long) ELEMENTS * Float.BYTES, own);
    JCudaDriver.cuStreamSynchronize(own);
    return host.getFloat(0);
  }

  private static void print(String what, int code) {
    System.out.println(what + ": " + code);
  }
}
