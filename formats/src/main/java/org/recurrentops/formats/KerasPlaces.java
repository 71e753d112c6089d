package org.recurrentops.formats;

import java.util.Map;
import org.recurrentops.CellType;
import org.recurrentops.ParameterSlice.Kind;
import org.recurrentops.RnnSpec;
import org.recurrentops.Shape;

/**
 * Keras: transposed kernels, gates i,f,c,o or z,r,h. One bias, except the GRU with reset_after,
 * whose bias [2,3·H] has a row per side.
 */
final class KerasPlaces extends WeightPlaces {
  private static final int[] LSTM = {0, 1, 2, 3};
  private static final int[] GRU = {1, 0, 2};

  private final boolean twoBiases;

  KerasPlaces(RnnSpec spec) {
    super(spec);
    twoBiases = spec.cell() == CellType.GRU;
  }

  @Override
  void addTensors(Map<String, Shape> tensors) {
    long width = (long) gates * hidden;
    for (int l = 0; l < spec.layers(); l++) {
      for (int d = 0; d < directions; d++) {
        tensors.put("kernel" + suffix(l, d), Shape.of(spec.inputSize(l), width));
        tensors.put("recurrent_kernel" + suffix(l, d), Shape.of(hidden, width));
        if (hasBias()) {
          tensors.put("bias" + suffix(l, d), twoBiases ? Shape.of(2, width) : Shape.of(width));
        }
      }
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
        return hasBias() ? new WeightPlace("bias" + suffix(l, d), at, 1, 1) : null;
      case BIAS_HH:
        return hasBias() && twoBiases
            ? new WeightPlace("bias" + suffix(l, d), gates * hidden + at, 1, 1)
            : null;
      default:
        throw new AssertionError(kind);
    }
  }
}
