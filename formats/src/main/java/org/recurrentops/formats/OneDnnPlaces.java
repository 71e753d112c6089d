package org.recurrentops.formats;

import java.util.Map;
import org.recurrentops.CellType;
import org.recurrentops.ParameterSlice.Kind;
import org.recurrentops.RnnSpec;
import org.recurrentops.Shape;

/**
 * oneDNN, one primitive per layer: ldigo or ldgoi matrices, gates i,f,c,o or u,r,o. One bias per
 * gate; lbr_gru has a fourth, u′, for the recurrent side of o.
 */
final class OneDnnPlaces extends WeightPlaces {
  private static final int[] LSTM = {0, 1, 2, 3};
  private static final int[] GRU = {1, 0, 2};

  private final boolean inputMajor;
  private final boolean lbr;
  private final int biases;

  OneDnnPlaces(RnnSpec spec, boolean inputMajor) {
    super(spec);
    this.inputMajor = inputMajor;
    lbr = spec.cell() == CellType.GRU;
    biases = lbr ? 4 : gates;
  }

  @Override
  void addTensors(Map<String, Shape> tensors) {
    for (int l = 0; l < spec.layers(); l++) {
      tensors.put("weights_layer_l" + l, matrix(spec.inputSize(l)));
      tensors.put("weights_iter_l" + l, matrix(spec.stateSize()));
      if (spec.hasPeepholes()) {
        tensors.put("weights_peephole_l" + l, Shape.of(1, directions, 3, hidden));
      }
      if (spec.projectionSize() > 0) {
        int p = spec.projectionSize();
        tensors.put(
            "weights_projection_l" + l,
            inputMajor ? Shape.of(1, directions, hidden, p) : Shape.of(1, directions, p, hidden));
      }
      if (hasBias()) {
        tensors.put("bias_l" + l, Shape.of(1, directions, biases, hidden));
      }
    }
  }

  private Shape matrix(int inputs) {
    return inputMajor
        ? Shape.of(1, directions, inputs, gates, hidden)
        : Shape.of(1, directions, gates, hidden, inputs);
  }

  @Override
  WeightPlace place(Kind kind, int l, int d, int block) {
    switch (kind) {
      case WEIGHT_IH:
        return matrixPlace("weights_layer_l" + l, spec.inputSize(l), d, there(block));
      case WEIGHT_HH:
        return matrixPlace("weights_iter_l" + l, spec.stateSize(), d, there(block));
      case WEIGHT_HR:
        int p = spec.projectionSize();
        int start = d * hidden * p;
        return inputMajor
            ? new WeightPlace("weights_projection_l" + l, start, 1, p)
            : new WeightPlace("weights_projection_l" + l, start, hidden, 1);
      case PEEPHOLES:
        return new WeightPlace("weights_peephole_l" + l, (d * 3 + block) * hidden, 1, 1);
      case BIAS_IH:
        return hasBias() ? biasPlace(l, d, there(block)) : null;
      default:
        return hasBias() && lbr && block == 2 ? biasPlace(l, d, 3) : null;
    }
  }

  private int there(int gate) {
    return gates == 3 ? GRU[gate] : LSTM[gate];
  }

  private WeightPlace matrixPlace(String name, int inputs, int d, int gate) {
    int start = d * inputs * gates * hidden;
    return inputMajor
        ? new WeightPlace(name, start + gate * hidden, 1, gates * hidden)
        : new WeightPlace(name, start + gate * hidden * inputs, inputs, 1);
  }

  private WeightPlace biasPlace(int l, int d, int at) {
    return new WeightPlace("bias_l" + l, (d * biases + at) * hidden, 1, 1);
  }
}
