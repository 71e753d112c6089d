package org.recurrentops.tck.reference;

import org.recurrentops.ParameterLayout;
import org.recurrentops.ParameterSlice;
import org.recurrentops.ParameterSlice.Kind;

/**
 * The mask of recurrent weights, from its definition: key = seed; counter = (kind 3 and layer,
 * direction, row of weight_hh, column / 4), word column mod 4; kept when that word, unsigned, is at
 * least ⌊p·2³²⌋, and then scaled by 1/(1−p).
 */
final class DropConnectMask {
  private static final int KIND = 3;

  private DropConnectMask() {}

  /** The parameters, or their gradient, with weight_hh masked; as they are without DropConnect. */
  static double[] masked(double[] flat, ReferenceRnn rnn, ReferenceCall call) {
    float p = rnn.spec.cellOptions().dropConnect();
    if (p == 0 || !call.dropout) {
      return flat;
    }
    double[] masked = flat.clone();
    ParameterLayout layout = rnn.layout;
    for (ParameterSlice s : layout.slices()) {
      if (s.kind() == Kind.WEIGHT_HH) {
        mask(masked, s, p, call.seed);
      }
    }
    return masked;
  }

  private static void mask(double[] flat, ParameterSlice s, float p, long seed) {
    int[] key = {(int) seed, (int) (seed >>> 32)};
    long threshold = (long) Math.floor(p * 4294967296.0);
    double scale = 1 / (1 - (double) p);
    int columns = (int) s.shape().dim(1);
    for (int i = 0; i < s.elements(); i++) {
      int column = i % columns;
      int[] counter = {(KIND << 16) | s.layer(), s.direction(), i / columns, column / 4};
      long word = Integer.toUnsignedLong(ReferencePhilox.block(counter, key)[column % 4]);
      flat[(int) s.offset() + i] *= word >= threshold ? scale : 0;
    }
  }
}
