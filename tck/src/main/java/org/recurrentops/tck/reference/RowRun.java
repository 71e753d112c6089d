package org.recurrentops.tck.reference;

import org.recurrentops.RnnSpec;

/**
 * One batch row through all layers: directions side by side, their outputs merged, dropout between
 * layers.
 */
final class RowRun {
  private final ReferenceRnn rnn;
  private final RnnSpec spec;
  private final double[] params;
  private final ReferenceCall call;
  private final int row;
  private final boolean[] valid;
  private final int directions;
  private final DirectionRun[] runs;
  private final DirectionMerge merge;
  private double[][] y;

  RowRun(ReferenceRnn rnn, double[] params, ReferenceCall call, int row) {
    this.rnn = rnn;
    this.params = params;
    this.spec = rnn.spec;
    this.call = call;
    this.row = row;
    valid = call.valid(row);
    directions = spec.direction().count();
    runs = new DirectionRun[spec.stateCount()];
    merge = new DirectionMerge(spec);
  }

  /** x [T][C], valid steps only; h0 and c0 [L·D][·], c0 null for cells without c. */
  void forward(double[][] x, double[][] h0, double[][] c0) {
    double[][] input = x;
    for (int l = 0; l < spec.layers(); l++) {
      for (int d = 0; d < directions; d++) {
        int s = l * directions + d;
        LayerSlices w = new LayerSlices(params, rnn.layout, l, d, rnn.operand);
        runs[s] =
            new DirectionRun(
                spec,
                ReferenceCell.of(spec, w, d),
                new ZoneoutFactors(spec, call, l, d, row),
                spec.direction().isReverse(d),
                valid);
        runs[s].forward(input, h0[s], c0 == null ? null : c0[s]);
      }
      input = merged(l);
      if (l == spec.layers() - 1) {
        y = input;
      } else {
        input = dropped(input, l);
      }
    }
  }

  private double[][] merged(int layer) {
    double[][] out = new double[call.steps][];
    for (int t = 0; t < call.steps; t++) {
      out[t] = merge.merged(outputs(layer, t), valid[t]);
    }
    return out;
  }

  /** [D][H or P], what the directions of a layer put out at one step. */
  private double[][] outputs(int layer, int t) {
    double[][] outputs = new double[directions][];
    for (int d = 0; d < directions; d++) {
      outputs[d] = runs[layer * directions + d].y[t];
    }
    return outputs;
  }

  /** Multiplies the valid steps by the dropout factors; its own gradient, too. */
  private double[][] dropped(double[][] values, int layer) {
    if (!call.dropout || spec.dropout() == 0) {
      return values;
    }
    double[][] out = values.clone();
    for (int t = 0; t < valid.length; t++) {
      if (!valid[t]) {
        continue;
      }
      double[] mask =
          DropoutMask.factors(
              spec.dropout(), call.seed, call.stepOffset + t, layer, row, spec.outputSize());
      out[t] = ReferenceCell.product(values[t], mask);
    }
    return out;
  }

  /**
   * Walks back through all layers.
   *
   * @param dy [T][D·H]
   * @param dh [L·D][·] gradient of hN; replaced by that of h0
   * @param dc [L·D][·] gradient of cN, replaced by that of c0; null for cells without c
   * @param dcSequence [L·D][T][H] gradient of c after each step, or null for zero
   * @param dParams added to
   * @return [T][C] gradient of x, zero in the padding
   */
  double[][] backward(
      double[][] dy, double[][] dh, double[][] dc, double[][][] dcSequence, double[] dParams) {
    double[][] dOut = dy;
    for (int l = spec.layers() - 1; l >= 0; l--) {
      if (l < spec.layers() - 1) {
        dOut = dropped(dOut, l);
      }
      double[][] dIn = new double[call.steps][spec.inputSize(l)];
      for (int d = 0; d < directions; d++) {
        int s = l * directions + d;
        LayerSlices dw = new LayerSlices(dParams, rnn.layout, l, d, rnn.operand);
        ReferenceCell.StepGradient g =
            runs[s].backward(
                gradients(dOut, l, d),
                dh[s],
                dc == null ? null : dc[s],
                dcSequence == null ? null : dcSequence[s],
                dIn,
                dw);
        dh[s] = g.dhBefore();
        if (dc != null) {
          dc[s] = g.dcBefore();
        }
      }
      dOut = dIn;
    }
    return dOut;
  }

  private double[][] gradients(double[][] dOut, int layer, int d) {
    double[][] part = new double[dOut.length][];
    for (int t = 0; t < dOut.length; t++) {
      part[t] = merge.gradient(dOut[t], d, outputs(layer, t));
    }
    return part;
  }

  double nearestKink() {
    double nearest = Double.POSITIVE_INFINITY;
    for (DirectionRun run : runs) {
      nearest = Math.min(nearest, run.nearestKink());
    }
    return nearest;
  }

  double[][] y() {
    return y;
  }

  /** [T][H] of one layer and direction. */
  double[][] c(int s) {
    return runs[s].c;
  }

  /** [T][H or P] of one layer and direction, after backward. */
  double[][] dh(int s) {
    return runs[s].dh;
  }

  double[][] hN() {
    double[][] h = new double[runs.length][];
    for (int s = 0; s < runs.length; s++) {
      h[s] = runs[s].hN;
    }
    return h;
  }

  double[][] cN() {
    double[][] c = new double[runs.length][];
    for (int s = 0; s < runs.length; s++) {
      c[s] = runs[s].cN;
    }
    return c;
  }
}
