package org.recurrentops.cuda;

import java.util.ArrayList;
import java.util.List;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;

/**
 * The driver: loaded and initialised once per JVM. What went wrong then is remembered, because a
 * class whose initialiser failed never gives its reason again.
 */
final class CudaDriver {
  /** What the driver must offer: CUDA 11.0, the oldest that JCuda 12 runs on by compatibility. */
  private static final int OLDEST = 11000;

  private static final String INSTALL =
      " Install NVIDIA's driver for this GPU (on Debian and Ubuntu the package nvidia-driver-…), or"
          + " use another backend.";

  private static final String FAILURE = start();

  private CudaDriver() {}

  /** Why there is no CUDA in this JVM, and what to do; empty if there is. */
  static String failure() {
    return FAILURE;
  }

  /** Version of CUDA that the driver offers, such as 12060. */
  static int version() {
    int[] version = new int[1];
    CudaError.check(JCudaDriver.cuDriverGetVersion(version), "cuDriverGetVersion", "any device");
    return version[0];
  }

  /** All devices, usable or not. */
  static List<CudaProperties> devices() {
    int[] count = new int[1];
    CudaError.check(JCudaDriver.cuDeviceGetCount(count), "cuDeviceGetCount", "any device");
    List<CudaProperties> all = new ArrayList<>();
    for (int i = 0; i < count[0]; i++) {
      all.add(CudaProperties.of(i));
    }
    return all;
  }

  private static String start() {
    if (!NativePointers.failure().isEmpty()) {
      return NativePointers.failure();
    }
    String loading = JCudaNatives.load("jcuda.driver.JCudaDriver", "JCudaDriver", "libcuda.so.1");
    if (!loading.isEmpty()) {
      return "no NVIDIA driver: " + loading + "." + INSTALL;
    }
    JCudaDriver.setExceptionsEnabled(false);
    int code = JCudaDriver.cuInit(0);
    if (code == CUresult.CUDA_ERROR_NO_DEVICE) {
      return "the NVIDIA driver is installed, but it finds no GPU (cuInit: "
          + CudaError.name(code)
          + "); in a container, start it with --gpus";
    }
    if (code != CUresult.CUDA_SUCCESS) {
      return "the NVIDIA driver does not start: cuInit failed with "
          + CudaError.name(code)
          + "; restart the machine after an update of the driver";
    }
    int version = version();
    if (version < OLDEST) {
      return "the NVIDIA driver is too old: expected one for CUDA "
          + OLDEST / 1000
          + " or newer, got one for "
          + version / 1000
          + "."
          + version % 1000 / 10
          + INSTALL;
    }
    return "";
  }
}
