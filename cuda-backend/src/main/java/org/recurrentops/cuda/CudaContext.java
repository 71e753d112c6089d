package org.recurrentops.cuda;

import java.util.HashMap;
import java.util.Map;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUevent;
import jcuda.driver.CUfunction;
import jcuda.driver.CUfunction_attribute;
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
  /** The call of {@link #tryEnter}. */
  static final String ENTERING = "cuCtxPushCurrent";

  private static final System.Logger LOG = System.getLogger(CudaContext.class.getName());

  private final CudaProperties properties;
  private final CUdevice device;
  private final CUcontext handle = new CUcontext();
  private final CUcontext popped = new CUcontext(); // written by any thread, read by none
  private final KernelImages images;
  private final Map<String, CUmodule> modules = new HashMap<>();
  private final CudaTurn turn;
  private KernelForm kernelForm;
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
    this.turn = CudaTurn.of(properties.ordinal());
    ifOpen(turn::forgetLost);
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

  /** The order of kernels whose blocks wait for each other. */
  CudaTurn turn() {
    return turn;
  }

  /** Makes the context current on this thread. */
  void enter() {
    CudaError.check(tryEnter(), ENTERING, id());
  }

  /** As {@link #enter}, for callers whose errors say what was to be run; returns the code. */
  int tryEnter() {
    return JCudaDriver.cuCtxPushCurrent(handle);
  }

  /** Makes the former context current again. */
  void leave() {
    JCudaDriver.cuCtxPopCurrent(popped);
  }

  /** A kernel, its file loaded on first use. */
  CUfunction function(KernelId kernel) {
    return function(kernel, kernel.file());
  }

  /**
   * A kernel whose plain launches are in clusters: that is an attribute of the function, so each
   * size has the kernel's file loaded once more.
   */
  CUfunction clustered(KernelId kernel, int size) {
    CUfunction function = function(kernel, kernel.file() + " in clusters of " + size);
    if (size > CudaProperties.PORTABLE_CLUSTER) {
      set(function, CUfunction_attribute.CU_FUNC_ATTRIBUTE_NON_PORTABLE_CLUSTER_SIZE_ALLOWED, 1);
    }
    set(function, CUfunction_attribute.CU_FUNC_ATTRIBUTE_REQUIRED_CLUSTER_WIDTH, size);
    set(function, CUfunction_attribute.CU_FUNC_ATTRIBUTE_REQUIRED_CLUSTER_HEIGHT, 1);
    set(function, CUfunction_attribute.CU_FUNC_ATTRIBUTE_REQUIRED_CLUSTER_DEPTH, 1);
    return function;
  }

  private void set(CUfunction function, int attribute, int value) {
    enter();
    try {
      CudaError.check(
          JCudaDriver.cuFuncSetAttribute(function, attribute, value),
          "cuFuncSetAttribute",
          CUfunction_attribute.stringFor(attribute) + " = " + value + " on " + id());
    } finally {
      leave();
    }
  }

  /**
   * A kernel of one of the modules.
   *
   * @param name under which its file is remembered
   */
  private synchronized CUfunction function(KernelId kernel, String name) {
    CudaError.check(
        tryEnter(), ENTERING, kernel.entry() + " of " + kernel.file() + ".cu on " + id());
    try {
      CUmodule module = modules.get(name);
      if (module == null) {
        module = load(kernel.file());
        modules.put(name, module);
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

  /** The first form of a file that the driver takes. */
  private CUmodule load(String file) {
    StringBuilder tried = new StringBuilder();
    for (KernelForm form : images.forms()) {
      String refusal = KernelImages.lacking(form);
      if (refusal.isEmpty()) {
        CUmodule module = new CUmodule();
        int code = JCudaDriver.cuModuleLoadData(module, images.image(form, file));
        if (!KernelImages.isRefusal(code)) {
          CudaError.check(code, "cuModuleLoadData", file + ".cu as " + form + " on " + id());
          loadedAs(form, tried);
          return module;
        }
        refusal = "the driver answers " + KernelImages.nameOf(code);
      }
      tried.append("; ").append(form.label()).append(": ").append(refusal);
    }
    throw new DeviceException(
        file
            + ".cu on "
            + id()
            + ": no form of its kernels runs here"
            + tried
            + "; update the driver, or install CUDA's NVRTC");
  }

  private void loadedAs(KernelForm form, StringBuilder refused) {
    if (kernelForm == null && refused.length() > 0) {
      LOG.log(System.Logger.Level.WARNING, "{0}: kernels as {1}{2}", id(), form.label(), refused);
    }
    kernelForm = form;
  }

  /** The form in which the driver took the latest file; null before the first. */
  synchronized KernelForm kernelForm() {
    return kernelForm;
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
      CUevent left = turn.close();
      ifOpen(
          () -> {
            if (left != null) {
              JCudaDriver.cuEventDestroy(left);
            }
            modules.values().forEach(JCudaDriver::cuModuleUnload);
          });
      modules.clear();
      closed = true;
      JCudaDriver.cuDevicePrimaryCtxRelease(device);
    }
  }
}
