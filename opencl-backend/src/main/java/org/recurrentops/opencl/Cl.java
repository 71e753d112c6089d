package org.recurrentops.opencl;

import java.nio.charset.StandardCharsets;
import org.jocl.CL;
import org.jocl.CLException;
import org.jocl.Pointer;
import org.jocl.cl_command_queue;
import org.jocl.cl_context;
import org.jocl.cl_device_id;
import org.jocl.cl_event;
import org.jocl.cl_kernel;
import org.jocl.cl_mem;
import org.jocl.cl_platform_id;
import org.jocl.cl_program;

/**
 * The native calls whose result is a plain code. JOCL throws instead where a host program has
 * switched its exceptions on for the whole JVM; here both come back as a code. Nothing here
 * allocates unless the call fails.
 */
final class Cl {
  /** JOCL wants an array for the size even where nobody asks for it. */
  private static final long[] NO_SIZE = null;

  private Cl() {}

  static int setArgument(cl_kernel kernel, int position, long bytes, Pointer value) {
    try {
      return CL.clSetKernelArg(kernel, position, bytes, value);
    } catch (CLException e) {
      return e.getStatus();
    }
  }

  static int enqueue(cl_command_queue queue, cl_kernel kernel, long[] global, long[] local) {
    try {
      return CL.clEnqueueNDRangeKernel(queue, kernel, 2, null, global, local, 0, null, null);
    } catch (CLException e) {
      return e.getStatus();
    }
  }

  static int read(cl_command_queue queue, cl_mem from, long offset, long bytes, Pointer to) {
    try {
      return CL.clEnqueueReadBuffer(queue, from, true, offset, bytes, to, 0, null, null);
    } catch (CLException e) {
      return e.getStatus();
    }
  }

  static int write(cl_command_queue queue, cl_mem to, long offset, long bytes, Pointer from) {
    try {
      return CL.clEnqueueWriteBuffer(queue, to, true, offset, bytes, from, 0, null, null);
    } catch (CLException e) {
      return e.getStatus();
    }
  }

  static int finish(cl_command_queue queue) {
    try {
      return CL.clFinish(queue);
    } catch (CLException e) {
      return e.getStatus();
    }
  }

  static int flush(cl_command_queue queue) {
    try {
      return CL.clFlush(queue);
    } catch (CLException e) {
      return e.getStatus();
    }
  }

  static int marker(cl_command_queue queue, cl_event event) {
    try {
      return CL.clEnqueueMarkerWithWaitList(queue, 0, null, event);
    } catch (CLException e) {
      return e.getStatus();
    }
  }

  static int barrier(cl_command_queue queue, cl_event[] after) {
    try {
      return CL.clEnqueueBarrierWithWaitList(queue, after.length, after, null);
    } catch (CLException e) {
      return e.getStatus();
    }
  }

  static int await(cl_event[] events) {
    try {
      return CL.clWaitForEvents(events.length, events);
    } catch (CLException e) {
      return e.getStatus();
    }
  }

  static int status(cl_event event, Pointer toInt) {
    try {
      return CL.clGetEventInfo(
          event, CL.CL_EVENT_COMMAND_EXECUTION_STATUS, Integer.BYTES, toInt, NO_SIZE);
    } catch (CLException e) {
      return e.getStatus();
    }
  }

  static int release(cl_event event) {
    try {
      return CL.clReleaseEvent(event);
    } catch (CLException e) {
      return e.getStatus();
    }
  }

  static int release(cl_mem memory) {
    try {
      return CL.clReleaseMemObject(memory);
    } catch (CLException e) {
      return e.getStatus();
    }
  }

  static int release(cl_kernel kernel) {
    try {
      return CL.clReleaseKernel(kernel);
    } catch (CLException e) {
      return e.getStatus();
    }
  }

  static int release(cl_program program) {
    try {
      return CL.clReleaseProgram(program);
    } catch (CLException e) {
      return e.getStatus();
    }
  }

  static int release(cl_command_queue queue) {
    try {
      return CL.clReleaseCommandQueue(queue);
    } catch (CLException e) {
      return e.getStatus();
    }
  }

  static int release(cl_context context) {
    try {
      return CL.clReleaseContext(context);
    } catch (CLException e) {
      return e.getStatus();
    }
  }

  /** One of the many clGet…Info functions. */
  interface Query {
    int get(long bytes, Pointer value, long[] size);
  }

  /** Runs a query; throws its error. */
  static void query(String call, long bytes, Pointer value, Query q) {
    int code;
    try {
      code = q.get(bytes, value, NO_SIZE);
    } catch (CLException e) {
      code = e.getStatus();
    }
    if (code != CL.CL_SUCCESS) {
      throw ClError.of(code, call, bytes + " bytes asked");
    }
  }

  private static String text(String call, Query q) {
    long[] size = new long[1];
    int code;
    try {
      code = q.get(0, null, size);
    } catch (CLException e) {
      code = e.getStatus();
    }
    if (code != CL.CL_SUCCESS) {
      throw ClError.of(code, call, "size of a text asked");
    }
    byte[] bytes = new byte[(int) size[0]];
    if (bytes.length == 0) {
      return "";
    }
    query(call, bytes.length, Pointer.to(bytes), q);
    int end = bytes.length;
    while (end > 0 && bytes[end - 1] == 0) {
      end--;
    }
    return new String(bytes, 0, end, StandardCharsets.UTF_8).trim();
  }

  static String text(cl_platform_id platform, int name) {
    return text("clGetPlatformInfo", (b, v, s) -> CL.clGetPlatformInfo(platform, name, b, v, s));
  }

  static String text(cl_device_id device, int name) {
    return text("clGetDeviceInfo", (b, v, s) -> CL.clGetDeviceInfo(device, name, b, v, s));
  }

  static String buildLog(cl_program program, cl_device_id device) {
    return text(
        "clGetProgramBuildInfo",
        (b, v, s) -> CL.clGetProgramBuildInfo(program, device, CL.CL_PROGRAM_BUILD_LOG, b, v, s));
  }

  /** A number of 4 (uint, bool) or 8 (ulong, size_t, bit field) bytes. */
  static long number(cl_device_id device, int name, int bytes) {
    long[] value = new long[1];
    query(
        "clGetDeviceInfo",
        bytes,
        Pointer.to(value),
        (b, v, s) -> CL.clGetDeviceInfo(device, name, b, v, s));
    return bytes == Integer.BYTES ? value[0] & 0xffffffffL : value[0];
  }
}
