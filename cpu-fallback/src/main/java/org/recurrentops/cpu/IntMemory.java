package org.recurrentops.cpu;

import org.recurrentops.Tensor;

/** Int32 memory of any kind. */
public interface IntMemory {
  /**
   * One element.
   *
   * @param index which
   * @return its value
   */
  int get(long index);

  /**
   * Sets one element.
   *
   * @param index which
   * @param value its value
   */
  void set(long index, int value);

  /**
   * The memory of an I32 tensor of this device.
   *
   * @param tensor the tensor
   * @return its whole buffer
   */
  static IntMemory of(Tensor tensor) {
    return (IntMemory) tensor.buffer();
  }
}
