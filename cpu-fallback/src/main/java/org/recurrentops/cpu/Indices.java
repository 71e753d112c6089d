package org.recurrentops.cpu;

import org.recurrentops.DeviceException;
import org.recurrentops.Tensor;

/** An I32 tensor read in row-major order of its axes. */
final class Indices {
  private final Tensor tensor;
  private final IntMemory memory;
  private final int inner;
  private final long innerStride;

  Indices(Tensor tensor) {
    this.tensor = tensor;
    this.memory = IntMemory.of(tensor);
    this.inner = tensor.rank() == 0 ? 1 : (int) tensor.dim(-1);
    this.innerStride = tensor.rank() == 0 ? 1 : tensor.stride(tensor.rank() - 1);
  }

  int count() {
    return (int) tensor.shape().elements();
  }

  int get(int i) {
    return memory.get(tensor.rowOffset(i / inner) + i % inner * innerStride);
  }

  /**
   * Refuses indices outside 0 … limit−1 before anything is written.
   *
   * @param call what asks
   * @param batch N, where element t·N + n belongs to row n
   * @param lengths valid steps of each row, the others are not looked at, or null to look at all
   */
  void require(String call, int limit, int batch, RowLengths lengths) {
    int count = count();
    for (int i = 0; i < count; i++) {
      if (lengths == null || lengths.isValid(i / batch, i % batch)) {
        int v = get(i);
        if (v < 0 || v >= limit) {
          throw outOfRange(call, v, i, limit);
        }
      }
    }
  }

  static DeviceException outOfRange(String call, int value, int row, int limit) {
    return new DeviceException(
        call
            + ": expected 0 ≤ index < "
            + limit
            + ", got "
            + value
            + " at row "
            + row
            + "; nothing was written");
  }
}
