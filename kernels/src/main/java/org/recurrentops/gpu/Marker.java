package org.recurrentops.gpu;

/** A point of a queue that other queues wait for; used again and again without new objects. */
public interface Marker {
  /**
   * Puts it at the current end of a queue.
   *
   * @param queue which one
   */
  void set(DeviceQueue queue);

  /**
   * Makes later work of a queue wait for where the marker is now, without blocking the host.
   *
   * @param queue which one
   */
  void await(DeviceQueue queue);

  /** Releases native objects. Called once. */
  void close();
}
