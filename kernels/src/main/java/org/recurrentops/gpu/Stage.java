package org.recurrentops.gpu;

/** One piece of a time step, bound to its memory: enqueues device work and allocates nothing. */
interface Stage {
  void enqueue(DeviceQueue queue, int t);

  /** Releases argument blocks. Called once. */
  void close();
}
