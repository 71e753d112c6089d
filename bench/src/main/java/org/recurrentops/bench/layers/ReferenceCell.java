package org.recurrentops.bench.layers;

import static java.lang.Math.exp;
import static java.lang.Math.tanh;

import org.recurrentops.CellType;

/**
 * The equations of the cells in float64, for one row. Gate blocks follow {@link CellType}'s order;
 * a = W·x + b_ih and b = R·h₋ + b_hh, each [G·H], stay apart because the GRU multiplies b by r.
 */
enum ReferenceCell {
  VANILLA {
    @Override
    void forward(Step s, double[] a, double[] b) {
      for (int j = 0; j < s.h.length; j++) {
        s.h[j] = tanh(a[j] + b[j]);
      }
    }

    @Override
    void backward(Step s, double[] dh, double[] dc, double[] da, double[] db) {
      for (int j = 0; j < dh.length; j++) {
        da[j] = db[j] = dh[j] * (1 - s.h[j] * s.h[j]);
        dh[j] = 0;
      }
    }
  },

  LSTM {
    @Override
    void forward(Step s, double[] a, double[] b) {
      int n = s.h.length;
      for (int j = 0; j < n; j++) {
        double i = s.gates[j] = sigmoid(a[j] + b[j]);
        double f = s.gates[n + j] = sigmoid(a[n + j] + b[n + j]);
        double g = s.gates[2 * n + j] = tanh(a[2 * n + j] + b[2 * n + j]);
        double o = s.gates[3 * n + j] = sigmoid(a[3 * n + j] + b[3 * n + j]);
        s.c[j] = f * s.before.c[j] + i * g;
        s.h[j] = o * tanh(s.c[j]);
      }
    }

    @Override
    void backward(Step s, double[] dh, double[] dc, double[] da, double[] db) {
      int n = dh.length;
      for (int j = 0; j < n; j++) {
        double i = s.gates[j];
        double f = s.gates[n + j];
        double g = s.gates[2 * n + j];
        double o = s.gates[3 * n + j];
        double squashed = tanh(s.c[j]);
        dc[j] += dh[j] * o * (1 - squashed * squashed);
        da[j] = db[j] = dc[j] * g * i * (1 - i);
        da[n + j] = db[n + j] = dc[j] * s.before.c[j] * f * (1 - f);
        da[2 * n + j] = db[2 * n + j] = dc[j] * i * (1 - g * g);
        da[3 * n + j] = db[3 * n + j] = dh[j] * squashed * o * (1 - o);
        dc[j] *= f;
        dh[j] = 0;
      }
    }
  },

  /** Reset after the product. */
  GRU {
    @Override
    void forward(Step s, double[] a, double[] b) {
      int n = s.h.length;
      for (int j = 0; j < n; j++) {
        double r = s.gates[j] = sigmoid(a[j] + b[j]);
        double z = s.gates[n + j] = sigmoid(a[n + j] + b[n + j]);
        s.c[j] = b[2 * n + j];
        double candidate = s.gates[2 * n + j] = tanh(a[2 * n + j] + r * b[2 * n + j]);
        s.h[j] = (1 - z) * candidate + z * s.before.h[j];
      }
    }

    @Override
    void backward(Step s, double[] dh, double[] dc, double[] da, double[] db) {
      int n = dh.length;
      for (int j = 0; j < n; j++) {
        double r = s.gates[j];
        double z = s.gates[n + j];
        double candidate = s.gates[2 * n + j];
        double dn = dh[j] * (1 - z) * (1 - candidate * candidate);
        da[j] = db[j] = dn * s.c[j] * r * (1 - r);
        da[n + j] = db[n + j] = dh[j] * (s.before.h[j] - candidate) * z * (1 - z);
        da[2 * n + j] = dn;
        db[2 * n + j] = dn * r;
        dh[j] *= z;
      }
    }
  };

  /**
   * One step of one row; {@code c} is the cell state of an LSTM and b's block n of a GRU.
   *
   * @param before the step before, whose h and c are zero at the start
   */
  record Step(Step before, double[] h, double[] c, double[] gates) {
    Step(Step before, int hidden, int gates) {
      this(before, new double[hidden], new double[hidden], new double[gates * hidden]);
    }
  }

  /** Fills h, c and the gates of a step. */
  abstract void forward(Step s, double[] a, double[] b);

  /**
   * Turns the gradient of h and c into that of a and b, leaving in dh what reaches h₋ without R and
   * in dc the gradient of c₋.
   */
  abstract void backward(Step s, double[] dh, double[] dc, double[] da, double[] db);

  static ReferenceCell of(CellType cell) {
    return switch (cell) {
      case LSTM -> LSTM;
      case GRU -> GRU;
      case VANILLA_TANH -> VANILLA;
      default -> throw new IllegalArgumentException("no reference for " + cell.label());
    };
  }

  private static double sigmoid(double v) {
    return 1 / (1 + exp(-v));
  }
}
