package org.recurrentops.tck.reference;

import java.util.function.DoubleUnaryOperator;
import org.recurrentops.ParameterLayout;
import org.recurrentops.ParameterSlice;
import org.recurrentops.ParameterSlice.Kind;

/**
 * The parameters of one layer and direction inside a flat array, or their gradient inside another:
 * the plain loops W v, Wᵀ v, W += u vᵀ that the cells are written with. {@code gate} selects a
 * block of H rows; the operands of a product are rounded as the mode says. A bias that the spec
 * lacks reads as 0 and swallows its gradient.
 */
final class LayerSlices {
  private final double[] flat;
  private final DoubleUnaryOperator operand;
  private final ParameterSlice[] slices = new ParameterSlice[Kind.values().length];

  LayerSlices(
      double[] flat,
      ParameterLayout layout,
      int layer,
      int direction,
      DoubleUnaryOperator operand) {
    this.flat = flat;
    this.operand = operand;
    for (Kind kind : Kind.values()) {
      slices[kind.ordinal()] = layout.find(kind, layer, direction);
    }
  }

  boolean has(Kind kind) {
    return slices[kind.ordinal()] != null;
  }

  private int at(Kind kind, int row, int columns) {
    return (int) slices[kind.ordinal()].offset() + row * columns;
  }

  private double[] rounded(double[] v) {
    double[] r = new double[v.length];
    for (int i = 0; i < v.length; i++) {
      r[i] = operand.applyAsDouble(v[i]);
    }
    return r;
  }

  /** Rows gate·rows … (gate+1)·rows of W, times v. */
  double[] times(Kind kind, int gate, int rows, double[] v) {
    double[] operands = rounded(v);
    double[] product = new double[rows];
    for (int i = 0; i < rows; i++) {
      int at = at(kind, gate * rows + i, v.length);
      double sum = 0;
      for (int j = 0; j < v.length; j++) {
        sum += operand.applyAsDouble(flat[at + j]) * operands[j];
      }
      product[i] = sum;
    }
    return product;
  }

  /** into += Wᵀ u, over the rows of one gate. */
  void addTransposedTimes(Kind kind, int gate, double[] u, double[] into) {
    double[] operands = rounded(u);
    for (int i = 0; i < u.length; i++) {
      int at = at(kind, gate * u.length + i, into.length);
      for (int j = 0; j < into.length; j++) {
        into[j] += operand.applyAsDouble(flat[at + j]) * operands[i];
      }
    }
  }

  /** W += u vᵀ, over the rows of one gate. */
  void addOuter(Kind kind, int gate, double[] u, double[] v) {
    double[] left = rounded(u);
    double[] right = rounded(v);
    for (int i = 0; i < u.length; i++) {
      int at = at(kind, gate * u.length + i, v.length);
      for (int j = 0; j < v.length; j++) {
        flat[at + j] += left[i] * right[j];
      }
    }
  }

  /** One gate's bias; 0 where there is none. */
  double[] bias(Kind kind, int gate, int rows) {
    double[] b = new double[rows];
    if (has(kind)) {
      System.arraycopy(flat, at(kind, gate * rows, 1), b, 0, rows);
    }
    return b;
  }

  /** b += u for one gate. */
  void addBias(Kind kind, int gate, double[] u) {
    if (has(kind)) {
      for (int i = 0; i < u.length; i++) {
        flat[at(kind, gate * u.length + i, 1)] += u[i];
      }
    }
  }
}
