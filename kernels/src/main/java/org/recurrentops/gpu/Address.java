package org.recurrentops.gpu;

import org.recurrentops.Tensor;
import org.recurrentops.spi.DeviceBuffer;

/** A place in device memory: buffer and first element. */
record Address(DeviceBuffer buffer, long offset) {
  static Address of(Tensor t) {
    return new Address(t.buffer(), t.offset());
  }

  Address plus(long elements) {
    return new Address(buffer, offset + elements);
  }
}
