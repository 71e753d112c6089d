package org.recurrentops.gpu;

/** Work that was recorded once and is launched as a whole, many times. */
public interface DeviceGraph {
  /**
   * Enqueues everything that was recorded, with the arguments of then; allocates nothing. Kernels
   * and products are counted as if they had been launched one by one.
   *
   * @param queue order
   * @throws IllegalStateException if memory that it uses has been freed
   */
  void launch(DeviceQueue queue);

  /** Releases native objects, after queued launches are done. Called once. */
  void close();
}
