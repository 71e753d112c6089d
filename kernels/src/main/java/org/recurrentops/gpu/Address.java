package org.recurrentops.gpu;

import org.recurrentops.Tensor;
import org.recurrentops.spi.DeviceBuffer;

/**
 * A place in device memory.
 *
 * @param buffer memory
 * @param offset its first element
 * @param numbers ints to skip from there, of ints that lie in memory of another type
 */
record Address(DeviceBuffer buffer, long offset, long numbers) {
  Address(DeviceBuffer buffer, long offset) {
    this(buffer, offset, 0);
  }

  static Address of(Tensor t) {
    return new Address(t.buffer(), t.offset());
  }

  Address plus(long elements) {
    return new Address(buffer, offset + elements, numbers);
  }

  /** Further on among ints, whatever the type of the memory is. */
  Address plusInts(long count) {
    return new Address(buffer, offset, numbers + count);
  }
}
