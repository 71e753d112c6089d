package org.recurrentops.opencl;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import org.jocl.CL;
import org.jocl.NativePointerObject;
import org.jocl.Pointer;
import org.jocl.cl_command_queue;
import org.jocl.cl_context;
import org.jocl.cl_event;
import org.jocl.cl_mem;
import org.recurrentops.UnsupportedSpecException;

/**
 * What JOCL keeps private and wrapping needs: objects from native handles, and a write that does
 * not wait. JOCL's own non-blocking write starts a thread for each call, to keep the buffer alive;
 * here the staging buffers live as long as their queue.
 */
final class NativeHandles {
  private static final Field POINTER = pointerField();
  private static final MethodHandle WRITE = writeMethod();

  private NativeHandles() {}

  private static Field pointerField() {
    try {
      Field f = NativePointerObject.class.getDeclaredField("nativePointer");
      f.setAccessible(true);
      return f;
    } catch (ReflectiveOperationException | RuntimeException e) {
      return null;
    }
  }

  private static MethodHandle writeMethod() {
    try {
      Method m =
          CL.class.getDeclaredMethod(
              "clEnqueueWriteBufferNative",
              cl_command_queue.class,
              cl_mem.class,
              boolean.class,
              long.class,
              long.class,
              Pointer.class,
              int.class,
              cl_event[].class,
              cl_event.class);
      m.setAccessible(true);
      return MethodHandles.lookup().unreflect(m);
    } catch (ReflectiveOperationException | RuntimeException e) {
      return null;
    }
  }

  static cl_mem memory(long handle) {
    return withHandle(new cl_mem(), handle);
  }

  static cl_command_queue queue(long handle) {
    return withHandle(new cl_command_queue(), handle);
  }

  static cl_context context(long handle) {
    return withHandle(new cl_context(), handle);
  }

  private static <T extends NativePointerObject> T withHandle(T object, long handle) {
    String type = object.getClass().getSimpleName();
    if (handle == 0) {
      throw new IllegalArgumentException(type + ": expected a native handle, got 0");
    }
    if (POINTER == null) {
      throw new UnsupportedSpecException(
          "wrapping a "
              + type
              + " needs reflective access to org.jocl.NativePointerObject.nativePointer, which this"
              + " JVM refuses; open the JOCL module to this library or allocate and copy");
    }
    try {
      POINTER.setLong(object, handle);
      return object;
    } catch (IllegalAccessException e) {
      throw new UnsupportedSpecException("wrapping a " + type + ": " + e);
    }
  }

  /** Whether {@link #write} is available. */
  static boolean canWriteAsync() {
    return WRITE != null;
  }

  /**
   * Enqueues a write that does not wait.
   *
   * @param queue order
   * @param to destination
   * @param offset its first byte
   * @param bytes size
   * @param from a direct buffer that stays untouched until the event is complete
   * @param event overwritten
   * @return the native code
   */
  static int write(
      cl_command_queue queue, cl_mem to, long offset, long bytes, Pointer from, cl_event event) {
    try {
      return (int)
          WRITE.invokeExact(queue, to, false, offset, bytes, from, 0, (cl_event[]) null, event);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }
}
