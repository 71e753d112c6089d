package org.recurrentops.gpu;

/**
 * One piece of a bound call: enqueues device work and allocates nothing. The same work is enqueued
 * by every run that is ragged alike, so that it may be recorded once and replayed; what else a run
 * brings is brought by {@link RunInput}.
 */
interface Work {
  /**
   * Enqueues it.
   *
   * @param queue order
   * @param ragged whether rows end before T in this run
   */
  void enqueue(DeviceQueue queue, boolean ragged);

  /** Releases argument blocks. Called once. */
  void close();
}
