package org.recurrentops.cuda;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import jcuda.Pointer;
import jcuda.driver.CUevent;
import jcuda.driver.JCudaDriver;

/**
 * Pinned buffers through which a queue's uploads pass, so that the caller's array is free at once
 * and the queue is not drained. Slots are made when all earlier ones are still on their way, up to
 * a limit; then the oldest one is waited for. Used under the queue's lock and in its context.
 */
final class StagingRing {
  /** One buffer and the event after the copy that reads it. */
  static final class Slot {
    final Pointer pointer = new Pointer();
    final ByteBuffer bytes;
    final CUevent event;
    private boolean pending;

    private Slot(CudaContext context, int capacity) {
      CudaError.check(
          JCudaDriver.cuMemAllocHost(pointer, capacity), "cuMemAllocHost", capacity + " bytes");
      bytes = pointer.getByteBuffer(0, capacity).order(ByteOrder.nativeOrder());
      event = CudaEvent.create(context);
    }

    /** After a copy and then {@link #event} were enqueued. */
    void sent() {
      pending = true;
    }
  }

  private final CudaContext context;
  private final Slot[] slots;
  private final int slotBytes;
  private int made;
  private int next;

  StagingRing(CudaContext context, int slotBytes, int limit) {
    this.context = context;
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
      Slot fresh = new Slot(context, slotBytes);
      System.arraycopy(slots, next, slots, next + 1, made - next);
      slots[next] = fresh;
      made++;
    }
    Slot slot = slots[next];
    next = (next + 1) % made;
    if (slot.pending) {
      CudaError.check(
          JCudaDriver.cuEventSynchronize(slot.event), "cuEventSynchronize", "an upload");
      slot.pending = false;
    }
    return slot;
  }

  private static boolean isBusy(Slot slot) {
    return slot.pending && !CudaEvent.isDone(slot.event, "an upload");
  }

  /** Gives the buffers back; their copies are done. */
  void close() {
    for (int i = 0; i < made; i++) {
      JCudaDriver.cuEventDestroy(slots[i].event);
      JCudaDriver.cuMemFreeHost(slots[i].pointer);
    }
    made = 0;
  }
}
