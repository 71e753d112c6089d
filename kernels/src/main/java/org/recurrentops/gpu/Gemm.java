package org.recurrentops.gpu;

import org.recurrentops.spi.DeviceBuffer;

/** A prepared matrix product; setting operands and running allocate nothing. */
public interface Gemm {
  /**
   * Sets the left operand.
   *
   * @param buffer F32 memory; where {@link Products#operands()} has 16 bits, two numbers share the
   *     space of a float
   * @param offset first number, any alignment
   */
  void a(DeviceBuffer buffer, long offset);

  /**
   * Sets the right operand.
   *
   * @param buffer as for the left one
   * @param offset first number, any alignment
   */
  void b(DeviceBuffer buffer, long offset);

  /**
   * Sets the result.
   *
   * @param buffer F32 memory, not overlapping the operands
   * @param offset first element, any alignment
   */
  void c(DeviceBuffer buffer, long offset);

  /**
   * Changes how many rows and how deep the following runs are; leading dimensions stay.
   *
   * @param m rows of the result, 1 to those of the shape
   * @param k depth, 1 to that of the shape
   */
  void resize(int m, int k);

  /**
   * Enqueues the product.
   *
   * @param queue order
   */
  void run(DeviceQueue queue);

  /** Releases native objects. Called once. */
  void close();
}
