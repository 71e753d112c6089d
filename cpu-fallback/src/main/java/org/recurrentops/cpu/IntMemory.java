package org.recurrentops.cpu;

import org.recurrentops.Tensor;

/** Int32 memory of any kind. */
interface IntMemory {
  /** One element. */
  int get(long index);

  /** Sets one element. */
  void set(long index, int value);

  /** The memory of an I32 tensor of this device. */
  static IntMemory of(Tensor tensor) {
    return (IntMemory) tensor.buffer();
  }
}
