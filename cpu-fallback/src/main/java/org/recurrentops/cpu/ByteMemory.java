package org.recurrentops.cpu;

import org.recurrentops.Tensor;

/** Bytes of any kind of memory. */
public interface ByteMemory {
  /**
   * One element.
   *
   * @param index which
   * @return its value
   */
  byte get(long index);

  /**
   * The memory of an U8 tensor of this device.
   *
   * @param tensor the tensor
   * @return its whole buffer
   */
  static ByteMemory of(Tensor tensor) {
    return (ByteMemory) tensor.buffer();
  }
}
