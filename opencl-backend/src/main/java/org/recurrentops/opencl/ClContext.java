package org.recurrentops.opencl;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jocl.CL;
import org.jocl.CLException;
import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.cl_context;
import org.jocl.cl_device_id;
import org.jocl.cl_kernel;
import org.jocl.cl_program;
import org.recurrentops.gpu.KernelId;
import org.recurrentops.gpu.KernelSource;

/**
 * A context on one device and the programs built in it. The library's own contexts live as long as
 * the JVM, one per device, so that a program is built once however often the device is opened.
 */
final class ClContext {
  /**
   * Strict float32: nothing like -cl-fast-relaxed-math, and a*b+c may be fused. -w because PoCL
   * prints the number of its warnings (calling conventions of float16) on the process's stderr.
   */
  static final String OPTIONS = "-cl-std=CL1.2 -w";

  private static final Map<String, ClContext> SHARED = new ConcurrentHashMap<>();

  private final ClDevice device;
  private final cl_context handle;
  private final boolean borrowed;
  private final Map<String, cl_program> programs = new HashMap<>();

  private ClContext(ClDevice device, cl_context handle, boolean borrowed) {
    this.device = device;
    this.handle = handle;
    this.borrowed = borrowed;
  }

  /** The library's context of a device, made when first asked for. */
  static ClContext shared(ClDevice device) {
    return SHARED.computeIfAbsent(device.id(), id -> create(device));
  }

  private static ClContext create(ClDevice device) {
    int[] code = new int[1];
    cl_context context;
    try {
      cl_device_id[] devices = {device.handle()};
      context = CL.clCreateContext(null, 1, devices, null, null, code);
    } catch (CLException e) {
      throw ClError.of(e.getStatus(), "clCreateContext", device.label());
    }
    if (code[0] != CL.CL_SUCCESS) {
      throw ClError.of(code[0], "clCreateContext", device.label());
    }
    return new ClContext(device, context, false);
  }

  /** A caller's context, retained until {@link #close}. */
  static ClContext borrow(ClDevice device, long handle) {
    cl_context context = NativeHandles.context(handle);
    Cl.query("clRetainContext", 0, null, (b, v, s) -> CL.clRetainContext(context));
    return new ClContext(device, context, true);
  }

  ClDevice device() {
    return device;
  }

  cl_context handle() {
    return handle;
  }

  /** Whether the caller made it. */
  boolean isBorrowed() {
    return borrowed;
  }

  /** A new kernel object. */
  cl_kernel kernel(KernelId id) {
    cl_program program = program(id.file());
    int[] code = new int[1];
    cl_kernel kernel = null;
    try {
      kernel = CL.clCreateKernel(program, id.entry(), code);
    } catch (CLException e) {
      code[0] = e.getStatus();
    }
    if (code[0] != CL.CL_SUCCESS) {
      throw ClError.of(code[0], "clCreateKernel", id.entry() + " of " + id.file() + ".cl");
    }
    return kernel;
  }

  /** Largest work-group that a kernel can have on this device. */
  int maxGroupSize(cl_kernel kernel) {
    long[] size = new long[1];
    int name = CL.CL_KERNEL_WORK_GROUP_SIZE;
    Cl.query(
        "clGetKernelWorkGroupInfo",
        Sizeof.size_t,
        Pointer.to(size),
        (b, v, s) -> CL.clGetKernelWorkGroupInfo(kernel, device.handle(), name, b, v, s));
    return (int) size[0];
  }

  private synchronized cl_program program(String file) {
    cl_program program = programs.get(file);
    if (program == null) {
      program = build(file + ".cl", KernelSource.opencl(file));
      programs.put(file, program);
    }
    return program;
  }

  /** Compiles a text; the compiler's log is in the message of the exception. */
  cl_program build(String name, String source) {
    int[] code = new int[1];
    cl_program program = null;
    try {
      program = CL.clCreateProgramWithSource(handle, 1, new String[] {source}, null, code);
    } catch (CLException e) {
      code[0] = e.getStatus();
    }
    if (code[0] != CL.CL_SUCCESS) {
      throw ClError.of(code[0], "clCreateProgramWithSource", name);
    }
    try {
      cl_device_id[] devices = {device.handle()};
      code[0] = CL.clBuildProgram(program, 1, devices, OPTIONS, null, null);
    } catch (CLException e) {
      code[0] = e.getStatus();
    }
    if (code[0] != CL.CL_SUCCESS) {
      String log = Cl.buildLog(program, device.handle());
      Cl.release(program);
      throw ClError.of(
          code[0],
          "clBuildProgram",
          name + " with '" + OPTIONS + "' on " + device.label() + "; the compiler says:\n" + log);
    }
    return program;
  }

  /** After a device was lost: the next open makes a new context. */
  void discard() {
    SHARED.remove(device.id(), this);
  }

  /** Gives a caller's context back; the library's own one stays. */
  synchronized void close() {
    if (borrowed) {
      programs.values().forEach(Cl::release);
      programs.clear();
      Cl.release(handle);
    }
  }
}
