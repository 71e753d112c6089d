package org.recurrentops.formats;

import java.util.Map;
import org.recurrentops.ParameterSlice.Kind;
import org.recurrentops.RnnSpec;
import org.recurrentops.Shape;

/** ONNX: gates i,o,f,c or z,r,h; directions in one tensor; B = Wb‖Rb; P = i,o,f. */
final class OnnxPlaces extends WeightPlaces {
  /** ONNX's block of our peepholes i, f, o. */
  private static final int[] PEEPHOLES = {0, 2, 1};

  private final OnnxOp op;

  OnnxPlaces(RnnSpec spec) {
    super(spec);
    op = spec.cell().hasCellState() ? OnnxOp.LSTM : gates == 3 ? OnnxOp.GRU : OnnxOp.RNN;
  }

  @Override
  void addTensors(Map<String, Shape> tensors) {
    long rows = (long) gates * hidden;
    for (int l = 0; l < spec.layers(); l++) {
      tensors.put("W_l" + l, Shape.of(directions, rows, spec.inputSize(l)));
      tensors.put("R_l" + l, Shape.of(directions, rows, hidden));
      if (hasBias()) {
        tensors.put("B_l" + l, Shape.of(directions, 2 * rows));
      }
      if (spec.hasPeepholes()) {
        tensors.put("P_l" + l, Shape.of(directions, 3L * hidden));
      }
    }
  }

  @Override
  WeightPlace place(Kind kind, int l, int d, int block) {
    if (kind == Kind.PEEPHOLES) {
      return new WeightPlace("P_l" + l, (d * 3 + PEEPHOLES[block]) * hidden, 1, 1);
    }
    int there = op.block(block);
    if (kind == Kind.BIAS_IH || kind == Kind.BIAS_HH) {
      int side = kind == Kind.BIAS_IH ? 0 : 1;
      int at = ((2 * d + side) * gates + there) * hidden;
      return hasBias() ? new WeightPlace("B_l" + l, at, 1, 1) : null;
    }
    int columns = columns(kind, l);
    String name = (kind == Kind.WEIGHT_IH ? "W_l" : "R_l") + l;
    return new WeightPlace(name, (d * gates + there) * hidden * columns, columns, 1);
  }
}
