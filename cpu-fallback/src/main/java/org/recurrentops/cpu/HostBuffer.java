package org.recurrentops.cpu;

import org.recurrentops.spi.DeviceBuffer;

/** Memory of this device, which the host copies into and out of. */
interface HostBuffer extends DeviceBuffer {
  /** Copies from an array of the element type's kind into the buffer. */
  void upload(long to, Object source, int sourceOffset, int count);

  /** Copies from the buffer into an array of the element type's kind. */
  void download(long from, Object target, int targetOffset, int count);
}
