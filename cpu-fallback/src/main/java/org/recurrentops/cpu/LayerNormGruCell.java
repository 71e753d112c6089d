package org.recurrentops.cpu;

import org.recurrentops.ParameterSlice.Kind;
import org.recurrentops.RnnSpec;
import org.recurrentops.cpu.math.Activations;
import org.recurrentops.cpu.math.CpuMath;

/**
 * {@link GruCell} with both products normalised, see {@link
 * org.recurrentops.RnnSpecBuilder#layerNorm(double)}. Saved first: q = LN(R h₋)_n + b_Rn. A row of
 * the second gradient slab holds the gradient of q, then that of R h₋.
 */
final class LayerNormGruCell extends GruCell {
  private static final int BLOCK = 512;

  private final GateNorm norm;

  LayerNormGruCell(RnnSpec spec, int direction) {
    super(spec, direction);
    norm = new GateNorm(spec, hidden);
  }

  @Override
  int savedWidth() {
    return norm.savedWidth();
  }

  @Override
  int secondGradientWidth() {
    return hidden + gateRows;
  }

  @Override
  GateNorm norm() {
    return norm;
  }

  @Override
  WeightUse[] weightUses() {
    return new WeightUse[] {
      new WeightUse(Kind.WEIGHT_HH, 0, gateRows, hidden, false, true, hidden)
    };
  }

  @Override
  Stage[] forward(CpuMath math, ForwardMemory m) {
    Activations act = math.activations();
    int column = norm.recurrentColumn();
    return new Stage[] {
      Product.into(math.gemm(), m.hBefore(), m.weights()[0], m.saved(), column),
      new RowStage((w, t, n) -> row(act, m, w, t, n))
    };
  }

  private void row(Activations act, ForwardMemory m, Worker w, int t, int n) {
    norm.forward(w, m, t, n, 2 * hidden);
    float[] saved = m.saved().data;
    int at = m.saved().at(t, n);
    NormWeights v = m.vectors().norm();
    for (int u = 0; u < hidden; u += BLOCK) {
      int count = Math.min(BLOCK, hidden - u);
      float[] q = w.lane(0);
      System.arraycopy(m.recurrentBias(), m.recurrentBiasOffset() + u, q, 0, count);
      int ofN = 2 * hidden + u;
      int normal = at + norm.recurrentColumn() + ofN;
      GateNorm.add(w, v.data(), v.recurrentGain() + ofN, saved, normal, q, count);
      System.arraycopy(q, 0, saved, at + u, count);
      gates(act, m, w, t, n, u, count);
    }
    act.clearSubnormals(m.hAfter().data, m.hAfter().at(t, n), hidden);
  }

  @Override
  Stage[] backward(CpuMath math, BackwardMemory m) {
    Activations act = math.activations();
    return new Stage[] {
      new RowStage((w, t, n) -> rowGradient(act, m, w, t, n)),
      Product.adding(math.gemm(), m.dSecond(), hidden, m.weights()[0], m.dhBefore(), 0)
    };
  }

  private void rowGradient(Activations act, BackwardMemory m, Worker w, int t, int n) {
    for (int u = 0; u < hidden; u += BLOCK) {
      gradient(act, m, w, t, n, u, Math.min(BLOCK, hidden - u));
    }
    float[] d = m.dGates().data;
    int at = m.dGates().at(t, n);
    float[] second = m.dSecond().data;
    int q = m.dSecond().at(t, n);
    act.clearSubnormals(d, at, gateRows);
    act.clearSubnormals(second, q, hidden);
    int recurrent = q + hidden;
    System.arraycopy(d, at, second, recurrent, 2 * hidden);
    System.arraycopy(second, q, second, recurrent + 2 * hidden, hidden);
    norm.recurrentGradient(w, act, m, t, n, second, recurrent, hidden);
  }
}
