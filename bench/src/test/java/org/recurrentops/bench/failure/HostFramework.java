package org.recurrentops.bench.failure;

import com.sun.jna.Function;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.LongByReference;
import com.sun.jna.ptr.PointerByReference;

/** Another user of the driver in this process, who shares the primary context. */
final class HostFramework {
  private static final NativeLibrary DRIVER = NativeLibrary.getInstance("libcuda.so.1");

  private final int device;

  HostFramework() {
    call("cuInit", 0);
    IntByReference first = new IntByReference();
    call("cuDeviceGet", first, 0);
    device = first.getValue();
  }

  /** The handle of the primary context. */
  long context() {
    PointerByReference context = new PointerByReference();
    call("cuDevicePrimaryCtxRetain", context, device);
    call("cuDevicePrimaryCtxRelease_v2", device);
    return Pointer.nativeValue(context.getValue());
  }

  /** Allocates device memory and returns its address. */
  long allocate(long bytes) {
    LongByReference address = new LongByReference();
    inContext(() -> call("cuMemAlloc_v2", address, bytes));
    return address.getValue();
  }

  void free(long address) {
    inContext(() -> call("cuMemFree_v2", address));
  }

  void resetDevice() {
    call("cuDevicePrimaryCtxReset_v2", device);
  }

  private void inContext(Runnable body) {
    PointerByReference context = new PointerByReference();
    call("cuDevicePrimaryCtxRetain", context, device);
    call("cuCtxPushCurrent_v2", context.getValue());
    body.run();
    call("cuCtxPopCurrent_v2", context);
    call("cuDevicePrimaryCtxRelease_v2", device);
  }

  private static void call(String name, Object... arguments) {
    Function function = DRIVER.getFunction(name);
    int code = function.invokeInt(arguments);
    if (code != 0) {
      throw new IllegalStateException(name + " failed with " + code);
    }
  }
}
