package org.recurrentops.gpu;

import org.recurrentops.spi.RunState;

/**
 * Brings what differs from run to run of a bound call into device memory, before the work of the
 * call; never recorded.
 */
interface RunInput {
  void enqueue(DeviceQueue queue, RunState state);

  /** Releases argument blocks. Called once. */
  void close();
}
