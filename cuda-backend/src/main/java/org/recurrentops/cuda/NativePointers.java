package org.recurrentops.cuda;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import jcuda.NativePointerObject;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUstream;

/**
 * Raw values of JCuda's pointer objects. JCuda has no public way to them, and both a caller's
 * stream and a device address that moves without a new object need one.
 */
final class NativePointers {
  private static final VarHandle NATIVE_POINTER = find();

  private NativePointers() {}

  /** Why raw values cannot be reached; empty if they can. */
  static String failure() {
    return NATIVE_POINTER != null
        ? ""
        : "JCuda's class NativePointerObject keeps its field nativePointer closed; put JCuda on the"
            + " class path or add --add-opens for its module";
  }

  static long get(NativePointerObject object) {
    return (long) NATIVE_POINTER.get(object);
  }

  static void set(NativePointerObject object, long value) {
    NATIVE_POINTER.set(object, value);
  }

  /** A device address as an object. */
  static CUdeviceptr address(long value) {
    CUdeviceptr pointer = new CUdeviceptr();
    set(pointer, value);
    return pointer;
  }

  /** A stream by its handle. */
  static CUstream stream(long handle) {
    CUstream stream = new CUstream();
    set(stream, handle);
    return stream;
  }

  private static VarHandle find() {
    try {
      return MethodHandles.privateLookupIn(NativePointerObject.class, MethodHandles.lookup())
          .findVarHandle(NativePointerObject.class, "nativePointer", long.class);
    } catch (ReflectiveOperationException e) {
      return null;
    }
  }
}
