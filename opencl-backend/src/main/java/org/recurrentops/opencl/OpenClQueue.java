package org.recurrentops.opencl;

import org.jocl.CL;
import org.jocl.cl_command_queue;
import org.jocl.cl_event;
import org.recurrentops.gpu.DeviceQueue;

/** An in-order command queue, owned or borrowed; it holds one reference of its own either way. */
final class OpenClQueue implements DeviceQueue {
  private static final int SMALL_SLOT = 16 << 10;
  private static final int LARGE_SLOT = 1 << 20;

  private final cl_command_queue handle;
  private final String label;
  private final StagingRing small = new StagingRing(SMALL_SLOT, 64);
  private final StagingRing large = new StagingRing(LARGE_SLOT, 8);
  private volatile boolean closed;

  OpenClQueue(cl_command_queue handle, String label) {
    this.handle = handle;
    this.label = label;
  }

  /** The native queue, for calls that must not meet a closed one. */
  cl_command_queue handle() {
    if (closed) {
      throw new IllegalStateException(label + ": expected an open queue, got a closed one");
    }
    return handle;
  }

  String label() {
    return label;
  }

  /** The staging buffers that fit; used under this queue's lock. */
  StagingRing staging(long bytes) {
    return bytes <= SMALL_SLOT ? small : large;
  }

  @Override
  public void synchronize() {
    int code = Cl.finish(handle());
    if (code != CL.CL_SUCCESS) {
      throw ClError.ofWait(code, "clFinish", label);
    }
  }

  @Override
  public Object record() {
    cl_event event = new cl_event();
    int code = Cl.marker(handle(), event);
    if (code != CL.CL_SUCCESS) {
      throw ClError.of(code, "clEnqueueMarkerWithWaitList", label);
    }
    flush(); // another queue may wait for it, and a held-back marker would never come
    return new OpenClEvent(event);
  }

  @Override
  public void waitFor(Object token) {
    int code = Cl.barrier(handle(), ((OpenClEvent) token).list());
    if (code != CL.CL_SUCCESS) {
      throw ClError.of(code, "clEnqueueBarrierWithWaitList", label);
    }
  }

  @Override
  public boolean isDone(Object token) {
    return ((OpenClEvent) token).isDone();
  }

  @Override
  public void flush() {
    int code = Cl.flush(handle());
    if (code != CL.CL_SUCCESS) {
      throw ClError.of(code, "clFlush", label);
    }
  }

  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    Cl.finish(handle);
    small.close();
    large.close();
    Cl.release(handle);
  }
}
