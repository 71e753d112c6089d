package org.recurrentops.cpu;

import org.recurrentops.ParameterSlice.Kind;
import org.recurrentops.RnnSpec;
import org.recurrentops.cpu.math.Activations;
import org.recurrentops.cpu.math.CpuMath;
import org.recurrentops.cpu.math.GruUnits;

/**
 * The cell of {@link org.recurrentops.CellType#GRU}. Saved: q = R_n h₋ + b_Rn. Its gradient differs
 * from that of the input side, hence the second gradient slab.
 */
class GruCell extends Cell {
  private final GateFunction f;
  private final GateFunction g;
  private final boolean keepsArguments;

  GruCell(RnnSpec spec, int direction) {
    super(spec);
    f = GateFunction.of(spec, 0, direction);
    g = GateFunction.of(spec, 1, direction);
    keepsArguments = GateFunction.needsArguments(spec);
  }

  @Override
  int savedWidth() {
    return hidden;
  }

  @Override
  int secondGradientWidth() {
    return hidden;
  }

  @Override
  int scratchWidth() {
    return 0;
  }

  @Override
  int unfoldedBiasRow() {
    return 2 * hidden;
  }

  @Override
  LaneCell inLanes(CpuMath math) {
    GruUnits units = keepsArguments ? null : math.gruUnits(hidden);
    return units == null ? null : new GruLanes(units);
  }

  @Override
  WeightUse[] weightUses() {
    return new WeightUse[] {
      new WeightUse(Kind.WEIGHT_HH, 0, 2 * hidden, hidden, false, false, 0),
      new WeightUse(Kind.WEIGHT_HH, 2 * hidden, hidden, hidden, false, true, 0)
    };
  }

  @Override
  Stage[] forward(CpuMath math, ForwardMemory m) {
    Product resetAndUpdate =
        Product.adding(math.gemm(), m.hBefore(), 0, m.weights()[0], m.gates(), 0);
    Product candidate =
        Product.biased(
            math.gemm(),
            m.hBefore(),
            m.weights()[1],
            m.saved(),
            m.recurrentBias(),
            m.recurrentBiasOffset());
    return new Stage[] {
      new Together(resetAndUpdate.byUnits(2), candidate.byUnits(1)), units(math, m)
    };
  }

  /** The pointwise stage: in blocks of rows where there is such a form, else row by row. */
  private Stage units(CpuMath math, ForwardMemory m) {
    Activations activations = math.activations();
    GruUnits units = keepsArguments ? null : math.gruUnits(hidden);
    return units == null
        ? new Pointwise(
            hidden,
            (w, t, n, u, count) -> gates(activations, m, w, t, n, u, count),
            activations,
            m.hAfter())
        : new UnitBlocks(hidden, (t, n, rows, u, count) -> block(units, m, t, n, rows, u, count));
  }

  private void block(GruUnits units, ForwardMemory m, int t, int n, int rows, int u, int count) {
    units.forward(
        hidden,
        rows,
        count,
        m.gates().data,
        m.gates().at(t, n) + u,
        m.saved().data,
        m.saved().at(t, n) + u,
        m.hBefore().data,
        m.hBefore().at(t, n) + u,
        m.hAfter().data,
        m.hAfter().at(t, n) + u);
  }

  final void gates(Activations act, ForwardMemory m, Worker w, int t, int row, int u, int count) {
    float[] data = m.gates().data;
    int at = m.gates().at(t, row) + u;
    float[] r = w.lane(0);
    float[] z = w.lane(1);
    float[] n = w.lane(2);
    float[] q = w.lane(3);
    float[] h = w.lane(4);
    System.arraycopy(data, at, r, 0, count);
    System.arraycopy(data, at + hidden, z, 0, count);
    System.arraycopy(data, at + 2 * hidden, n, 0, count);
    System.arraycopy(m.saved().data, m.saved().at(t, row) + u, q, 0, count);
    System.arraycopy(m.hBefore().data, m.hBefore().at(t, row) + u, h, 0, count);
    f.apply(act, r, count);
    f.apply(act, z, count);
    for (int k = 0; k < count; k++) {
      n[k] = n[k] + r[k] * q[k];
    }
    if (keepsArguments) {
      System.arraycopy(n, 0, data, at + 2 * hidden, count);
    }
    g.apply(act, n, count);
    for (int k = 0; k < count; k++) {
      h[k] = (1 - z[k]) * n[k] + z[k] * h[k];
    }
    if (!keepsArguments) {
      System.arraycopy(r, 0, data, at, count);
      System.arraycopy(z, 0, data, at + hidden, count);
      System.arraycopy(n, 0, data, at + 2 * hidden, count);
    }
    System.arraycopy(h, 0, m.hAfter().data, m.hAfter().at(t, row) + u, count);
  }

  @Override
  Stage[] backward(CpuMath math, BackwardMemory m) {
    Product resetAndUpdate =
        Product.adding(math.gemm(), m.dGates(), 0, m.weights()[0], m.dhBefore(), 0);
    Product candidate =
        Product.adding(math.gemm(), m.dSecond(), 0, m.weights()[1], m.dhBefore(), 0);
    return new Stage[] {
      unitGradients(math, m), new Together(resetAndUpdate.byUnits(1), candidate.byUnits(1))
    };
  }

  private Stage unitGradients(CpuMath math, BackwardMemory m) {
    Activations act = math.activations();
    GruUnits units = keepsArguments ? null : math.gruUnits(hidden);
    return units == null
        ? new Pointwise(
            hidden,
            (w, t, n, u, count) -> gradient(act, m, w, t, n, u, count),
            act,
            m.dGates(),
            m.dSecond())
        : new UnitBlocks(
            hidden, (t, n, rows, u, count) -> gradients(units, m, t, n, rows, u, count));
  }

  private void gradients(
      GruUnits units, BackwardMemory m, int t, int n, int rows, int u, int count) {
    units.backward(
        hidden,
        rows,
        count,
        m.gates().data,
        m.gates().at(t, n) + u,
        m.saved().data,
        m.saved().at(t, n) + u,
        m.hBefore().data,
        m.hBefore().at(t, n) + u,
        m.dhAfter().data,
        m.dhAfter().at(t, n) + u,
        m.dGates().data,
        m.dGates().at(t, n) + u,
        m.dSecond().data,
        m.dSecond().at(t, n) + u,
        m.dhBefore().data,
        m.dhBefore().at(t, n) + u);
  }

  final void gradient(
      Activations act, BackwardMemory m, Worker w, int t, int row, int u, int count) {
    float[] data = m.gates().data;
    int at = m.gates().at(t, row) + u;
    float[] r = w.lane(0);
    float[] z = w.lane(1);
    float[] n = w.lane(2);
    float[] q = w.lane(3);
    float[] h = w.lane(4);
    float[] dh = w.lane(5);
    System.arraycopy(data, at, r, 0, count);
    System.arraycopy(data, at + hidden, z, 0, count);
    System.arraycopy(data, at + 2 * hidden, n, 0, count);
    System.arraycopy(m.saved().data, m.saved().at(t, row) + u, q, 0, count);
    System.arraycopy(m.hBefore().data, m.hBefore().at(t, row) + u, h, 0, count);
    System.arraycopy(m.dhAfter().data, m.dhAfter().at(t, row) + u, dh, 0, count);
    if (keepsArguments) {
      f.apply(act, r, count);
      f.apply(act, z, count);
      g.apply(act, n, count);
    }
    float[] dn = w.lane(6);
    float[] dr = w.lane(7);
    float[] dz = w.lane(8);
    for (int k = 0; k < count; k++) {
      dn[k] = dh[k] * (1 - z[k]);
      dz[k] = dh[k] * (h[k] - n[k]);
      dh[k] = dh[k] * z[k]; // of h₋ from here on
    }
    g.backward(w, act, data, at + 2 * hidden, n, dn, count);
    for (int k = 0; k < count; k++) {
      dr[k] = dn[k] * q[k];
      q[k] = dn[k] * r[k]; // of q from here on
    }
    f.backward(w, act, data, at, r, dr, count);
    f.backward(w, act, data, at + hidden, z, dz, count);
    float[] target = m.dGates().data;
    int to = m.dGates().at(t, row) + u;
    System.arraycopy(dr, 0, target, to, count);
    System.arraycopy(dz, 0, target, to + hidden, count);
    System.arraycopy(dn, 0, target, to + 2 * hidden, count);
    System.arraycopy(q, 0, m.dSecond().data, m.dSecond().at(t, row) + u, count);
    System.arraycopy(dh, 0, m.dhBefore().data, m.dhBefore().at(t, row) + u, count);
  }
}
