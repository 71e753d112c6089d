package org.recurrentops.opencl;

import java.lang.ref.Cleaner;
import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.cl_event;

/** A recorded point; its native event is released when nobody holds the token any more. */
final class OpenClEvent {
  private static final Cleaner CLEANER = Cleaner.create();

  private final cl_event event;
  private final cl_event[] list;

  /** Takes over an event. */
  OpenClEvent(cl_event event) {
    this.event = event;
    this.list = new cl_event[] {event};
    CLEANER.register(this, () -> Cl.release(event));
  }

  cl_event[] list() {
    return list;
  }

  /** Whether the work before it has ended, well or not. */
  boolean isDone() {
    int[] status = new int[1];
    int code = Cl.status(event, Pointer.to(status));
    if (code != CL.CL_SUCCESS) {
      throw ClError.of(code, "clGetEventInfo", "state of a recorded event asked");
    }
    return status[0] <= CL.CL_COMPLETE;
  }
}
