package org.recurrentops;

import org.recurrentops.spi.DeviceBuffer;

/** One buffer with its owner and its end; shared by all views of it. */
final class Allocation implements AutoCloseable {
  private final RecurrentOps ops;
  private final DeviceBuffer buffer;
  private final boolean owned;
  private volatile boolean closed;

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
    return closed;
  }

  long bytes() {
    return buffer.elements() * buffer.dtype().bytes();
  }

  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    ops.release(this);
    buffer.free();
    if (owned) {
      ops.counters().countFree(bytes());
    }
  }
}
