package org.recurrentops.cuda;

import java.util.HashMap;
import java.util.Map;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUfunction;
import jcuda.driver.CUmodule;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;
import org.recurrentops.DeviceException;
import org.recurrentops.gpu.KernelId;

/**
 * The primary context of a device, which other libraries of the process share, and the kernels
 * loaded into it. Each native call stands between {@link #enter} and {@link #leave}, so that the
 * caller's current context is left as it was.
 */
final class CudaContext {
  private static final int UNSUPPORTED_PTX = 222;

  private final CudaProperties properties;
  private final CUdevice device;
  private final CUcontext handle = new CUcontext();
  private final KernelImages images;
  private final Map<String, CUmodule> modules = new HashMap<>();
  private boolean closed;

  /** Retains the primary context. */
  CudaContext(CudaProperties properties, KernelImages images) {
    this.properties = properties;
    this.images = images;
    this.device = CudaProperties.handle(properties.ordinal());
    CudaError.check(
        JCudaDriver.cuDevicePrimaryCtxRetain(handle, device),
        "cuDevicePrimaryCtxRetain",
        properties.info().id());
  }

  CudaProperties properties() {
    return properties;
  }

  String id() {
    return properties.info().id();
  }

  CUcontext handle() {
    return handle;
  }

  /** Makes the context current on this thread. */
  void enter() {
    CudaError.check(JCudaDriver.cuCtxPushCurrent(handle), "cuCtxPushCurrent", id());
  }

  /** Makes the former context current again. */
  void leave() {
    JCudaDriver.cuCtxPopCurrent(new CUcontext());
  }

  /** A kernel, its file loaded on first use. */
  synchronized CUfunction function(KernelId kernel) {
    enter();
    try {
      CUmodule module = modules.get(kernel.file());
      if (module == null) {
        module = load(kernel.file());
        modules.put(kernel.file(), module);
      }
      CUfunction function = new CUfunction();
      CudaError.check(
          JCudaDriver.cuModuleGetFunction(function, module, kernel.entry()),
          "cuModuleGetFunction",
          kernel.entry() + " of " + kernel.file() + ".cu on " + id());
      return function;
    } finally {
      leave();
    }
  }

  private CUmodule load(String file) {
    CUmodule module = new CUmodule();
    int code = JCudaDriver.cuModuleLoadData(module, images.image(file, properties.capability()));
    if (code == UNSUPPORTED_PTX || code == CUresult.CUDA_ERROR_INVALID_PTX) {
      throw new DeviceException(
          file
              + ".cu on "
              + id()
              + ": the driver does not take its PTX ("
              + CudaError.name(code)
              + "); update the driver");
    }
    CudaError.check(code, "cuModuleLoadData", file + ".cu on " + id());
    return module;
  }

  /** Runs a release that is safe only while the context lives; errors of a lost one are its own. */
  synchronized void ifOpen(Runnable release) {
    if (!closed && JCudaDriver.cuCtxPushCurrent(handle) == CUresult.CUDA_SUCCESS) {
      try {
        release.run();
      } finally {
        leave();
      }
    }
  }

  /** Unloads the kernels and gives the context back. */
  synchronized void close() {
    if (!closed) {
      ifOpen(() -> modules.values().forEach(JCudaDriver::cuModuleUnload));
      modules.clear();
      closed = true;
      JCudaDriver.cuDevicePrimaryCtxRelease(device);
    }
  }
}
