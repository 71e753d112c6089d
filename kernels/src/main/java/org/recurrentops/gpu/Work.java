package org.recurrentops.gpu;

import org.recurrentops.spi.RunState;

/** One piece of a bound call: enqueues device work and allocates nothing. */
interface Work {
  void enqueue(DeviceQueue queue, RunState state);

  /** Releases argument blocks. Called once. */
  void close();
}
