package org.recurrentops.tck.weights;

import java.util.Map;

/**
 * One forward step of other systems' cells, written from their own documentation on their own
 * tensors, in float64. Nothing here knows of canonical parameters. I inputs, H hidden.
 */
final class SystemStep {
  private final Map<String, float[]> weights;
  private final int inputs;
  private final int hidden;
  private final int state;
  private final double[] x;
  private final double[] h;
  private final double[] c;

  /** States after the step; c is null for cells without it. */
  record State(double[] h, double[] c) {}

  SystemStep(Map<String, float[]> weights, int hidden, double[] x, double[] h, double[] c) {
    this.weights = weights;
    this.inputs = x.length;
    this.hidden = hidden;
    this.state = h.length;
    this.x = x;
    this.h = h;
    this.c = c;
  }

  private static double sigmoid(double a) {
    return 1 / (1 + Math.exp(-a));
  }

  /** Σ_i v_i · w[i·stride + at]: column {@code at} of a row-major kernel with {@code stride}. */
  private double column(String kernel, double[] v, int stride, int at) {
    float[] w = weights.get(kernel);
    double sum = 0;
    for (int i = 0; i < v.length; i++) {
      sum += v[i] * w[i * stride + at];
    }
    return sum;
  }

  /** Σ_i w[start + i] · v_i. */
  private double row(String matrix, double[] v, int start) {
    float[] w = weights.get(matrix);
    double sum = 0;
    for (int i = 0; i < v.length; i++) {
      sum += v[i] * w[start + i];
    }
    return sum;
  }

  private double at(String tensor, int index) {
    return weights.get(tensor)[index];
  }

  /** keras.layers.LSTMCell.call: z = x·kernel + h·recurrent_kernel + bias; z0..z3 = i, f, c, o. */
  State kerasLstm() {
    double[][] z = new double[4][hidden];
    for (int g = 0; g < 4; g++) {
      for (int u = 0; u < hidden; u++) {
        int at = g * hidden + u;
        z[g][u] =
            column("kernel_l0", x, 4 * hidden, at)
                + column("recurrent_kernel_l0", h, 4 * hidden, at)
                + at("bias_l0", at);
      }
    }
    return lstm(z[0], z[1], z[2], z[3]);
  }

  /** c = σ(f)∘c₋ + σ(i)∘tanh(g); h = σ(o)∘tanh(c). */
  private State lstm(double[] i, double[] f, double[] g, double[] o) {
    double[] cNew = new double[hidden];
    double[] hNew = new double[hidden];
    for (int u = 0; u < hidden; u++) {
      cNew[u] = sigmoid(f[u]) * c[u] + sigmoid(i[u]) * Math.tanh(g[u]);
      hNew[u] = sigmoid(o[u]) * Math.tanh(cNew[u]);
    }
    return new State(hNew, cNew);
  }

  /** keras.layers.SimpleRNNCell.call. */
  State kerasRnn() {
    double[] out = new double[hidden];
    for (int u = 0; u < hidden; u++) {
      out[u] =
          Math.tanh(
              column("kernel_l0", x, hidden, u)
                  + at("bias_l0", u)
                  + column("recurrent_kernel_l0", h, hidden, u));
    }
    return new State(out, null);
  }

  /** keras.layers.GRUCell.call, splits z, r, h. */
  State kerasGru(boolean resetAfter) {
    int w = 3 * hidden;
    double[] reset = new double[hidden];
    double[] out = new double[hidden];
    for (int u = 0; u < hidden; u++) {
      double recurrent = column("recurrent_kernel_l0", h, w, hidden + u);
      double b = at("bias_l0", hidden + u) + (resetAfter ? at("bias_l0", w + hidden + u) : 0);
      reset[u] = sigmoid(column("kernel_l0", x, w, hidden + u) + recurrent + b);
    }
    for (int u = 0; u < hidden; u++) {
      double b = at("bias_l0", u) + (resetAfter ? at("bias_l0", w + u) : 0);
      double z = sigmoid(column("kernel_l0", x, w, u) + column("recurrent_kernel_l0", h, w, u) + b);
      int n = 2 * hidden + u;
      double inner =
          resetAfter
              ? reset[u] * (column("recurrent_kernel_l0", h, w, n) + at("bias_l0", w + n))
              : column("recurrent_kernel_l0", product(reset, h), w, n);
      double hh = Math.tanh(column("kernel_l0", x, w, n) + at("bias_l0", n) + inner);
      out[u] = z * h[u] + (1 - z) * hh;
    }
    return new State(out, null);
  }

  private static double[] product(double[] a, double[] b) {
    double[] p = new double[a.length];
    for (int i = 0; i < p.length; i++) {
      p[i] = a[i] * b[i];
    }
    return p;
  }

  /** cuDNN: W_i … W_o are linLayerID 0 … 3, R_i … R_o 4 … 7, the projection 8. */
  State cudnnLstm(boolean projected) {
    double[][] a = new double[4][hidden];
    for (int k = 0; k < 4; k++) {
      for (int u = 0; u < hidden; u++) {
        a[k][u] =
            row("matrix_0_" + k, x, u * inputs)
                + row("matrix_0_" + (k + 4), h, u * state)
                + at("bias_0_" + k, u)
                + at("bias_0_" + (k + 4), u);
      }
    }
    State s = lstm(a[0], a[1], a[2], a[3]);
    if (!projected) {
      return s;
    }
    double[] out = new double[state];
    for (int p = 0; p < state; p++) {
      out[p] = row("matrix_0_8", s.h(), p * hidden);
    }
    return new State(out, s.c());
  }

  /** cuDNN: W_r, W_i, W_h are 0, 1, 2 and R_r, R_i, R_h are 3, 4, 5; h = (1−i)∘h′ + i∘h₋. */
  State cudnnGru() {
    double[] out = new double[hidden];
    for (int u = 0; u < hidden; u++) {
      double r = sigmoid(cudnn(0, u) + cudnnRecurrent(3, u));
      double i = sigmoid(cudnn(1, u) + cudnnRecurrent(4, u));
      double candidate = Math.tanh(cudnn(2, u) + r * cudnnRecurrent(5, u));
      out[u] = (1 - i) * candidate + i * h[u];
    }
    return new State(out, null);
  }

  private double cudnn(int id, int u) {
    return row("matrix_0_" + id, x, u * inputs) + at("bias_0_" + id, u);
  }

  private double cudnnRecurrent(int id, int u) {
    return row("matrix_0_" + id, h, u * state) + at("bias_0_" + id, u);
  }

  /** Element (i, g, o) of oneDNN's weights_layer or weights_iter, summed over i. */
  private double oneDnn(boolean ldigo, String name, double[] v, int gates, int g, int u) {
    return ldigo
        ? column(name, v, gates * hidden, g * hidden + u)
        : row(name, v, (g * hidden + u) * v.length);
  }

  /** oneDNN vanilla_lstm: gates i, f, c̃, o; peepholes i, f, o; projection last. */
  State oneDnnLstm(boolean ldigo, boolean peepholes, boolean projected) {
    double[][] a = new double[4][hidden];
    for (int g = 0; g < 4; g++) {
      for (int u = 0; u < hidden; u++) {
        a[g][u] =
            oneDnn(ldigo, "weights_layer_l0", x, 4, g, u)
                + oneDnn(ldigo, "weights_iter_l0", h, 4, g, u)
                + at("bias_l0", g * hidden + u);
      }
    }
    State s =
        peepholes ? peephole(a, "weights_peephole_l0", 0, 1, 2) : lstm(a[0], a[1], a[2], a[3]);
    if (!projected) {
      return s;
    }
    double[] out = new double[state];
    for (int p = 0; p < state; p++) {
      out[p] =
          ldigo
              ? column("weights_projection_l0", s.h(), state, p)
              : row("weights_projection_l0", s.h(), p * hidden);
    }
    return new State(out, s.c());
  }

  /** i and f see c₋, o sees the new c; each weight vector is a block of {@code tensor}. */
  private State peephole(double[][] a, String tensor, int pi, int pf, int po) {
    double[] cNew = new double[hidden];
    double[] hNew = new double[hidden];
    for (int u = 0; u < hidden; u++) {
      double i = sigmoid(a[0][u] + at(tensor, pi * hidden + u) * c[u]);
      double f = sigmoid(a[1][u] + at(tensor, pf * hidden + u) * c[u]);
      cNew[u] = f * c[u] + i * Math.tanh(a[2][u]);
      hNew[u] = sigmoid(a[3][u] + at(tensor, po * hidden + u) * cNew[u]) * Math.tanh(cNew[u]);
    }
    return new State(hNew, cNew);
  }

  /** oneDNN vanilla_gru and lbr_gru: gates u, r, o; the fourth bias acts inside r∘(·). */
  State oneDnnGru(boolean ldigo, boolean lbr) {
    double[] r = new double[hidden];
    for (int j = 0; j < hidden; j++) {
      r[j] = sigmoid(oneDnnGate(ldigo, 1, h, j) + at("bias_l0", hidden + j));
    }
    double[] out = new double[hidden];
    for (int j = 0; j < hidden; j++) {
      double u = sigmoid(oneDnnGate(ldigo, 0, h, j) + at("bias_l0", j));
      double own = oneDnn(ldigo, "weights_layer_l0", x, 3, 2, j) + at("bias_l0", 2 * hidden + j);
      double inner =
          lbr
              ? r[j]
                  * (oneDnn(ldigo, "weights_iter_l0", h, 3, 2, j) + at("bias_l0", 3 * hidden + j))
              : oneDnn(ldigo, "weights_iter_l0", product(r, h), 3, 2, j);
      out[j] = u * h[j] + (1 - u) * Math.tanh(own + inner);
    }
    return new State(out, null);
  }

  private double oneDnnGate(boolean ldigo, int g, double[] hidden, int j) {
    return oneDnn(ldigo, "weights_layer_l0", x, 3, g, j)
        + oneDnn(ldigo, "weights_iter_l0", hidden, 3, g, j);
  }

  /**
   * LSTMHelpers.activateHelper: blocks "input activations" (tanh), forget, output, "input
   * modulation" (σ); c = f∘c₋ + modulation∘input; columns 4H, 4H+1, 4H+2 of RW are wFF, wOO, wGG.
   */
  State dl4jLstm(boolean peepholes) {
    double[][] a = new double[4][hidden];
    for (int block = 0; block < 4; block++) {
      for (int u = 0; u < hidden; u++) {
        int column = block * hidden + u;
        a[block][u] =
            row("W_l0", x, column * inputs) + row("RW_l0", h, column * hidden) + at("b_l0", column);
      }
    }
    double[][] named = {a[3], a[1], a[0], a[2]};
    int ff = 4 * hidden;
    return peepholes
        ? peephole(named, "RW_l0", ff + 2, ff, ff + 1)
        : lstm(named[0], named[1], named[2], named[3]);
  }

  /** SimpleRnn: out = tanh(x·W + h·RW + b), 'f' order. */
  State dl4jRnn() {
    double[] out = new double[hidden];
    for (int u = 0; u < hidden; u++) {
      out[u] = Math.tanh(row("W_l0", x, u * inputs) + row("RW_l0", h, u * hidden) + at("b_l0", u));
    }
    return new State(out, null);
  }

  /** Haste's LSTM: kernel columns i, g, f, o. */
  State hasteLstm() {
    double[][] z = new double[4][hidden];
    for (int g = 0; g < 4; g++) {
      for (int u = 0; u < hidden; u++) {
        int at = g * hidden + u;
        z[g][u] =
            column("kernel_l0", x, 4 * hidden, at)
                + column("recurrent_kernel_l0", h, 4 * hidden, at)
                + at("bias_l0", at);
      }
    }
    return lstm(z[0], z[2], z[1], z[3]);
  }

  /** Haste's GRU: columns z, r, g; g = tanh(Wx + bx + r∘(Rh + br)). */
  State hasteGru() {
    double[] out = new double[hidden];
    for (int u = 0; u < hidden; u++) {
      double z = sigmoid(haste(u) + hasteRecurrent(u));
      double r = sigmoid(haste(hidden + u) + hasteRecurrent(hidden + u));
      double g = Math.tanh(haste(2 * hidden + u) + r * hasteRecurrent(2 * hidden + u));
      out[u] = z * h[u] + (1 - z) * g;
    }
    return new State(out, null);
  }

  private double haste(int at) {
    return column("kernel_l0", x, 3 * hidden, at) + at("bias_l0", at);
  }

  private double hasteRecurrent(int at) {
    return column("recurrent_kernel_l0", h, 3 * hidden, at) + at("recurrent_bias_l0", at);
  }
}
