package org.recurrentops.formats;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.recurrentops.DType;
import org.recurrentops.Shape;

/** What both case formats hold: tensors of known extents, names, lengths. */
final class CaseTensors {
  private CaseTensors() {}

  /** {@code {"dtype": …, "dims": […], "data": […]}}. */
  static CaseTensor typed(JsonValue v, DType type, Shape shape) {
    String name = type == DType.I32 ? "int32" : "float32";
    if (!v.get("dtype").text().equals(name)) {
      throw v.get("dtype").error("'" + name + "'", "'" + v.get("dtype").text() + "'");
    }
    return shaped(v, "dims", type, shape);
  }

  /** {@code {"shape": […], "data": […]}}. */
  static CaseTensor shaped(JsonValue v, String extents, DType type, Shape shape) {
    double[] dims = v.get(extents).numbers();
    long[] expected = shape.dims();
    boolean same = dims.length == expected.length;
    for (int i = 0; same && i < dims.length; i++) {
      same = dims[i] == expected[i];
    }
    if (!same) {
      throw v.get(extents).error(shape.toString(), Arrays.toString(dims));
    }
    double[] data = v.get("data").numbers();
    if (data.length != shape.elements()) {
      throw v.get("data").error(shape.elements() + " values for " + shape, data.length + "");
    }
    if (type == DType.I32) {
      for (int i = 0; i < data.length; i++) {
        if (data[i] != (int) data[i]) {
          throw v.get("data").error("32-bit integers", data[i] + " at index " + i);
        }
      }
    }
    return new CaseTensor(type, shape, data);
  }

  static void requireLengths(JsonValue v, int[] lengths, int steps) {
    for (int n = 0; n < lengths.length; n++) {
      if (lengths[n] < 0 || lengths[n] > steps) {
        throw v.error("0 ≤ length ≤ T=" + steps, lengths[n] + " for row " + n);
      }
    }
  }

  static List<String> texts(JsonValue v) {
    List<String> texts = new ArrayList<>();
    for (JsonValue e : v.elements()) {
      texts.add(e.text());
    }
    return texts;
  }

  static <T> T constant(JsonValue v, T[] constants, Function<T, String> label) {
    List<String> labels = new ArrayList<>();
    for (T c : constants) {
      labels.add(label.apply(c));
      if (v.text().equals(label.apply(c))) {
        return c;
      }
    }
    throw v.error("one of " + labels, "'" + v.text() + "'");
  }
}
