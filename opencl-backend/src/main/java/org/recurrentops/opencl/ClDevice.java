package org.recurrentops.opencl;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jocl.CL;
import org.jocl.CLException;
import org.jocl.cl_device_id;
import org.jocl.cl_platform_id;
import org.recurrentops.DeviceInfo;
import org.recurrentops.DeviceKind;
import org.recurrentops.gpu.DeviceLimits;

/**
 * A device as the driver describes it.
 *
 * @param id {@code opencl:<platform>:<device>}, both counted from 0 as the loader lists them
 * @param handle native handle
 * @param info what core shows
 * @param limits what it can do at most
 * @param float64 whether it computes in float64, by {@code cl_khr_fp64}
 * @param lacking what it lacks for this library; empty if nothing
 */
record ClDevice(
    String id,
    cl_device_id handle,
    DeviceInfo info,
    DeviceLimits limits,
    boolean float64,
    String lacking) {
  /** Work-items that every kernel of the host program may count on. */
  private static final int LEAST_GROUP = 64;

  private static final Pattern VERSION = Pattern.compile("OpenCL (\\d+)\\.(\\d+).*");
  private static final int NO_PLATFORM = -1001; // CL_PLATFORM_NOT_FOUND_KHR

  /** All devices of all platforms, usable or not. The native library must be loaded. */
  static List<ClDevice> all() {
    List<ClDevice> found = new ArrayList<>();
    cl_platform_id[] platforms = platforms();
    for (int p = 0; p < platforms.length; p++) {
      cl_device_id[] devices = devices(platforms[p]);
      for (int d = 0; d < devices.length; d++) {
        found.add(describe("opencl:" + p + ":" + d, platforms[p], devices[d]));
      }
    }
    return found;
  }

  /** GPUs first, then by computing units; otherwise in the loader's order. */
  static Comparator<ClDevice> preference() {
    return Comparator.comparing((ClDevice d) -> d.info().kind() != DeviceKind.GPU)
        .thenComparing(d -> -d.limits().computeUnits());
  }

  private static cl_platform_id[] platforms() {
    int[] count = new int[1];
    int code;
    try {
      code = CL.clGetPlatformIDs(0, null, count);
    } catch (CLException e) {
      code = e.getStatus();
    }
    if (code == NO_PLATFORM || (code == CL.CL_SUCCESS && count[0] == 0)) {
      return new cl_platform_id[0];
    }
    if (code != CL.CL_SUCCESS) {
      throw ClError.of(code, "clGetPlatformIDs", "number of platforms asked");
    }
    cl_platform_id[] platforms = new cl_platform_id[count[0]];
    Cl.query("clGetPlatformIDs", 0, null, (b, v, s) -> list(platforms));
    return platforms;
  }

  private static int list(cl_platform_id[] platforms) {
    return CL.clGetPlatformIDs(platforms.length, platforms, null);
  }

  /** A platform whose driver fails has no devices; the others still count. */
  private static cl_device_id[] devices(cl_platform_id platform) {
    int[] count = new int[1];
    try {
      int code = CL.clGetDeviceIDs(platform, CL.CL_DEVICE_TYPE_ALL, 0, null, count);
      cl_device_id[] devices = new cl_device_id[code == CL.CL_SUCCESS ? count[0] : 0];
      if (devices.length > 0
          && CL.clGetDeviceIDs(platform, CL.CL_DEVICE_TYPE_ALL, devices.length, devices, null)
              != CL.CL_SUCCESS) {
        return new cl_device_id[0];
      }
      return devices;
    } catch (CLException e) {
      return new cl_device_id[0];
    }
  }

  private static ClDevice describe(String id, cl_platform_id platform, cl_device_id device) {
    long type = Cl.number(device, CL.CL_DEVICE_TYPE, Long.BYTES);
    boolean cpu = (type & CL.CL_DEVICE_TYPE_CPU) != 0;
    String version = Cl.text(device, CL.CL_DEVICE_VERSION);
    String detail =
        Cl.text(platform, CL.CL_PLATFORM_NAME)
            + ", "
            + version
            + ", driver "
            + Cl.text(device, CL.CL_DRIVER_VERSION);
    DeviceInfo info =
        new DeviceInfo(
            id,
            "opencl",
            cpu ? DeviceKind.CPU : DeviceKind.GPU,
            Cl.text(device, CL.CL_DEVICE_NAME),
            Cl.number(device, CL.CL_DEVICE_GLOBAL_MEM_SIZE, Long.BYTES),
            detail);
    DeviceLimits limits = limits(device, cpu);
    boolean float64 = hasFloat64(Cl.text(device, CL.CL_DEVICE_EXTENSIONS));
    return new ClDevice(id, device, info, limits, float64, lacking(device, version, limits));
  }

  static boolean hasFloat64(String extensions) {
    return (" " + extensions + " ").contains(" cl_khr_fp64 ");
  }

  private static DeviceLimits limits(cl_device_id device, boolean cpu) {
    int group = (int) Cl.number(device, CL.CL_DEVICE_MAX_WORK_GROUP_SIZE, Long.BYTES);
    long localType = Cl.number(device, CL.CL_DEVICE_LOCAL_MEM_TYPE, Integer.BYTES);
    return new DeviceLimits(
        (int) Cl.number(device, CL.CL_DEVICE_MAX_COMPUTE_UNITS, Integer.BYTES),
        group,
        Cl.number(device, CL.CL_DEVICE_LOCAL_MEM_SIZE, Long.BYTES),
        localType == CL.CL_GLOBAL,
        Cl.number(device, CL.CL_DEVICE_MAX_MEM_ALLOC_SIZE, Long.BYTES),
        Math.min(group, cpu ? 64 : 256));
  }

  private static String lacking(cl_device_id device, String version, DeviceLimits limits) {
    if (!isAtLeast12(version)) {
      return "expected OpenCL 1.2 or newer, got '" + version + "'";
    }
    if (Cl.number(device, CL.CL_DEVICE_AVAILABLE, Integer.BYTES) == 0) {
      return "the driver says that it is not available";
    }
    if (Cl.number(device, CL.CL_DEVICE_COMPILER_AVAILABLE, Integer.BYTES) == 0) {
      return "the driver has no compiler for kernels";
    }
    if (Cl.number(device, CL.CL_DEVICE_ENDIAN_LITTLE, Integer.BYTES) == 0) {
      return "expected a little-endian device";
    }
    if (limits.maxGroupSize() < LEAST_GROUP) {
      return "expected work-groups of " + LEAST_GROUP + " or more, got " + limits.maxGroupSize();
    }
    return "";
  }

  static boolean isAtLeast12(String version) {
    Matcher m = VERSION.matcher(version);
    if (!m.matches()) {
      return false;
    }
    int major = Integer.parseInt(m.group(1));
    return major > 1 || (major == 1 && Integer.parseInt(m.group(2)) >= 2);
  }

  /** For the report of devices that cannot be used. */
  String label() {
    return id + " (" + info.name() + ", " + info.detail() + ")";
  }
}
