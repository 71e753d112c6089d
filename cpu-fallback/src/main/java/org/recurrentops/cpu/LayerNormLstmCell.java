package org.recurrentops.cpu;

import org.recurrentops.ParameterSlice.Kind;
import org.recurrentops.RnnSpec;
import org.recurrentops.cpu.math.Activations;
import org.recurrentops.cpu.math.CpuMath;

/**
 * {@link LstmOptionsCell} with both products and c normalised, see {@link
 * org.recurrentops.RnnSpecBuilder#layerNorm(double)}. A row of the second gradient slab holds the
 * gradient of h if there is a projection, that of R h₋, and that of the argument of φ_h.
 */
final class LayerNormLstmCell extends LstmOptionsCell {
  private static final int BLOCK = 512;

  private final GateNorm norm;
  private final int recurrentColumn;

  LayerNormLstmCell(RnnSpec spec, int direction) {
    super(spec, direction);
    norm = new GateNorm(spec, super.savedWidth());
    recurrentColumn = super.secondGradientWidth();
  }

  @Override
  int savedWidth() {
    return norm.savedWidth();
  }

  @Override
  int secondGradientWidth() {
    return recurrentColumn + gateRows + hidden;
  }

  @Override
  GateNorm norm() {
    return norm;
  }

  /** First column of the gradient of the argument of φ_h. */
  static int cellColumn(Slab dSecond, int hidden) {
    return dSecond.width - hidden;
  }

  @Override
  WeightUse[] weightUses() {
    WeightUse[] uses = super.weightUses();
    uses[0] = new WeightUse(Kind.WEIGHT_HH, 0, gateRows, state, false, true, recurrentColumn);
    return uses;
  }

  @Override
  Stage[] forward(CpuMath math, ForwardMemory m) {
    Activations act = math.activations();
    Slab out = projected ? m.saved() : m.hAfter();
    int column = norm.recurrentColumn();
    Stage recurrent = Product.into(math.gemm(), m.hBefore(), m.weights()[0], m.saved(), column);
    Stage gates = new RowStage((w, t, n) -> row(act, m, out, w, t, n));
    if (!projected) {
      return new Stage[] {recurrent, gates};
    }
    Stage projection = Product.of(math.gemm(), out, 0, m.weights()[1], m.hAfter());
    return new Stage[] {recurrent, gates, projection};
  }

  private void row(Activations act, ForwardMemory m, Slab out, Worker w, int t, int n) {
    norm.forward(w, m, t, n, gateRows);
    for (int u = 0; u < hidden; u += BLOCK) {
      cellState(act, m, w, t, n, u, Math.min(BLOCK, hidden - u));
    }
    act.clearSubnormals(m.cAfter().data, m.cAfter().at(t, n), hidden);
    norm.cells(w, m, t, n);
    int normal = m.saved().at(t, n) + norm.cellColumn();
    for (int u = 0; u < hidden; u += BLOCK) {
      int count = Math.min(BLOCK, hidden - u);
      float[] o = w.lane(3);
      System.arraycopy(m.gates().data, m.gates().at(t, n) + 3 * hidden + u, o, 0, count);
      if (keepsArguments) {
        f.apply(act, o, count);
      }
      argument(m.vectors().norm(), m.saved().data, normal + u, w, u, w.lane(5), count);
      output(act, out, w, t, n, u, count);
    }
    act.clearSubnormals(out.data, out.at(t, n), hidden);
  }

  /** The argument of φ_h: a = γ_c∘x̂ + β_c. */
  private static void argument(
      NormWeights v, float[] normals, int normal, Worker w, int u, float[] a, int count) {
    System.arraycopy(v.data(), v.cellShift() + u, a, 0, count);
    GateNorm.add(w, v.data(), v.cellGain() + u, normals, normal, a, count);
  }

  @Override
  Stage[] backward(CpuMath math, BackwardMemory m) {
    Activations act = math.activations();
    Slab dOut = projected ? m.scratch() : m.dhAfter();
    Stage gates = new RowStage((w, t, n) -> rowGradient(act, m, dOut, w, t, n));
    Stage recurrent =
        Product.of(math.gemm(), m.dSecond(), recurrentColumn, m.weights()[0], m.dhBefore());
    if (!projected) {
      return new Stage[] {gates, recurrent};
    }
    return new Stage[] {keep(m), projectionGradient(math, m), gates, recurrent};
  }

  private void rowGradient(Activations act, BackwardMemory m, Slab dOut, Worker w, int t, int n) {
    for (int u = 0; u < hidden; u += BLOCK) {
      throughOutput(act, m, dOut, w, t, n, u, Math.min(BLOCK, hidden - u));
    }
    int column = cellColumn(m.dSecond(), hidden);
    float[] dc = m.dcBefore().data;
    int dcAt = m.dcBefore().at(t, n);
    norm.cellGradient(w, m, t, n, m.dSecond().data, m.dSecond().at(t, n) + column, dc, dcAt);
    for (int u = 0; u < hidden; u += BLOCK) {
      throughCell(act, m, w, t, n, u, Math.min(BLOCK, hidden - u));
    }
    float[] d = m.dGates().data;
    int at = m.dGates().at(t, n);
    act.clearSubnormals(d, at, gateRows);
    act.clearSubnormals(dc, dcAt, hidden);
    norm.recurrentGradient(w, act, m, t, n, d, at, recurrentColumn);
  }

  /** Keeps the gradients of the arguments of o and of φ_h. */
  private void throughOutput(
      Activations act, BackwardMemory m, Slab dOut, Worker w, int t, int n, int u, int count) {
    float[] o = w.lane(3);
    System.arraycopy(m.gates().data, m.gates().at(t, n) + 3 * hidden + u, o, 0, count);
    if (keepsArguments) {
      f.apply(act, o, count);
    }
    System.arraycopy(dOut.data, dOut.at(t, n) + u, w.lane(6), 0, count);
    float[] arguments = w.lane(9);
    int normal = m.saved().at(t, n) + norm.cellColumn() + u;
    argument(m.vectors().norm(), m.saved().data, normal, w, u, arguments, count);
    outputGradient(act, m, w, t, n, u, count, arguments, 0);
    int second = m.dSecond().at(t, n) + cellColumn(m.dSecond(), hidden) + u;
    System.arraycopy(w.lane(8), 0, m.dSecond().data, second, count);
    int ofO = m.dGates().at(t, n) + 3 * hidden + u;
    System.arraycopy(w.lane(6), 0, m.dGates().data, ofO, count);
  }

  /** The other gates; the memory for the gradient of c₋ holds what comes through φ_h to c. */
  private void throughCell(
      Activations act, BackwardMemory m, Worker w, int t, int n, int u, int count) {
    loadStep(act, m, w, t, n, u, count);
    int ofO = m.dGates().at(t, n) + 3 * hidden + u;
    System.arraycopy(m.dGates().data, ofO, w.lane(6), 0, count);
    System.arraycopy(m.dcBefore().data, m.dcBefore().at(t, n) + u, w.lane(8), 0, count);
    complete(m, w, w.lane(8), u, count);
    gateGradients(act, m, w, t, n, u, count);
  }
}
