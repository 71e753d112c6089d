package org.recurrentops.cpu;

import org.recurrentops.Tensor;

/**
 * Float32 memory of any kind. Only the packing of inputs and the storing of outputs see which kind;
 * everything between works on arrays.
 */
public interface FloatMemory {
  /**
   * The array behind the memory.
   *
   * @return the array whose element 0 is the memory's, or null if it is no array
   */
  float[] array();

  /**
   * Copies elements out of the memory.
   *
   * @param from first element
   * @param target where to
   * @param targetOffset its first element
   * @param count how many
   */
  void read(long from, float[] target, int targetOffset, int count);

  /**
   * Copies elements into the memory.
   *
   * @param to first element
   * @param source where from
   * @param sourceOffset its first element
   * @param count how many
   */
  void write(long to, float[] source, int sourceOffset, int count);

  /**
   * The memory of a tensor of this device.
   *
   * @param tensor the tensor
   * @return its whole buffer
   */
  static FloatMemory of(Tensor tensor) {
    return (FloatMemory) tensor.buffer();
  }
}
