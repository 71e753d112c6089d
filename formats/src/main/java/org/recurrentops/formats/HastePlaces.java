package org.recurrentops.formats;

import java.util.Map;
import org.recurrentops.ParameterSlice.Kind;
import org.recurrentops.RnnSpec;
import org.recurrentops.Shape;

/**
 * Haste: transposed kernels, gates i,g,f,o or z,r,g; one bias for the LSTM, two for the GRU; gains
 * of layer normalisation of both sides in one tensor.
 */
final class HastePlaces extends WeightPlaces {
  private static final int[] LSTM = {0, 2, 1, 3};
  private static final int[] GRU = {1, 0, 2};

  HastePlaces(RnnSpec spec) {
    super(spec);
  }

  @Override
  void addTensors(Map<String, Shape> tensors) {
    long width = (long) gates * hidden;
    for (int l = 0; l < spec.layers(); l++) {
      for (int d = 0; d < directions; d++) {
        tensors.put("kernel" + suffix(l, d), Shape.of(spec.inputSize(l), width));
        tensors.put("recurrent_kernel" + suffix(l, d), Shape.of(hidden, width));
        tensors.put("bias" + suffix(l, d), Shape.of(width));
        if (gates == 3) {
          tensors.put("recurrent_bias" + suffix(l, d), Shape.of(width));
        }
        if (spec.isLayerNormalised()) {
          addNorms(tensors, suffix(l, d));
        }
      }
    }
  }

  private void addNorms(Map<String, Shape> tensors, String suffix) {
    tensors.put("gamma" + suffix, Shape.of(2, (long) gates * hidden));
    if (spec.cell().hasCellState()) {
      tensors.put("gamma_h" + suffix, Shape.of(hidden));
      tensors.put("beta_h" + suffix, Shape.of(hidden));
    }
  }

  @Override
  WeightPlace place(Kind kind, int l, int d, int gate) {
    int at = (gates == 3 ? GRU[gate] : LSTM[gate]) * hidden;
    switch (kind) {
      case WEIGHT_IH:
        return new WeightPlace("kernel" + suffix(l, d), at, 1, gates * hidden);
      case WEIGHT_HH:
        return new WeightPlace("recurrent_kernel" + suffix(l, d), at, 1, gates * hidden);
      case BIAS_IH:
        return new WeightPlace("bias" + suffix(l, d), at, 1, 1);
      case BIAS_HH:
        return gates == 3 ? new WeightPlace("recurrent_bias" + suffix(l, d), at, 1, 1) : null;
      case LN_GAMMA_IH:
        return new WeightPlace("gamma" + suffix(l, d), at, 1, 1);
      case LN_GAMMA_HH:
        return new WeightPlace("gamma" + suffix(l, d), gates * hidden + at, 1, 1);
      case LN_GAMMA_C:
        return new WeightPlace("gamma_h" + suffix(l, d), 0, 1, 1);
      case LN_BETA_C:
        return new WeightPlace("beta_h" + suffix(l, d), 0, 1, 1);
      default:
        throw new AssertionError(kind);
    }
  }
}
