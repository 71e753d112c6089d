package org.recurrentops.opencl;

import java.util.concurrent.atomic.AtomicLong;
import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.cl_command_queue;
import org.jocl.cl_mem;
import org.recurrentops.DType;
import org.recurrentops.NativeMemory;
import org.recurrentops.NativeQueue;
import org.recurrentops.UnsupportedSpecException;

/**
 * A caller's memory and queues by their native handles. Each is retained, so that it outlives a
 * release by the caller, and checked as far as OpenCL lets one ask.
 */
final class Borrowed {
  private static final int SUB_BUFFER_OFFSET = CL.CL_MEM_OFFSET;

  private Borrowed() {}

  static OpenClBuffer memory(
      ClContext context, NativeMemory memory, DType dtype, AtomicLong liveBytes) {
    if (memory.contextHandle() != 0) {
      requireContext("cl_mem", context, memory.contextHandle());
    }
    cl_mem handle = NativeHandles.memory(memory.handle());
    requireContext("cl_mem", context, ask(handle, CL.CL_MEM_CONTEXT));
    long size = ask(handle, CL.CL_MEM_SIZE);
    if (memory.bytes() > size) {
      throw new IllegalArgumentException(
          "wrap cl_mem: expected a buffer of at least "
              + memory.bytes()
              + " bytes as announced, got one of "
              + size);
    }
    if ((ask(handle, CL.CL_MEM_TYPE) & 0xffffffffL) != CL.CL_MEM_OBJECT_BUFFER) {
      throw new UnsupportedSpecException("wrap cl_mem: expected a buffer, got an image or a pipe");
    }
    Cl.query("clRetainMemObject", 0, null, (b, v, s) -> CL.clRetainMemObject(handle));
    // A sub-buffer lies in its parent; two of them overlap where their ranges do.
    long parent = ask(handle, CL.CL_MEM_ASSOCIATED_MEMOBJECT);
    long offset = parent == 0 ? 0 : ask(handle, SUB_BUFFER_OFFSET);
    return new OpenClBuffer(
        handle,
        dtype,
        memory.bytes() / dtype.bytes(),
        new OpenClBuffer.Identity(parent == 0 ? memory.handle() : parent),
        offset,
        0,
        liveBytes);
  }

  static OpenClQueue queue(ClContext context, NativeQueue queue) {
    cl_command_queue handle = NativeHandles.queue(queue.handle());
    requireContext("cl_command_queue", context, ask(handle, CL.CL_QUEUE_CONTEXT));
    long device = ask(handle, CL.CL_QUEUE_DEVICE);
    if (device != context.device().handle().getNativePointer()) {
      throw new UnsupportedSpecException(
          "wrap cl_command_queue: expected one of "
              + context.device().label()
              + ", got one of another device");
    }
    if ((ask(handle, CL.CL_QUEUE_PROPERTIES) & CL.CL_QUEUE_OUT_OF_ORDER_EXEC_MODE_ENABLE) != 0) {
      throw new UnsupportedSpecException(
          "wrap cl_command_queue: expected an in-order queue, got an out-of-order one; create it"
              + " without CL_QUEUE_OUT_OF_ORDER_EXEC_MODE_ENABLE");
    }
    Cl.query("clRetainCommandQueue", 0, null, (b, v, s) -> CL.clRetainCommandQueue(handle));
    return new OpenClQueue(handle, "borrowed queue of " + context.device().id());
  }

  private static void requireContext(String what, ClContext context, long got) {
    long expected = context.handle().getNativePointer();
    if (got != expected) {
      throw new UnsupportedSpecException(
          "wrap "
              + what
              + ": expected one of context 0x"
              + Long.toHexString(expected)
              + ", got one of context 0x"
              + Long.toHexString(got)
              + "; open the device in that context with"
              + " Backends.open(OpenClBackend.inContext(contextHandle))");
    }
  }

  /** A property of at most 8 bytes. */
  private static long ask(cl_mem memory, int name) {
    long[] value = new long[1];
    int bytes = name == CL.CL_MEM_TYPE ? Integer.BYTES : Long.BYTES;
    Cl.query(
        "clGetMemObjectInfo",
        bytes,
        Pointer.to(value),
        (b, v, s) -> CL.clGetMemObjectInfo(memory, name, b, v, s));
    return value[0];
  }

  private static long ask(cl_command_queue queue, int name) {
    long[] value = new long[1];
    Cl.query(
        "clGetCommandQueueInfo",
        Long.BYTES,
        Pointer.to(value),
        (b, v, s) -> CL.clGetCommandQueueInfo(queue, name, b, v, s));
    return value[0];
  }
}
