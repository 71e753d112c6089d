package org.recurrentops.cpu;

import org.recurrentops.ParameterSlice.Kind;
import org.recurrentops.RnnSpec;
import org.recurrentops.cpu.math.Activations;
import org.recurrentops.cpu.math.CpuMath;
import org.recurrentops.cpu.math.GruUnits;

/**
 * The cell of {@link org.recurrentops.CellType#GRU_RESET_BEFORE}: its second product depends on the
 * first, by the operand r∘h₋, which is saved.
 */
final class GruResetBeforeCell extends Cell {
  private final GateFunction f;
  private final GateFunction g;
  private final boolean keepsArguments;

  GruResetBeforeCell(RnnSpec spec, int direction) {
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
    return 0;
  }

  @Override
  int scratchWidth() {
    return hidden;
  }

  @Override
  WeightUse[] weightUses() {
    return new WeightUse[] {
      new WeightUse(Kind.WEIGHT_HH, 0, 2 * hidden, hidden, false, false, 0),
      new WeightUse(Kind.WEIGHT_HH, 2 * hidden, hidden, hidden, true, false, 2 * hidden)
    };
  }

  @Override
  Stage[] forward(CpuMath math, ForwardMemory m) {
    Product resetAndUpdate =
        Product.adding(math.gemm(), m.hBefore(), 0, m.weights()[0], m.gates(), 0);
    Product candidate =
        Product.adding(math.gemm(), m.saved(), 0, m.weights()[1], m.gates(), 2 * hidden);
    return new Stage[] {
      resetAndUpdate.byUnits(2), resets(math, m), candidate.byUnits(1), updates(math, m)
    };
  }

  /** The kernels for blocks of rows, or null: row by row. */
  private GruUnits blocks(CpuMath math) {
    return keepsArguments ? null : math.gruUnits(hidden);
  }

  private Stage resets(CpuMath math, ForwardMemory m) {
    Activations act = math.activations();
    GruUnits units = blocks(math);
    return units == null
        ? new Pointwise(hidden, (w, t, n, u, count) -> reset(act, m, w, t, n, u, count))
        : new UnitBlocks(hidden, (t, n, rows, u, count) -> reset(units, m, t, n, rows, u, count));
  }

  private Stage updates(CpuMath math, ForwardMemory m) {
    Activations act = math.activations();
    GruUnits units = blocks(math);
    return units == null
        ? new Pointwise(
            hidden, (w, t, n, u, count) -> update(act, m, w, t, n, u, count), act, m.hAfter())
        : new UnitBlocks(hidden, (t, n, rows, u, count) -> update(units, m, t, n, rows, u, count));
  }

  private void reset(GruUnits units, ForwardMemory m, int t, int n, int rows, int u, int count) {
    units.reset(
        hidden,
        rows,
        count,
        m.gates().data,
        m.gates().at(t, n) + u,
        m.hBefore().data,
        m.hBefore().at(t, n) + u,
        m.saved().data,
        m.saved().at(t, n) + u);
  }

  private void update(GruUnits units, ForwardMemory m, int t, int n, int rows, int u, int count) {
    units.update(
        hidden,
        rows,
        count,
        m.gates().data,
        m.gates().at(t, n) + u,
        m.hBefore().data,
        m.hBefore().at(t, n) + u,
        m.hAfter().data,
        m.hAfter().at(t, n) + u);
  }

  private void reset(Activations act, ForwardMemory m, Worker w, int t, int row, int u, int count) {
    int at = m.gates().at(t, row) + u;
    float[] r = w.lane(0);
    float[] h = w.lane(1);
    System.arraycopy(m.gates().data, at, r, 0, count);
    System.arraycopy(m.hBefore().data, m.hBefore().at(t, row) + u, h, 0, count);
    f.apply(act, r, count);
    for (int k = 0; k < count; k++) {
      h[k] = r[k] * h[k];
    }
    if (!keepsArguments) {
      System.arraycopy(r, 0, m.gates().data, at, count);
    }
    System.arraycopy(h, 0, m.saved().data, m.saved().at(t, row) + u, count);
  }

  private void update(
      Activations act, ForwardMemory m, Worker w, int t, int row, int u, int count) {
    float[] data = m.gates().data;
    int at = m.gates().at(t, row) + u;
    float[] z = w.lane(0);
    float[] n = w.lane(1);
    float[] h = w.lane(2);
    System.arraycopy(data, at + hidden, z, 0, count);
    System.arraycopy(data, at + 2 * hidden, n, 0, count);
    System.arraycopy(m.hBefore().data, m.hBefore().at(t, row) + u, h, 0, count);
    f.apply(act, z, count);
    g.apply(act, n, count);
    for (int k = 0; k < count; k++) {
      h[k] = (1 - z[k]) * n[k] + z[k] * h[k];
    }
    if (!keepsArguments) {
      System.arraycopy(z, 0, data, at + hidden, count);
      System.arraycopy(n, 0, data, at + 2 * hidden, count);
    }
    System.arraycopy(h, 0, m.hAfter().data, m.hAfter().at(t, row) + u, count);
  }

  @Override
  Stage[] backward(CpuMath math, BackwardMemory m) {
    Product candidate =
        Product.of(math.gemm(), m.dGates(), 2 * hidden, m.weights()[1], m.scratch());
    Product resetAndUpdate =
        Product.adding(math.gemm(), m.dGates(), 0, m.weights()[0], m.dhBefore(), 0);
    return new Stage[] {
      updateGradients(math, m),
      candidate.byUnits(1),
      resetGradients(math, m),
      resetAndUpdate.byUnits(1)
    };
  }

  private Stage updateGradients(CpuMath math, BackwardMemory m) {
    Activations act = math.activations();
    GruUnits units = blocks(math);
    return units == null
        ? new Pointwise(
            hidden,
            (w, t, n, u, count) -> updateGradient(act, m, w, t, n, u, count),
            act,
            m.dGates())
        : new UnitBlocks(
            hidden, (t, n, rows, u, count) -> updateGradient(units, m, t, n, rows, u, count));
  }

  private Stage resetGradients(CpuMath math, BackwardMemory m) {
    Activations act = math.activations();
    GruUnits units = blocks(math);
    return units == null
        ? new Pointwise(
            hidden,
            (w, t, n, u, count) -> resetGradient(act, m, w, t, n, u, count),
            act,
            m.dGates())
        : new UnitBlocks(
            hidden, (t, n, rows, u, count) -> resetGradient(units, m, t, n, rows, u, count));
  }

  private void updateGradient(
      GruUnits units, BackwardMemory m, int t, int n, int rows, int u, int count) {
    units.updateGradients(
        hidden,
        rows,
        count,
        m.gates().data,
        m.gates().at(t, n) + u,
        m.hBefore().data,
        m.hBefore().at(t, n) + u,
        m.dhAfter().data,
        m.dhAfter().at(t, n) + u,
        m.dGates().data,
        m.dGates().at(t, n) + u,
        m.dhBefore().data,
        m.dhBefore().at(t, n) + u);
  }

  /** The scratch holds the gradient of r∘h₋. */
  private void resetGradient(
      GruUnits units, BackwardMemory m, int t, int n, int rows, int u, int count) {
    units.resetGradients(
        hidden,
        rows,
        count,
        m.gates().data,
        m.gates().at(t, n) + u,
        m.hBefore().data,
        m.hBefore().at(t, n) + u,
        m.scratch().data,
        m.scratch().at(t, n) + u,
        m.dGates().data,
        m.dGates().at(t, n) + u,
        m.dhBefore().data,
        m.dhBefore().at(t, n) + u);
  }

  private void updateGradient(
      Activations act, BackwardMemory m, Worker w, int t, int row, int u, int count) {
    float[] data = m.gates().data;
    int at = m.gates().at(t, row) + u;
    float[] z = w.lane(0);
    float[] n = w.lane(1);
    float[] h = w.lane(2);
    float[] dh = w.lane(3);
    System.arraycopy(data, at + hidden, z, 0, count);
    System.arraycopy(data, at + 2 * hidden, n, 0, count);
    System.arraycopy(m.hBefore().data, m.hBefore().at(t, row) + u, h, 0, count);
    System.arraycopy(m.dhAfter().data, m.dhAfter().at(t, row) + u, dh, 0, count);
    if (keepsArguments) {
      f.apply(act, z, count);
      g.apply(act, n, count);
    }
    float[] dz = w.lane(4);
    float[] dn = w.lane(5);
    for (int k = 0; k < count; k++) {
      dn[k] = dh[k] * (1 - z[k]);
      dz[k] = dh[k] * (h[k] - n[k]);
      dh[k] = dh[k] * z[k]; // of h₋ from here on
    }
    f.backward(w, act, data, at + hidden, z, dz, count);
    g.backward(w, act, data, at + 2 * hidden, n, dn, count);
    int to = m.dGates().at(t, row) + u;
    System.arraycopy(dz, 0, m.dGates().data, to + hidden, count);
    System.arraycopy(dn, 0, m.dGates().data, to + 2 * hidden, count);
    System.arraycopy(dh, 0, m.dhBefore().data, m.dhBefore().at(t, row) + u, count);
  }

  /** The scratch holds the gradient of r∘h₋. */
  private void resetGradient(
      Activations act, BackwardMemory m, Worker w, int t, int row, int u, int count) {
    float[] r = w.lane(0);
    float[] h = w.lane(1);
    float[] d = w.lane(2);
    float[] dh = w.lane(3);
    int dhAt = m.dhBefore().at(t, row) + u;
    int at = m.gates().at(t, row) + u;
    System.arraycopy(m.gates().data, at, r, 0, count);
    System.arraycopy(m.hBefore().data, m.hBefore().at(t, row) + u, h, 0, count);
    System.arraycopy(m.scratch().data, m.scratch().at(t, row) + u, d, 0, count);
    System.arraycopy(m.dhBefore().data, dhAt, dh, 0, count);
    if (keepsArguments) {
      f.apply(act, r, count);
    }
    for (int k = 0; k < count; k++) {
      dh[k] = dh[k] + d[k] * r[k];
      d[k] = d[k] * h[k];
    }
    f.backward(w, act, m.gates().data, at, r, d, count);
    System.arraycopy(d, 0, m.dGates().data, m.dGates().at(t, row) + u, count);
    System.arraycopy(dh, 0, m.dhBefore().data, dhAt, count);
  }
}
