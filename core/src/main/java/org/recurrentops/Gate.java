package org.recurrentops;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Counts calls in flight and closes for good: after {@link #close} nobody enters. No allocation.
 */
final class Gate {
  private static final int CLOSED = Integer.MIN_VALUE;

  private final AtomicInteger state = new AtomicInteger();
  private final int limit;

  /** With at most {@code limit} calls in flight; 1 makes the gate exclusive. */
  Gate(int limit) {
    this.limit = limit;
  }

  /** Enters; false if closed or full. */
  boolean tryEnter() {
    while (true) {
      int s = state.get();
      if (s < 0 || s >= limit) {
        return false;
      }
      if (state.compareAndSet(s, s + 1)) {
        return true;
      }
    }
  }

  /** Enters, waiting while it is full; false if closed. */
  boolean enter() {
    for (int tries = 0; !isClosed(); tries++) {
      if (tryEnter()) {
        return true;
      }
      pause(tries);
    }
    return false;
  }

  void exit() {
    state.decrementAndGet();
  }

  boolean isClosed() {
    return state.get() < 0;
  }

  /** Closes and waits for the calls in flight; true for the one call that closed it. */
  boolean close() {
    while (true) {
      int s = state.get();
      if (s < 0) {
        return false;
      }
      if (state.compareAndSet(s, s + CLOSED)) {
        break;
      }
    }
    for (int tries = 0; state.get() != CLOSED; tries++) {
      pause(tries);
    }
    return true;
  }

  private static void pause(int tries) {
    if (tries < 100) {
      Thread.onSpinWait();
    } else {
      LockSupport.parkNanos(50_000);
    }
  }
}
