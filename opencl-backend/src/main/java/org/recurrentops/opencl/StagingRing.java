package org.recurrentops.opencl;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.cl_event;

/**
 * Direct buffers through which a queue's uploads pass, so that the caller's array is free at once
 * and the queue is not drained. Slots are made when all earlier ones are still on their way, up to
 * a limit; then the oldest one is waited for.
 */
final class StagingRing {
  /** One buffer and the event of the write that reads it. */
  static final class Slot {
    final ByteBuffer bytes;
    final Pointer pointer;
    final cl_event event = new cl_event();
    private final cl_event[] events = {event};
    private boolean pending;

    private Slot(int capacity) {
      bytes = ByteBuffer.allocateDirect(capacity).order(ByteOrder.nativeOrder());
      pointer = Pointer.to(bytes);
    }

    /** After a write was enqueued with {@link #event}. */
    void sent() {
      pending = true;
    }
  }

  private final Slot[] slots;
  private final int slotBytes;
  private final int[] status = new int[1];
  private final Pointer toStatus = Pointer.to(status);
  private int made;
  private int next;

  StagingRing(int slotBytes, int limit) {
    this.slotBytes = slotBytes;
    this.slots = new Slot[limit];
  }

  int slotBytes() {
    return slotBytes;
  }

  /** A slot that nobody reads. */
  Slot take() {
    if (made == 0 || (made < slots.length && isBusy(slots[next]))) {
      // The new slot goes where the oldest one was, so that the oldest stays next in line.
      System.arraycopy(slots, next, slots, next + 1, made - next);
      slots[next] = new Slot(slotBytes);
      made++;
    }
    Slot slot = slots[next];
    next = (next + 1) % made;
    free(slot);
    return slot;
  }

  private boolean isBusy(Slot slot) {
    if (!slot.pending) {
      return false;
    }
    int code = Cl.status(slot.event, toStatus);
    return code == CL.CL_SUCCESS && status[0] > CL.CL_COMPLETE;
  }

  /** Waits for the slot's write. An error of that work shows at the next synchronisation. */
  private static void free(Slot slot) {
    if (slot.pending) {
      Cl.await(slot.events);
      Cl.release(slot.event);
      slot.pending = false;
    }
  }

  /** Waits for all writes. */
  void close() {
    for (int i = 0; i < made; i++) {
      free(slots[i]);
    }
  }
}
