package org.recurrentops.formats;

import org.recurrentops.DType;
import org.recurrentops.Shape;

/**
 * A tensor of a case file, row-major. Values are kept as read: expected results have more digits
 * than their type.
 *
 * @param dtype element type
 * @param shape extents
 * @param values as many as the shape has elements; not copied
 */
public record CaseTensor(DType dtype, Shape shape, double[] values) {

  /** Checks the count. */
  public CaseTensor {
    if (shape.elements() != values.length) {
      throw new IllegalArgumentException(
          "tensor: expected "
              + shape.elements()
              + " values for "
              + shape
              + ", got "
              + values.length);
    }
  }

  /**
   * A float32 result.
   *
   * @param values row-major
   * @param dims extents
   * @return the tensor
   */
  public static CaseTensor of(double[] values, long... dims) {
    return new CaseTensor(DType.F32, Shape.of(dims), values);
  }

  /**
   * Values as float32 holds them.
   *
   * @return a copy, each rounded to float32
   */
  public double[] singles() {
    double[] rounded = new double[values.length];
    for (int i = 0; i < rounded.length; i++) {
      rounded[i] = (float) values[i];
    }
    return rounded;
  }

  /**
   * Values as integers.
   *
   * @return a copy
   */
  public int[] integers() {
    int[] whole = new int[values.length];
    for (int i = 0; i < whole.length; i++) {
      whole[i] = (int) values[i];
    }
    return whole;
  }
}
