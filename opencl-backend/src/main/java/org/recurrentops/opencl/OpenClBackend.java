package org.recurrentops.opencl;

import java.util.Arrays;
import java.util.List;
import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.cl_context;
import org.recurrentops.BackendUnavailableException;
import org.recurrentops.Counters;
import org.recurrentops.DeviceException;
import org.recurrentops.gpu.GpuBackendDevice;
import org.recurrentops.spi.Backend;
import org.recurrentops.spi.BackendDevice;
import org.recurrentops.spi.ProbeResult;

/**
 * The backend named {@code opencl}: every OpenCL 1.2 device, a GPU or (through PoCL and others) the
 * CPU. System properties: {@code recurrentops.opencl.device} restricts the devices to an id ({@code
 * 0:1}), a kind ({@code gpu}, {@code cpu}) or a part of a name; {@code recurrentops.opencl.gemm}
 * forces a form of the matrix product ({@code vector} or {@code tiled}).
 */
public final class OpenClBackend implements Backend {
  private static final Object LOCK = new Object();
  private static List<ClDevice> found;

  private final long contextHandle;

  /** For ServiceLoader: devices are opened in contexts of the library's own. */
  public OpenClBackend() {
    this(0);
  }

  private OpenClBackend(long contextHandle) {
    this.contextHandle = contextHandle;
  }

  /**
   * A backend whose devices are opened in the caller's context, so that memory and queues of that
   * context can be wrapped: {@code Backends.open(OpenClBackend.inContext(handle))}.
   *
   * @param contextHandle a {@code cl_context}; retained while a device is open in it
   * @return the backend, offering the devices of that context only
   */
  public static OpenClBackend inContext(long contextHandle) {
    if (contextHandle == 0) {
      throw new IllegalArgumentException("inContext: expected a native cl_context, got 0");
    }
    return new OpenClBackend(contextHandle);
  }

  @Override
  public String name() {
    return "opencl";
  }

  @Override
  public ProbeResult probe() {
    String failure = ClLibrary.failure();
    if (!failure.isEmpty()) {
      return ProbeResult.unavailable(failure);
    }
    try {
      return DeviceChoice.result(candidates(), wanted());
    } catch (DeviceException e) {
      return ProbeResult.unavailable("the OpenCL driver failed: " + e.getMessage());
    }
  }

  @Override
  public BackendDevice open(String deviceId, Counters counters) {
    return new GpuBackendDevice(openDevice(deviceId, counters));
  }

  /** The device without the host program around it. */
  OpenClDevice openDevice(String deviceId, Counters counters) {
    String failure = ClLibrary.failure();
    if (!failure.isEmpty()) {
      throw new BackendUnavailableException(deviceId + ": " + failure);
    }
    List<ClDevice> usable = DeviceChoice.usable(candidates(), wanted());
    ClDevice device =
        usable.stream()
            .filter(d -> d.id().equals(deviceId))
            .findFirst()
            .orElseThrow(
                () ->
                    new BackendUnavailableException(
                        deviceId
                            + ": expected one of "
                            + usable.stream().map(ClDevice::id).toList()));
    SignalChaining.check(device);
    List<String> forms = GemmForms.of(device.limits(), System.getProperty(GemmForms.PROPERTY));
    try {
      ClContext context =
          contextHandle == 0 ? ClContext.shared(device) : ClContext.borrow(device, contextHandle);
      return new OpenClDevice(context, counters, forms);
    } catch (DeviceException e) {
      throw new BackendUnavailableException(deviceId + " cannot be opened: " + e.getMessage(), e);
    }
  }

  private static String wanted() {
    return System.getProperty(DeviceChoice.PROPERTY);
  }

  private List<ClDevice> candidates() {
    List<ClDevice> all = all();
    if (contextHandle == 0) {
      return all;
    }
    List<Long> inContext = devicesOf(NativeHandles.context(contextHandle));
    return all.stream().filter(d -> inContext.contains(d.handle().getNativePointer())).toList();
  }

  /** Drivers list the same devices for the life of the process. */
  private static List<ClDevice> all() {
    synchronized (LOCK) {
      if (found == null) {
        found = List.copyOf(ClDevice.all());
      }
      return found;
    }
  }

  private static List<Long> devicesOf(cl_context context) {
    int[] count = new int[1];
    Cl.query(
        "clGetContextInfo",
        Integer.BYTES,
        Pointer.to(count),
        (b, v, s) -> CL.clGetContextInfo(context, CL.CL_CONTEXT_NUM_DEVICES, b, v, s));
    long[] handles = new long[count[0]];
    Cl.query(
        "clGetContextInfo",
        (long) handles.length * Long.BYTES,
        Pointer.to(handles),
        (b, v, s) -> CL.clGetContextInfo(context, CL.CL_CONTEXT_DEVICES, b, v, s));
    return Arrays.stream(handles).boxed().toList();
  }
}
