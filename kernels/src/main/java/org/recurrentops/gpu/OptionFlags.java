package org.recurrentops.gpu;

import org.recurrentops.RnnSpec;

/** Options of the cells' equations as kernels take them; {@code cell_options.h} has the same. */
final class OptionFlags {
  private static final int PEEPHOLES = 1;
  private static final int COUPLED = 2;
  private static final int KEEPS_ARGUMENTS = 4;

  private OptionFlags() {}

  /** Adds them; without peepholes any address will do. */
  static void put(Bindings b, RnnSpec spec, Address peepholes) {
    boolean keepsArguments = spec.preActivationClip() != Float.POSITIVE_INFINITY;
    b.put("peepholes", peepholes);
    b.put(
        "options",
        (spec.hasPeepholes() ? PEEPHOLES : 0)
            | (spec.isInputForgetCoupled() ? COUPLED : 0)
            | (keepsArguments ? KEEPS_ARGUMENTS : 0));
    b.put("clip", spec.preActivationClip()).put("cell_clip", spec.cellClip());
  }
}
