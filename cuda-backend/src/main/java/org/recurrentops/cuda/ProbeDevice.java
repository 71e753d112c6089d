package org.recurrentops.cuda;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import jcuda.Pointer;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUevent;
import jcuda.driver.CUfunction;
import jcuda.driver.CUfunction_attribute;
import jcuda.driver.CUmodule;
import jcuda.driver.CUstream;
import jcuda.driver.JCudaDriver;
import org.recurrentops.DeviceKind;

/**
 * A device and a stream for experiments: loads probe kernels, owns their memory until {@link
 * #release}, launches and times. Its context is current on the thread that made it until {@link
 * #close}.
 */
final class ProbeDevice implements AutoCloseable {
  /** Dynamic shared memory beyond that is asked for by attribute. */
  private static final int PLAIN_SHARED = 48 << 10;

  private static final int FILLERS = 256; // threads of a block that fills memory

  private final CudaContext context;
  private final CUdevice device;
  private final boolean timed;
  private final CUstream stream = new CUstream();
  private final Map<String, CUmodule> modules = new HashMap<>();
  private final List<CUdeviceptr> memory = new ArrayList<>();

  /**
   * Opens one.
   *
   * @param properties of the device
   * @param timed whether {@link #microseconds} is wanted
   */
  ProbeDevice(CudaProperties properties, boolean timed) {
    this.context = new CudaContext(properties, KernelImages.find());
    this.device = CudaProperties.handle(properties.ordinal());
    this.timed = timed;
    context.enter();
    check(JCudaDriver.cuStreamCreate(stream, 1), "cuStreamCreate");
  }

  boolean isTimed() {
    return timed;
  }

  /** Compute capability times ten. */
  int capability() {
    return context.properties().capability();
  }

  boolean isSoftware() {
    return context.properties().info().kind() == DeviceKind.SOFTWARE;
  }

  int multiprocessors() {
    return context.properties().limits().computeUnits();
  }

  /** Largest dynamic shared memory of a block. */
  int sharedBytes() {
    return Math.toIntExact(context.properties().limits().localMemoryBytes());
  }

  CUstream stream() {
    return stream;
  }

  /** A device attribute; 0 where the driver does not know it. */
  int attribute(int number) {
    int[] value = new int[1];
    return JCudaDriver.cuDeviceGetAttribute(value, number, device) == 0 ? value[0] : 0;
  }

  void check(int code, String call) {
    CudaError.check(code, call, "probe on " + context.id());
  }

  /**
   * A kernel.
   *
   * @param file name in the packaged folder of probes, such as {@code mma_plain}
   * @param entry its name
   */
  CUfunction kernel(String file, String entry) {
    CUmodule module = modules.get(file);
    if (module == null) {
      module = new CUmodule();
      check(JCudaDriver.cuModuleLoadData(module, image(file)), "cuModuleLoadData of " + file);
      modules.put(file, module);
    }
    CUfunction function = new CUfunction();
    check(JCudaDriver.cuModuleGetFunction(function, module, entry), "cuModuleGetFunction " + entry);
    return function;
  }

  /** Whether the build packaged the probes, which takes nvcc. */
  static boolean isPackaged() {
    return ProbeDevice.class.getResource("probes/exchange.fatbin") != null;
  }

  private static byte[] image(String file) {
    try (InputStream in = ProbeDevice.class.getResourceAsStream("probes/" + file + ".fatbin")) {
      if (in == null) {
        throw new IllegalStateException("probes/" + file + ".fatbin is not packaged");
      }
      byte[] image = in.readAllBytes();
      return Arrays.copyOf(image, image.length + 1);
    } catch (IOException e) {
      throw new UncheckedIOException(file, e);
    }
  }

  /** Device memory that holds these words. */
  CUdeviceptr words(int... values) {
    CUdeviceptr at = allocate((long) values.length * Integer.BYTES);
    ByteBuffer host = host(values.length);
    host.asIntBuffer().put(values);
    check(
        JCudaDriver.cuMemcpyHtoDAsync(
            at, Pointer.to(host), (long) values.length * Integer.BYTES, stream),
        "cuMemcpyHtoDAsync");
    finish(); // the host's memory must live that long
    return at;
  }

  /** Device memory filled with one word. */
  CUdeviceptr filled(long words, int value) {
    CUdeviceptr at = allocate(words * Integer.BYTES);
    fill(at, words, value);
    return at;
  }

  /** Enqueues that memory becomes one word. */
  void fill(CUdeviceptr at, long words, int value) {
    int blocks = (int) Math.min(4096, (words + FILLERS - 1) / FILLERS);
    launch(kernel("rates", "fill_words"), blocks, FILLERS, 0, at, value, words);
  }

  private CUdeviceptr allocate(long bytes) {
    CUdeviceptr at = new CUdeviceptr();
    check(JCudaDriver.cuMemAlloc(at, bytes), "cuMemAlloc of " + bytes + " bytes");
    memory.add(at);
    return at;
  }

  /** Device memory that holds these numbers. */
  CUdeviceptr floats(float... values) {
    int[] bits = new int[values.length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = Float.floatToRawIntBits(values[i]);
    }
    return words(bits);
  }

  /** Waits for the work and reads words. */
  int[] read(CUdeviceptr at, int count) {
    ByteBuffer host = host(count);
    check(
        JCudaDriver.cuMemcpyDtoHAsync(Pointer.to(host), at, (long) count * Integer.BYTES, stream),
        "cuMemcpyDtoHAsync");
    finish();
    int[] values = new int[count];
    host.asIntBuffer().get(values);
    return values;
  }

  private static ByteBuffer host(int words) {
    return ByteBuffer.allocateDirect(words * Integer.BYTES).order(ByteOrder.nativeOrder());
  }

  /** Waits for all work. */
  void finish() {
    check(JCudaDriver.cuStreamSynchronize(stream), "cuStreamSynchronize");
  }

  /** Allows a kernel so much dynamic shared memory. */
  void allowShared(CUfunction kernel, int bytes) {
    if (bytes > PLAIN_SHARED) {
      check(
          JCudaDriver.cuFuncSetAttribute(
              kernel, CUfunction_attribute.CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES, bytes),
          "cuFuncSetAttribute, shared memory of " + bytes + " bytes");
    }
  }

  /** Enqueues a kernel. Arguments: CUdeviceptr, Integer, Long or Float. */
  void launch(CUfunction kernel, int blocks, int threads, int shared, Object... arguments) {
    check(
        JCudaDriver.cuLaunchKernel(
            kernel, blocks, 1, 1, threads, 1, 1, shared, stream, pointers(arguments), null),
        "cuLaunchKernel");
  }

  /** Enqueues a kernel whose blocks all live at once. */
  void launchTogether(CUfunction kernel, int blocks, int threads, int shared, Object... arguments) {
    check(
        JCudaDriver.cuLaunchCooperativeKernel(
            kernel, blocks, 1, 1, threads, 1, 1, shared, stream, pointers(arguments)),
        "cuLaunchCooperativeKernel");
  }

  private static Pointer pointers(Object... arguments) {
    Pointer[] each = new Pointer[arguments.length];
    for (int i = 0; i < arguments.length; i++) {
      Object a = arguments[i];
      if (a instanceof CUdeviceptr p) {
        each[i] = Pointer.to(p);
      } else if (a instanceof Integer v) {
        each[i] = Pointer.to(new int[] {v});
      } else if (a instanceof Long v) {
        each[i] = Pointer.to(new long[] {v});
      } else {
        each[i] = Pointer.to(new float[] {(Float) a});
      }
    }
    return Pointer.to(each);
  }

  /** Device time of what is enqueued. */
  double microseconds(Runnable enqueue) {
    if (!timed) {
      throw new IllegalStateException("this device is not timed");
    }
    CUevent first = new CUevent();
    CUevent last = new CUevent();
    check(JCudaDriver.cuEventCreate(first, 0), "cuEventCreate");
    check(JCudaDriver.cuEventCreate(last, 0), "cuEventCreate");
    try {
      check(JCudaDriver.cuEventRecord(first, stream), "cuEventRecord");
      enqueue.run();
      check(JCudaDriver.cuEventRecord(last, stream), "cuEventRecord");
      check(JCudaDriver.cuEventSynchronize(last), "cuEventSynchronize");
      float[] millis = new float[1];
      check(JCudaDriver.cuEventElapsedTime(millis, first, last), "cuEventElapsedTime");
      return 1e3 * millis[0];
    } finally {
      JCudaDriver.cuEventDestroy(first);
      JCudaDriver.cuEventDestroy(last);
    }
  }

  /** Frees the memory of an experiment. */
  void release() {
    memory.forEach(JCudaDriver::cuMemFree);
    memory.clear();
  }

  @Override
  public void close() {
    release();
    modules.values().forEach(JCudaDriver::cuModuleUnload);
    JCudaDriver.cuStreamDestroy(stream);
    context.leave();
    context.close();
  }
}
