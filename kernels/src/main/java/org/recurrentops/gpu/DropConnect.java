package org.recurrentops.gpu;

import org.recurrentops.ParameterSlice;
import org.recurrentops.ParameterSlice.Kind;

/**
 * The mask of weight_hh in training, see {@link org.recurrentops.RnnSpecBuilder#dropConnect}: the
 * loops read a masked copy of their lane, and the gradient of that is masked on its way to dParams.
 */
final class DropConnect {
  private static final int KIND = 3;

  private DropConnect() {}

  /** Whether a plan masks anything. */
  static boolean masks(PlanLayout layout) {
    return layout.training && layout.spec.cellOptions().dropConnect() > 0;
  }

  /** Fills the masked copy of a lane, if the plan has any. */
  static void mask(WorkList list, CallMemory memory, int layer, int direction) {
    if (masks(memory.layout)) {
      Address from = memory.weight(Kind.WEIGHT_HH, layer, direction);
      Address to = memory.scratch(memory.lane().maskedWeight());
      add(list, memory, layer, direction, from, to, false);
    }
  }

  /** The gradient of weight_hh from that of the masked copy. */
  static void gradient(
      WorkList list, CallMemory memory, int layer, int direction, Address to, boolean accumulate) {
    Address from = memory.scratch(memory.lane().maskedGradient());
    add(list, memory, layer, direction, from, to, accumulate);
  }

  private static void add(
      WorkList list,
      CallMemory memory,
      int layer,
      int direction,
      Address from,
      Address to,
      boolean accumulate) {
    float p = memory.spec.cellOptions().dropConnect();
    ParameterSlice slice = memory.slice(Kind.WEIGHT_HH, layer, direction);
    Bindings b =
        new Bindings()
            .put("src", from)
            .put("dst", to)
            .put("rows", Math.toIntExact(slice.shape().dim(0)))
            .put("columns", Math.toIntExact(slice.shape().dim(1)))
            .put("kind_layer", KIND << 16 | layer)
            .put("direction", direction)
            .put("random", memory.scratch(memory.layout.random))
            .put("threshold", (int) (long) Math.floor(p * 4294967296.0))
            .put("scale", memory.layout.wide ? 1 / (1 - (double) p) : 1 / (1 - p))
            .put("accumulate", accumulate);
    list.elementwise(Kernels.DROP_WEIGHTS, b, slice.elements());
  }
}
