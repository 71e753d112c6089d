package org.recurrentops.tck.reference;

import org.recurrentops.ParameterSlice.Kind;
import org.recurrentops.RnnSpec;

/**
 * One step of one row: the cell equations of {@link org.recurrentops.CellType} and their
 * derivatives, written out. Subclasses keep nothing between steps; what backward needs is in the
 * {@link Step}.
 */
abstract class ReferenceCell {
  /** Hidden size H. */
  final int hidden;

  /** Weights of this layer and direction. */
  final LayerSlices w;

  /** ε of layer normalisation, 0 without it. */
  final double epsilon;

  private final int gates;

  ReferenceCell(RnnSpec spec, LayerSlices w) {
    this.hidden = spec.hiddenSize();
    this.w = w;
    epsilon = spec.cellOptions().layerNormEpsilon();
    gates = spec.cell().gates();
  }

  static ReferenceCell of(RnnSpec spec, LayerSlices w, int direction) {
    switch (spec.cell()) {
      case VANILLA_TANH:
      case VANILLA_RELU:
        return new VanillaReference(spec, w, direction);
      case LSTM:
        return new LstmReference(spec, w, direction);
      case GRU:
        return new GruReference(spec, w, direction);
      case GRU_RESET_BEFORE:
        return new GruResetBeforeReference(spec, w, direction);
      default:
        throw new IllegalArgumentException("no reference for cell " + spec.cell());
    }
  }

  /**
   * Computes h_t (and c_t).
   *
   * @param x [C_l]
   * @param h h₋
   * @param c c₋, or null for cells without one
   */
  abstract Step forward(double[] x, double[] h, double[] c);

  /**
   * Carries the gradient over one step.
   *
   * @param s the step's forward
   * @param dh total gradient of h_t
   * @param dc gradient of c_t that arrives from step t+1, or null
   * @param dw receives the gradient of the weights
   * @return gradients of x_t, h₋ and c₋
   */
  abstract StepGradient backward(Step s, double[] dh, double[] dc, LayerSlices dw);

  /** Smallest distance of an argument from a point without derivative; exact hits do not count. */
  double nearestKink(Step s) {
    return Double.POSITIVE_INFINITY;
  }

  /** W_gate x + b_W, or x + b_W without weights. */
  final double[] inputSide(int gate, double[] x) {
    double[] wx = w.has(Kind.WEIGHT_IH) ? w.times(Kind.WEIGHT_IH, gate, hidden, x) : x;
    return sum(wx, w.bias(Kind.BIAS_IH, gate, hidden));
  }

  /** R_gate h + b_R. */
  final double[] recurrentSide(int gate, double[] h) {
    return sum(w.times(Kind.WEIGHT_HH, gate, hidden, h), w.bias(Kind.BIAS_HH, gate, hidden));
  }

  /** Gradient of {@link #inputSide}: u is that of its result. */
  final void inputSideBackward(int gate, double[] u, double[] x, double[] dx, LayerSlices dw) {
    if (w.has(Kind.WEIGHT_IH)) {
      w.addTransposedTimes(Kind.WEIGHT_IH, gate, u, dx);
      dw.addOuter(Kind.WEIGHT_IH, gate, u, x);
    } else {
      for (int j = 0; j < hidden; j++) {
        dx[j] += u[j];
      }
    }
    dw.addBias(Kind.BIAS_IH, gate, u);
  }

  /** Gradient of {@link #recurrentSide}: u is that of its result. */
  final void recurrentSideBackward(int gate, double[] u, double[] h, double[] dh, LayerSlices dw) {
    w.addTransposedTimes(Kind.WEIGHT_HH, gate, u, dh);
    dw.addOuter(Kind.WEIGHT_HH, gate, u, h);
    dw.addBias(Kind.BIAS_HH, gate, u);
  }

  /** {@link #inputSide} of every gate [G][H], or LN(W x; γ_ih) + b_W. */
  final double[][] inputSides(double[] x) {
    return sides(Kind.WEIGHT_IH, Kind.LN_GAMMA_IH, Kind.BIAS_IH, x);
  }

  /** {@link #recurrentSide} of every gate [G][H], or LN(R h; γ_hh) + b_R. */
  final double[][] recurrentSides(double[] h) {
    return sides(Kind.WEIGHT_HH, Kind.LN_GAMMA_HH, Kind.BIAS_HH, h);
  }

  private double[][] sides(Kind weight, Kind gain, Kind bias, double[] v) {
    double[][] sides = new double[gates][];
    double[] x = epsilon == 0 ? null : ReferenceNorm.normal(products(weight, v), epsilon);
    for (int gate = 0; gate < gates; gate++) {
      if (epsilon == 0) {
        sides[gate] = weight == Kind.WEIGHT_IH ? inputSide(gate, v) : recurrentSide(gate, v);
      } else {
        double[] scaled = product(w.bias(gain, gate, hidden), block(x, gate));
        sides[gate] = sum(scaled, w.bias(bias, gate, hidden));
      }
    }
    return sides;
  }

  /** All rows of a weight times v. */
  private double[] products(Kind weight, double[] v) {
    return w.times(weight, 0, gates * hidden, v);
  }

  private double[] block(double[] all, int gate) {
    return java.util.Arrays.copyOfRange(all, gate * hidden, (gate + 1) * hidden);
  }

  /** Gradient of {@link #inputSides}: u [G][H] is that of its result. */
  final void inputSidesBackward(double[][] u, double[] x, double[] dx, LayerSlices dw) {
    for (int gate = 0; epsilon == 0 && gate < gates; gate++) {
      inputSideBackward(gate, u[gate], x, dx, dw);
    }
    if (epsilon > 0) {
      normBackward(Kind.WEIGHT_IH, Kind.LN_GAMMA_IH, Kind.BIAS_IH, u, x, dx, dw);
    }
  }

  /** Gradient of {@link #recurrentSides}: u [G][H] is that of its result. */
  final void recurrentSidesBackward(double[][] u, double[] h, double[] dh, LayerSlices dw) {
    for (int gate = 0; epsilon == 0 && gate < gates; gate++) {
      recurrentSideBackward(gate, u[gate], h, dh, dw);
    }
    if (epsilon > 0) {
      normBackward(Kind.WEIGHT_HH, Kind.LN_GAMMA_HH, Kind.BIAS_HH, u, h, dh, dw);
    }
  }

  private void normBackward(
      Kind weight, Kind gain, Kind bias, double[][] u, double[] v, double[] dv, LayerSlices dw) {
    double[] a = products(weight, v);
    double[] x = ReferenceNorm.normal(a, epsilon);
    double[] d = new double[a.length];
    for (int gate = 0; gate < gates; gate++) {
      double[] scaled = product(u[gate], w.bias(gain, gate, hidden));
      System.arraycopy(scaled, 0, d, gate * hidden, hidden);
      dw.addBias(gain, gate, product(u[gate], block(x, gate)));
      dw.addBias(bias, gate, u[gate]);
    }
    double[] da = ReferenceNorm.gradient(d, a, epsilon);
    w.addTransposedTimes(weight, 0, da, dv);
    dw.addOuter(weight, 0, da, v);
  }

  static double[] sum(double[] a, double[] b) {
    double[] s = new double[a.length];
    for (int i = 0; i < a.length; i++) {
      s[i] = a[i] + b[i];
    }
    return s;
  }

  static double[] product(double[] a, double[] b) {
    double[] p = new double[a.length];
    for (int i = 0; i < a.length; i++) {
      p[i] = a[i] * b[i];
    }
    return p;
  }

  /** Bounded to [−bound, bound]; NaN stays. */
  static double[] clipped(double[] a, double bound) {
    double[] c = new double[a.length];
    for (int i = 0; i < a.length; i++) {
      c[i] = Math.max(-bound, Math.min(bound, a[i]));
    }
    return c;
  }

  /** Derivative of {@link #clipped}. */
  static double slope(double a, double bound) {
    return Math.abs(a) > bound ? 0 : 1;
  }

  /** Smallest distance of an argument from the bound of its clip. */
  static double fromBound(double[] a, double bound) {
    double nearest = Double.POSITIVE_INFINITY;
    for (double v : a) {
      nearest = Math.min(nearest, Math.abs(Math.abs(v) - bound));
    }
    return nearest;
  }

  static double sigmoid(double a) {
    return 1 / (1 + Math.exp(-a));
  }

  /**
   * What forward leaves for backward.
   *
   * @param x input
   * @param hBefore h₋
   * @param cBefore c₋ or null
   * @param h h_t
   * @param c c_t or null
   * @param saved activations, in the cell's own order
   */
  record Step(
      double[] x, double[] hBefore, double[] cBefore, double[] h, double[] c, double[]... saved) {}

  /**
   * Gradients that leave a step.
   *
   * @param dx of the input
   * @param dhBefore of h₋
   * @param dcBefore of c₋ or null
   */
  record StepGradient(double[] dx, double[] dhBefore, double[] dcBefore) {}
}
