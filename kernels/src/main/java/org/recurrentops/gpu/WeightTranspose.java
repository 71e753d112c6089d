package org.recurrentops.gpu;

import org.recurrentops.ParameterSlice;
import org.recurrentops.ParameterSlice.Kind;

/**
 * Recurrent weights as forward reads them: R and W_p transposed, so that the products of the time
 * loop read rows of gates. Costs one pass over R per call, or nothing with packed weights.
 */
final class WeightTranspose {
  private WeightTranspose() {}

  static void add(WorkList list, CallMemory memory, int layer, int direction) {
    for (Kind kind : new Kind[] {Kind.WEIGHT_HH, Kind.WEIGHT_HR}) {
      ParameterSlice slice = memory.slice(kind, layer, direction);
      if (isMatrix(slice)) {
        Address src = memory.loopWeight(kind, layer, direction);
        add(list, slice, src, memory.transposed(kind, layer, direction));
      }
    }
  }

  /** Whether a weight is read by products: not the vector of independent units. */
  static boolean isMatrix(ParameterSlice slice) {
    return slice != null && slice.shape().rank() == 2;
  }

  static void add(WorkList list, ParameterSlice slice, Address src, Address dst) {
    Bindings b =
        new Bindings()
            .put("src", src)
            .put("dst", dst)
            .put("rows", Math.toIntExact(slice.shape().dim(0)))
            .put("columns", Math.toIntExact(slice.shape().dim(1)));
    list.elementwise(Kernels.TRANSPOSE, b, slice.elements());
  }
}
