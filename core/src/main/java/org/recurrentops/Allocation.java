package org.recurrentops;

import org.recurrentops.spi.DeviceBuffer;

/** One buffer with its owner and its end; shared by all views of it. */
final class Allocation implements AutoCloseable {
  private final RecurrentOps ops;
  private final DeviceBuffer buffer;
  private final boolean owned;
  private final Gate calls = new Gate(Integer.MAX_VALUE);

  Allocation(RecurrentOps ops, DeviceBuffer buffer, boolean owned) {
    this.ops = ops;
    this.buffer = buffer;
    this.owned = owned;
  }

  RecurrentOps ops() {
    return ops;
  }

  DeviceBuffer buffer() {
    return buffer;
  }

  boolean isOwned() {
    return owned;
  }

  boolean isClosed() {
    return calls.isClosed();
  }

  long bytes() {
    return buffer.elements() * buffer.dtype().bytes();
  }

  /** Keeps the memory alive during a host call; false if it is closed. */
  boolean tryHold() {
    return calls.tryEnter();
  }

  void letGo() {
    calls.exit();
  }

  /** Waits for the host calls that hold the memory, then frees it; queued work may still use it. */
  @Override
  public void close() {
    if (!calls.close()) {
      return;
    }
    ops.release(this);
    buffer.free();
    if (owned) {
      ops.counters().countFree(bytes());
    }
  }
}
