package org.recurrentops.gpu;

import java.util.concurrent.atomic.AtomicLong;

/** An in-order queue of a {@link Device}. */
public interface DeviceQueue {
  /** Blocks until everything enqueued so far is done; throws pending device errors. */
  void synchronize();

  /**
   * Marks the current end of the queue.
   *
   * @return a token that any queue of the device can wait for
   */
  Object record();

  /**
   * Makes later work wait, without blocking the host.
   *
   * @param token what {@link #record()} of a queue of this device returned
   */
  void waitFor(Object token);

  /**
   * Whether a recorded point has been reached.
   *
   * @param token what {@link #record()} of a queue of this device returned
   * @return true if the work before it is done
   */
  boolean isDone(Object token);

  /**
   * Whether the queue's owner is recording it at the moment.
   *
   * @return true if what is enqueued does not run
   */
  default boolean isRecorded() {
    return false;
  }

  /**
   * Counts a launch on this queue: now, or whenever what is being recorded is launched.
   *
   * @param launches the counter
   */
  default void count(AtomicLong launches) {
    launches.incrementAndGet();
  }

  /** Hands enqueued work to the device without waiting, where a driver holds it back. */
  default void flush() {}

  /** Releases an owned queue after its work is done. Called once. */
  void close();
}
