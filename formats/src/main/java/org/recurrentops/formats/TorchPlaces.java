package org.recurrentops.formats;

import java.util.Map;
import org.recurrentops.BiasMode;
import org.recurrentops.ParameterSlice.Kind;
import org.recurrentops.RnnSpec;
import org.recurrentops.Shape;

/** PyTorch: our own layout under the same names, with both biases or none. */
final class TorchPlaces extends WeightPlaces {
  TorchPlaces(RnnSpec spec) {
    super(spec);
  }

  @Override
  void addTensors(Map<String, Shape> tensors) {
    long rows = (long) gates * hidden;
    for (int l = 0; l < spec.layers(); l++) {
      for (int d = 0; d < directions; d++) {
        tensors.put(name(Kind.WEIGHT_IH, l, d), Shape.of(rows, spec.inputSize(l)));
        tensors.put(name(Kind.WEIGHT_HH, l, d), Shape.of(rows, spec.stateSize()));
        if (spec.bias() != BiasMode.NONE) {
          tensors.put(name(Kind.BIAS_IH, l, d), Shape.of(rows));
          tensors.put(name(Kind.BIAS_HH, l, d), Shape.of(rows));
        }
        if (spec.projectionSize() > 0) {
          tensors.put(name(Kind.WEIGHT_HR, l, d), Shape.of(spec.projectionSize(), hidden));
        }
      }
    }
  }

  private static String name(Kind kind, int l, int d) {
    return kind.prefix() + suffix(l, d);
  }

  @Override
  WeightPlace place(Kind kind, int l, int d, int block) {
    if (kind == Kind.BIAS_IH || kind == Kind.BIAS_HH) {
      return hasBias() ? new WeightPlace(name(kind, l, d), block * hidden, 1, 1) : null;
    }
    int columns = kind == Kind.WEIGHT_HR ? hidden : columns(kind, l);
    return new WeightPlace(name(kind, l, d), block * hidden * columns, columns, 1);
  }
}
