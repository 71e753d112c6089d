package org.recurrentops.gpu;

import org.recurrentops.ParameterSlice.Kind;
import org.recurrentops.RnnSpec;

/** Kernel parameters of layer normalisation. */
final class NormBindings {
  private NormBindings() {}

  /** Adds gains and what forward keeps. */
  static void put(Bindings b, CallMemory memory, int layer, int direction) {
    RnnSpec spec = memory.spec;
    PlanLayout.Norms kept = memory.layout.norms[layer * spec.direction().count() + direction];
    boolean cell = spec.cell().hasCellState();
    b.put("gain_ih", memory.weight(Kind.LN_GAMMA_IH, layer, direction));
    b.put("gain_hh", memory.weight(Kind.LN_GAMMA_HH, layer, direction));
    if (cell) {
      b.put("gain_c", memory.weight(Kind.LN_GAMMA_C, layer, direction));
      b.put("shift_c", memory.weight(Kind.LN_BETA_C, layer, direction));
    }
    b.put("normal_ih", memory.states().plus(kept.input()));
    b.put("normal_hh", memory.states().plus(kept.recurrent()));
    b.put("normal_c", memory.states().plus(kept.cell()));
    b.put("inverses", memory.states().plus(kept.inverses()));
    b.put("keeps", memory.layout.training);
    b.put("epsilon", spec.cellOptions().layerNormEpsilon());
    b.put("columns", memory.gateRows());
    b.put("adds", cell).put("separate", !cell);
    b.put("projected", spec.projectionSize() > 0);
  }

  /** Adds what backward leaves for the gradients of gains and biases. */
  static void putGradients(Bindings b, CallMemory memory, PlanLayout.NormGradients n) {
    boolean cell = memory.spec.cell().hasCellState();
    b.put("dargs", memory.scratch(n.arguments()));
    b.put("drecurrent_args", memory.scratch(cell ? n.arguments() : n.recurrentArguments()));
    b.put("dcell", memory.scratch(n.cell()));
    boolean projected = memory.spec.projectionSize() > 0;
    if (cell && !projected) {
      b.put("dm", b.address("dh_seq"));
    }
    b.put("dm_step", projected ? 0L : memory.plane(memory.spec.hiddenSize()));
  }
}
