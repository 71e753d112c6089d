package org.recurrentops.cpu;

import org.recurrentops.Tensor;
import org.recurrentops.UnsupportedSpecException;

/** The array behind memory that core gave a plan; a caller's allocator may have other ideas. */
final class PlanArray {
  private PlanArray() {}

  static float[] of(String what, Tensor tensor) {
    float[] array = FloatMemory.of(tensor).array();
    if (array == null) {
      throw new UnsupportedSpecException(
          "cpu: "
              + what
              + ": expected memory in a Java array, got a direct buffer; let the workspace"
              + " allocator hand out tensors of allocate() or of wrap(float[])");
    }
    return array;
  }
}
