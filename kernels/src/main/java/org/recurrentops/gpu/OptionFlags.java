package org.recurrentops.gpu;

import org.recurrentops.Activation;
import org.recurrentops.CellOptions;
import org.recurrentops.RnnSpec;

/** Options of the cells' equations as kernels take them; {@code cell_options.h} has the same. */
final class OptionFlags {
  private static final int PEEPHOLES = 1;
  private static final int COUPLED = 2;
  private static final int KEEPS_ARGUMENTS = 4;
  private static final int INDEPENDENT = 8;
  private static final int FUNCTION_BITS = 4;

  private OptionFlags() {}

  /** Adds the options of one direction. */
  static void put(Bindings b, RnnSpec spec, int direction) {
    CellOptions options = spec.cellOptions();
    boolean keepsArguments =
        spec.preActivationClip() != Float.POSITIVE_INFINITY || !options.activations().isEmpty();
    b.put(
        "flags",
        (spec.hasPeepholes() ? PEEPHOLES : 0)
            | (spec.isInputForgetCoupled() ? COUPLED : 0)
            | (keepsArguments ? KEEPS_ARGUMENTS : 0)
            | (options.independent() ? INDEPENDENT : 0));
    b.put("clip", spec.preActivationClip()).put("cell_clip", spec.cellClip());
    int functions = 0;
    String[] names = {"f", "g", "h"};
    for (int which = 0; which < Activation.defaults(spec.cell()).size(); which++) {
      Activation a = spec.activation(which, direction);
      functions |= a.function().ordinal() << FUNCTION_BITS * which;
      b.put(names[which] + "_alpha", a.alpha()).put(names[which] + "_beta", a.beta());
    }
    b.put("functions", functions);
  }
}
