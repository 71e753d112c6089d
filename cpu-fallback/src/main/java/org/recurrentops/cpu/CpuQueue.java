package org.recurrentops.cpu;

import org.recurrentops.spi.BackendQueue;

/** The calling thread: work is done when its call returns, so that there is nothing to wait for. */
final class CpuQueue implements BackendQueue {
  private static final Object REACHED = new Object();

  @Override
  public void synchronize() {
    // Nothing is ever pending.
  }

  @Override
  public Object record() {
    return REACHED;
  }

  @Override
  public void waitFor(Object token) {
    // Reached when it was recorded.
  }

  @Override
  public boolean isDone(Object token) {
    return true;
  }

  @Override
  public void close() {
    // Holds nothing.
  }
}
