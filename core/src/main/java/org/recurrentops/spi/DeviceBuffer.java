package org.recurrentops.spi;

import org.recurrentops.DType;

/** A run of device memory, owned by the library or borrowed. Offsets are element offsets. */
public interface DeviceBuffer {
  /**
   * Element type.
   *
   * @return the type
   */
  DType dtype();

  /**
   * Number of elements.
   *
   * @return elements
   */
  long elements();

  /**
   * What the memory is, for overlap checks: two buffers whose identities are equal share one
   * address space.
   *
   * @return the array behind the buffer, or a token of a native address space
   */
  Object memoryIdentity();

  /**
   * First byte of the buffer within {@link #memoryIdentity()}.
   *
   * @return 0 for an array, the address for native memory
   */
  long baseAddress();

  /** Frees owned memory after queued work is done; a no-op for borrowed memory. Called once. */
  void free();
}
