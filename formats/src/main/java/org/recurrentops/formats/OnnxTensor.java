package org.recurrentops.formats;

import org.recurrentops.Shape;

/**
 * A float tensor of an ONNX model.
 *
 * @param shape extents
 * @param values row-major; not copied
 */
public record OnnxTensor(Shape shape, float[] values) {

  /** Checks the count. */
  public OnnxTensor {
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
}
