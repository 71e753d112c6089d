package org.recurrentops.formats;

import java.util.Map;
import org.recurrentops.ParameterSlice.Kind;
import org.recurrentops.RnnSpec;
import org.recurrentops.Shape;

/**
 * Deeplearning4j: 'f'-ordered matrices, so that column j of [n, 4·H] is contiguous. Its blocks are
 * tanh candidate, forget, output, σ input gate; GravesLSTM appends the peepholes of f, o and the
 * input gate as columns of RW. Always one bias.
 */
final class Dl4jPlaces extends WeightPlaces {
  private static final int[] LSTM = {3, 1, 0, 2};
  private static final int[] PEEPHOLES = {2, 0, 1};

  Dl4jPlaces(RnnSpec spec) {
    super(spec);
  }

  @Override
  void addTensors(Map<String, Shape> tensors) {
    long width = (long) gates * hidden;
    for (int l = 0; l < spec.layers(); l++) {
      for (int d = 0; d < directions; d++) {
        tensors.put("W" + suffix(l, d), Shape.of(spec.inputSize(l), width));
        tensors.put("RW" + suffix(l, d), Shape.of(hidden, width + (spec.hasPeepholes() ? 3 : 0)));
        tensors.put("b" + suffix(l, d), Shape.of(1, width));
      }
    }
  }

  @Override
  WeightPlace place(Kind kind, int l, int d, int block) {
    if (kind == Kind.PEEPHOLES) {
      int column = gates * hidden + PEEPHOLES[block];
      return new WeightPlace("RW" + suffix(l, d), column * hidden, 1, 1);
    }
    int there = gates == 4 ? LSTM[block] : block;
    if (kind == Kind.BIAS_HH) {
      return null;
    }
    if (kind == Kind.BIAS_IH) {
      return new WeightPlace("b" + suffix(l, d), there * hidden, 1, 1);
    }
    int columns = columns(kind, l);
    String name = (kind == Kind.WEIGHT_IH ? "W" : "RW") + suffix(l, d);
    return new WeightPlace(name, there * hidden * columns, columns, 1);
  }
}
