package org.recurrentops.bench.layers;

import org.recurrentops.ParameterLayout;
import org.recurrentops.ParameterSlice.Kind;
import org.recurrentops.bench.layers.ReferenceCell.Step;

/** One row of a layer forwards and backwards in float64, a step at a time, from zero states. */
final class ReferenceLayer {
  private final LayerShape shape;
  private final float[] params;
  private final ReferenceCell cell;
  private final int rows;
  private final int weightIh;
  private final int weightHh;
  private final int biasIh;
  private final int biasHh;

  ReferenceLayer(LayerShape shape, float[] params) {
    this.shape = shape;
    this.params = params;
    ParameterLayout layout = ParameterLayout.of(shape.spec());
    cell = ReferenceCell.of(shape.cell());
    rows = shape.cell().gates() * shape.hiddenSize();
    weightIh = shape.skipsInput() ? -1 : offset(layout, Kind.WEIGHT_IH);
    weightHh = offset(layout, Kind.WEIGHT_HH);
    biasIh = offset(layout, Kind.BIAS_IH);
    biasHh = offset(layout, Kind.BIAS_HH);
  }

  private static int offset(ParameterLayout layout, Kind kind) {
    return Math.toIntExact(layout.find(kind, 0, 0).offset());
  }

  /**
   * The steps of one row.
   *
   * @param x [T,N,C]
   * @param row 0 ≤ row &lt; N
   * @return [T]
   */
  Step[] forward(float[] x, int row) {
    Step[] steps = new Step[shape.steps()];
    Step before = step(null);
    double[] a = new double[rows];
    double[] b = new double[rows];
    for (int t = 0; t < steps.length; t++) {
      double[] input = slice(x, t, row, shape.inputSize());
      Step now = step(before);
      if (shape.skipsInput()) {
        addToEveryGate(input, a);
      } else {
        product(weightIh, biasIh, input, a);
      }
      product(weightHh, biasHh, before.h(), b);
      cell.forward(now, a, b);
      steps[t] = before = now;
    }
    return steps;
  }

  /**
   * Gradients of one row.
   *
   * @param steps of {@link #forward}
   * @param x [T,N,C]
   * @param dy [T,N,H]
   * @param row 0 ≤ row &lt; N
   * @param dParams in the layout of the parameters, added to
   * @return dx of the row, [T][C]
   */
  double[][] backward(Step[] steps, float[] x, float[] dy, int row, double[] dParams) {
    double[][] dx = new double[steps.length][shape.inputSize()];
    double[] dh = new double[shape.hiddenSize()];
    double[] dc = new double[shape.hiddenSize()];
    double[] da = new double[rows];
    double[] db = new double[rows];
    for (int t = steps.length - 1; t >= 0; t--) {
      double[] dyNow = slice(dy, t, row, shape.hiddenSize());
      for (int j = 0; j < dh.length; j++) {
        dh[j] += dyNow[j];
      }
      cell.backward(steps[t], dh, dc, da, db);
      if (shape.skipsInput()) {
        sumOverGates(da, dx[t], dParams);
      } else {
        productTransposed(weightIh, da, dx[t]);
        addOuter(da, slice(x, t, row, shape.inputSize()), dParams, weightIh, biasIh);
      }
      productTransposed(weightHh, db, dh);
      addOuter(db, steps[t].before().h(), dParams, weightHh, biasHh);
    }
    return dx;
  }

  private Step step(Step before) {
    return new Step(before, shape.hiddenSize(), shape.cell().gates());
  }

  private double[] slice(float[] sequence, int t, int row, int width) {
    double[] values = new double[width];
    int from = (t * shape.batch() + row) * width;
    for (int j = 0; j < width; j++) {
      values[j] = sequence[from + j];
    }
    return values;
  }

  /** out of each gate = v + bias. */
  private void addToEveryGate(double[] v, double[] out) {
    for (int i = 0; i < rows; i++) {
      out[i] = params[biasIh + i] + v[i % v.length];
    }
  }

  /** out += the sum of u over the gates, dbias += u. */
  private void sumOverGates(double[] u, double[] out, double[] dParams) {
    for (int i = 0; i < rows; i++) {
      out[i % out.length] += u[i];
      dParams[biasIh + i] += u[i];
    }
  }

  /** out = M·v + bias. */
  private void product(int matrix, int bias, double[] v, double[] out) {
    for (int i = 0; i < rows; i++) {
      double sum = params[bias + i];
      for (int j = 0; j < v.length; j++) {
        sum += params[matrix + i * v.length + j] * v[j];
      }
      out[i] = sum;
    }
  }

  /** out += Mᵀ·v. */
  private void productTransposed(int matrix, double[] v, double[] out) {
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < out.length; j++) {
        out[j] += params[matrix + i * out.length + j] * v[i];
      }
    }
  }

  /** dM += u·vᵀ, dbias += u. */
  private void addOuter(double[] u, double[] v, double[] dParams, int matrix, int bias) {
    for (int i = 0; i < rows; i++) {
      dParams[bias + i] += u[i];
      for (int j = 0; j < v.length; j++) {
        dParams[matrix + i * v.length + j] += u[i] * v[j];
      }
    }
  }
}
