package org.recurrentops.cpu;

import org.recurrentops.RnnSpec;
import org.recurrentops.cpu.math.Activations;

/**
 * Layer normalisation of W x and of R h₋, whose rows have the G·H units of all gates. A row of the
 * saved slab holds what the cell keeps besides, then x̂ of both sides and of c if there is one,
 * then 1 / √(v + ε) of these.
 */
final class GateNorm {
  private static final int BLOCK = 512;

  private final float epsilon;
  private final int gateRows;
  private final int kept;
  private final int cells;

  /** With the number of columns that the cell keeps besides. */
  GateNorm(RnnSpec spec, int kept) {
    this.kept = kept;
    epsilon = spec.cellOptions().layerNormEpsilon();
    gateRows = spec.cell().gates() * spec.hiddenSize();
    cells = spec.cell().hasCellState() ? spec.hiddenSize() : 0;
  }

  /** Width of the saved slab. */
  int savedWidth() {
    return kept + 2 * gateRows + cells + 3;
  }

  /** First column of x̂ of W x. */
  int inputColumn() {
    return kept;
  }

  /** First column of R h₋, and then of its x̂. */
  int recurrentColumn() {
    return kept + gateRows;
  }

  /** First column of x̂ of c. */
  int cellColumn() {
    return kept + 2 * gateRows;
  }

  private int inputInverse() {
    return cellColumn() + cells;
  }

  private int recurrentInverse() {
    return inputInverse() + 1;
  }

  private int cellInverse() {
    return inputInverse() + 2;
  }

  /**
   * From products to arguments. Gates hold W x before and the arguments of the gates after it, the
   * saved slab R h₋ before and x̂ after it.
   *
   * @param joint gate rows whose argument is the sum of both sides; the others get W x only
   */
  void forward(Worker w, ForwardMemory m, int t, int n, int joint) {
    float[] gates = m.gates().data;
    int at = m.gates().at(t, n);
    float[] saved = m.saved().data;
    int row = m.saved().at(t, n);
    int input = row + inputColumn();
    int recurrent = row + recurrentColumn();
    saved[row + inputInverse()] =
        LayerNorm.normalise(w, gates, at, gateRows, epsilon, saved, input);
    saved[row + recurrentInverse()] =
        LayerNorm.normalise(w, saved, recurrent, gateRows, epsilon, saved, recurrent);
    NormWeights v = m.vectors().norm();
    for (int u = 0; u < gateRows; u += BLOCK) {
      int count = Math.min(BLOCK, gateRows - u);
      float[] a = w.lane(0);
      System.arraycopy(v.data(), v.bias() + u, a, 0, count);
      add(w, v.data(), v.inputGain() + u, saved, input + u, a, count);
      System.arraycopy(a, 0, gates, at + u, count);
    }
    for (int u = 0; u < joint; u += BLOCK) {
      int count = Math.min(BLOCK, joint - u);
      float[] a = w.lane(0);
      System.arraycopy(gates, at + u, a, 0, count);
      add(w, v.data(), v.recurrentGain() + u, saved, recurrent + u, a, count);
      System.arraycopy(a, 0, gates, at + u, count);
    }
  }

  /** a += γ∘x̂. */
  static void add(
      Worker w, float[] gains, int gain, float[] normals, int normal, float[] a, int count) {
    float[] g = w.lane(1);
    float[] x = w.lane(2);
    System.arraycopy(gains, gain, g, 0, count);
    System.arraycopy(normals, normal, x, 0, count);
    for (int k = 0; k < count; k++) {
      a[k] = a[k] + g[k] * x[k];
    }
  }

  /** Keeps x̂ of c. */
  void cells(Worker w, ForwardMemory m, int t, int n) {
    float[] saved = m.saved().data;
    int row = m.saved().at(t, n);
    int at = m.cAfter().at(t, n);
    saved[row + cellInverse()] =
        LayerNorm.normalise(w, m.cAfter().data, at, cells, epsilon, saved, row + cellColumn());
  }

  /** From the gradient of γ_c∘x̂ to that of c. */
  void cellGradient(
      Worker w, BackwardMemory m, int t, int n, float[] d, int at, float[] to, int toAt) {
    float[] saved = m.saved().data;
    int row = m.saved().at(t, n);
    NormWeights v = m.vectors().norm();
    LayerNorm.gradient(
        w,
        d,
        at,
        saved,
        row + cellColumn(),
        saved[row + cellInverse()],
        v.data(),
        v.cellGain(),
        cells,
        to,
        toAt);
  }

  /**
   * The gradient of R h₋, into the second gradient slab.
   *
   * @param d gradients of the G·H normalised values of one row
   * @param column first column in the second gradient slab
   */
  void recurrentGradient(
      Worker w, Activations act, BackwardMemory m, int t, int n, float[] d, int at, int column) {
    int row = m.saved().at(t, n);
    float[] saved = m.saved().data;
    NormWeights v = m.vectors().norm();
    float[] to = m.dSecond().data;
    int toAt = m.dSecond().at(t, n) + column;
    LayerNorm.gradient(
        w,
        d,
        at,
        saved,
        row + recurrentColumn(),
        saved[row + recurrentInverse()],
        v.data(),
        v.recurrentGain(),
        gateRows,
        to,
        toAt);
    act.clearSubnormals(to, toAt, gateRows);
  }

  /** The gradient of W x in place of that of its normalised values. */
  void inputGradient(Worker w, BackwardMemory m, int t, int n) {
    int row = m.saved().at(t, n);
    float[] saved = m.saved().data;
    NormWeights v = m.vectors().norm();
    float[] d = m.dGates().data;
    int at = m.dGates().at(t, n);
    LayerNorm.gradient(
        w,
        d,
        at,
        saved,
        row + inputColumn(),
        saved[row + inputInverse()],
        v.data(),
        v.inputGain(),
        gateRows,
        d,
        at);
  }
}
