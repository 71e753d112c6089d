package org.recurrentops.cpu;

import org.recurrentops.Tensor;

/**
 * Float32 memory of any kind. Only the packing of inputs and the storing of outputs see which kind;
 * everything between works on arrays.
 */
interface FloatMemory {
  /** The array behind the memory, whose element 0 is the memory's, or null if it is no array. */
  float[] array();

  /** Copies {@code count} elements out of the memory. */
  void read(long from, float[] target, int targetOffset, int count);

  /** Copies {@code count} elements into the memory. */
  void write(long to, float[] source, int sourceOffset, int count);

  /** The memory of an F32 tensor of this device. */
  static FloatMemory of(Tensor tensor) {
    return (FloatMemory) tensor.buffer();
  }
}
