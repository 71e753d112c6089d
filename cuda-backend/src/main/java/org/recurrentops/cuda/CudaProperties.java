package org.recurrentops.cuda;

import java.nio.charset.StandardCharsets;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdevice_attribute;
import jcuda.driver.JCudaDriver;
import org.recurrentops.DeviceInfo;
import org.recurrentops.DeviceKind;
import org.recurrentops.gpu.Clusters;
import org.recurrentops.gpu.DeviceLimits;

/**
 * What a device is and can do.
 *
 * @param ordinal its number in the driver
 * @param capability compute capability times ten, such as 75
 * @param info for the user
 * @param limits for the host program
 */
record CudaProperties(int ordinal, int capability, DeviceInfo info, DeviceLimits limits) {
  /** The oldest compute capability that the kernels are built for. */
  static final int OLDEST_CAPABILITY = 75;

  /** How the software device of the tests calls itself. */
  static final String SOFTWARE_NAME = "software CUDA (test)";

  /** With at most 255 registers per thread, so many threads fit on every multiprocessor. */
  private static final int GROUP = 256;

  /** The oldest compute capability with clusters. */
  private static final int CLUSTER_CAPABILITY = 90;

  /** Blocks that every such card runs in one cluster; {@code CLUSTER} of cluster_pieces.h. */
  static final int PORTABLE_CLUSTER = 8;

  /** CU_DEVICE_ATTRIBUTE_CLUSTER_LAUNCH, which JCuda has no name for. */
  private static final int CLUSTER_LAUNCH = 120;

  static CudaProperties of(int ordinal) {
    CUdevice device = handle(ordinal);
    byte[] name = new byte[256];
    CudaError.check(
        JCudaDriver.cuDeviceGetName(name, name.length, device), "cuDeviceGetName", "" + ordinal);
    long[] memory = new long[1];
    CudaError.check(JCudaDriver.cuDeviceTotalMem(memory, device), "cuDeviceTotalMem", "" + ordinal);
    int major =
        ask(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR, ordinal);
    int minor =
        ask(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR, ordinal);
    int units = ask(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT, ordinal);
    int shared =
        ask(
            device,
            CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN,
            ordinal);
    String text = text(name);
    DeviceInfo info =
        new DeviceInfo(
            "cuda:" + ordinal,
            "cuda",
            text.equals(SOFTWARE_NAME) ? DeviceKind.SOFTWARE : DeviceKind.GPU,
            text,
            memory[0],
            "compute capability " + major + "." + minor + ", " + units + " multiprocessors");
    DeviceLimits limits = new DeviceLimits(units, GROUP, shared, false, 0, GROUP);
    return new CudaProperties(ordinal, 10 * major + minor, info, limits);
  }

  /** The same for the user, with more in the details. */
  DeviceInfo info(String more) {
    return new DeviceInfo(
        info.id(),
        info.backend(),
        info.kind(),
        info.name(),
        info.memoryBytes(),
        info.detail() + ", " + more);
  }

  /** Why the kernels cannot run on it; empty if they can. */
  String lacking() {
    return capability >= OLDEST_CAPABILITY
        ? ""
        : "compute capability " + capability / 10.0 + ", expected at least 7.5";
  }

  static CUdevice handle(int ordinal) {
    CUdevice device = new CUdevice();
    CudaError.check(JCudaDriver.cuDeviceGet(device, ordinal), "cuDeviceGet", "device " + ordinal);
    return device;
  }

  /** Whether all blocks of a kernel can be launched so that they live at the same time. */
  boolean launchesTogether() {
    int attribute = CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COOPERATIVE_LAUNCH;
    return ask(handle(ordinal), attribute, ordinal) != 0;
  }

  /** Clusters of thread blocks, of the largest size that every such card has. */
  Clusters clusters() {
    String lacking = "";
    if (capability < CLUSTER_CAPABILITY) {
      lacking =
          "thread-block clusters need compute capability "
              + CLUSTER_CAPABILITY / 10.0
              + ", "
              + info.id()
              + " has "
              + capability / 10.0;
    } else if (ask(handle(ordinal), CLUSTER_LAUNCH, ordinal) == 0) {
      lacking = info.id() + " launches no thread-block clusters";
    }
    return new Clusters(PORTABLE_CLUSTER, lacking);
  }

  private static int ask(CUdevice device, int attribute, int ordinal) {
    int[] value = new int[1];
    CudaError.check(
        JCudaDriver.cuDeviceGetAttribute(value, attribute, device),
        "cuDeviceGetAttribute",
        CUdevice_attribute.stringFor(attribute) + " of device " + ordinal);
    return value[0];
  }

  private static String text(byte[] bytes) {
    int length = 0;
    while (length < bytes.length && bytes[length] != 0) {
      length++;
    }
    return new String(bytes, 0, length, StandardCharsets.US_ASCII);
  }
}
