package org.recurrentops.cpu;

import org.recurrentops.Tensor;

/**
 * The innermost rows of an F32 tensor, in row-major order of its leading axes: read in place by
 * matrix products where they are evenly spaced in an array, else copied row by row.
 */
final class Rows {
  private final Tensor tensor;
  private final FloatMemory memory;
  private final long first;
  private final long stride;
  private final int width;

  Rows(Tensor tensor) {
    this.tensor = tensor;
    this.memory = FloatMemory.of(tensor);
    this.first = tensor.offset();
    this.stride = tensor.uniformRowStride();
    this.width = tensor.rank() == 0 ? 1 : (int) tensor.dim(-1);
  }

  int count() {
    return (int) tensor.rows();
  }

  int width() {
    return width;
  }

  /** Whether {@link #array}, {@link #at} and {@link #stride} describe a matrix. */
  boolean inPlace() {
    return memory.array() != null && stride >= width && stride <= Integer.MAX_VALUE;
  }

  float[] array() {
    return memory.array();
  }

  /** First element of a row. */
  long at(int row) {
    return stride >= 0 ? first + row * stride : tensor.rowOffset(row);
  }

  /** Elements from one row to the next. */
  int stride() {
    return (int) stride;
  }

  /** Copies part of a row out. */
  void read(int row, int column, int count, float[] target, int offset) {
    memory.read(at(row) + column, target, offset, count);
  }

  /** Copies part of a row in. */
  void write(int row, int column, int count, float[] source, int offset) {
    memory.write(at(row) + column, source, offset, count);
  }

  /** Copies a block out, densely. */
  void load(int fromRow, int toRow, int column, int count, float[] target, int offset) {
    for (int r = fromRow; r < toRow; r++) {
      read(r, column, count, target, offset + (r - fromRow) * count);
    }
  }

  /** Copies a dense block in. */
  void store(int fromRow, int toRow, int column, int count, float[] source, int offset) {
    for (int r = fromRow; r < toRow; r++) {
      write(r, column, count, source, offset + (r - fromRow) * count);
    }
  }
}
