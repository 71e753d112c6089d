package org.recurrentops.cpu;

import org.recurrentops.ParameterSlice.Kind;
import org.recurrentops.RnnSpec;
import org.recurrentops.cpu.math.Activations;
import org.recurrentops.cpu.math.CpuMath;

/**
 * h = φ(a), see {@link org.recurrentops.CellType#VANILLA_TANH}; independent units need no product.
 */
final class VanillaCell extends Cell {
  private final GateFunction f;
  private final boolean keepsArguments;
  private final boolean independent;

  VanillaCell(RnnSpec spec, int direction) {
    super(spec);
    f = GateFunction.of(spec, 0, direction);
    keepsArguments = GateFunction.needsArguments(spec);
    independent = spec.cellOptions().independent();
  }

  @Override
  boolean savesGates() {
    return keepsArguments;
  }

  @Override
  int savedWidth() {
    return 0;
  }

  @Override
  int secondGradientWidth() {
    return 0;
  }

  @Override
  int scratchWidth() {
    return 0;
  }

  @Override
  boolean joinsInput() {
    return !independent;
  }

  @Override
  LaneCell inLanes(CpuMath math) {
    return independent || !f.isTanh() ? null : new TanhLanes(math.activations());
  }

  @Override
  WeightUse[] weightUses() {
    if (independent) {
      return new WeightUse[0];
    }
    return new WeightUse[] {new WeightUse(Kind.WEIGHT_HH, 0, gateRows, state, false, false, 0)};
  }

  @Override
  Stage[] forward(CpuMath math, ForwardMemory m) {
    if (independent) {
      return new Stage[] {rowByRow(math, m)};
    }
    return new Stage[] {recurrent(math, m, 1), f.isTanh() ? tangents(math, m) : rowByRow(math, m)};
  }

  /** h = tanh a, in blocks of rows. */
  private Stage tangents(CpuMath math, ForwardMemory m) {
    Activations act = math.activations();
    UnitBlocks.Block block = (t, n, rows, u, count) -> tangents(act, m, t, n, rows, u, count);
    return new UnitBlocks(hidden, block, m.output(), m.hAfter());
  }

  private void tangents(
      Activations act, ForwardMemory m, int t, int n, int rows, int u, int count) {
    boolean dense = count == hidden;
    int length = dense ? rows * count : count;
    for (int r = 0; r < (dense ? 1 : rows); r++) {
      int to = m.hAfter().at(t, n + r) + u;
      act.tanh(m.gates().data, m.gates().at(t, n + r) + u, m.hAfter().data, to, length);
      act.clearSubnormals(m.hAfter().data, to, length);
    }
  }

  private Stage rowByRow(CpuMath math, ForwardMemory m) {
    Activations activations = math.activations();
    return new Pointwise(
        hidden,
        (w, t, n, u, count) -> activate(activations, m, w, t, n, u, count),
        activations,
        m.hAfter());
  }

  private void activate(
      Activations activations, ForwardMemory m, Worker w, int t, int n, int u, int count) {
    float[] a = w.lane(0);
    System.arraycopy(m.gates().data, m.gates().at(t, n) + u, a, 0, count);
    if (independent) {
      float[] h = w.lane(1);
      System.arraycopy(m.hBefore().data, m.hBefore().at(t, n) + u, h, 0, count);
      m.vectors().add(VectorWeights.OWN_PAST, u, h, w.lane(2), a, count);
      System.arraycopy(a, 0, m.gates().data, m.gates().at(t, n) + u, count);
    }
    f.apply(activations, a, count);
    System.arraycopy(a, 0, m.hAfter().data, m.hAfter().at(t, n) + u, count);
  }

  @Override
  Stage[] backward(CpuMath math, BackwardMemory m) {
    Activations act = math.activations();
    Stage gradient =
        new Pointwise(
            hidden, (w, t, n, u, count) -> gradient(act, m, w, t, n, u, count), act, m.dGates());
    if (independent) {
      return new Stage[] {gradient};
    }
    Product recurrent = Product.of(math.gemm(), m.dGates(), 0, m.weights()[0], m.dhBefore());
    return new Stage[] {gradient, recurrent.byUnits(1)};
  }

  /** dh∘φ′; the slab keeps arguments where φ′ is not made of h. */
  private void gradient(
      Activations act, BackwardMemory m, Worker w, int t, int n, int u, int count) {
    float[] h = w.lane(0);
    float[] d = w.lane(1);
    System.arraycopy(m.hAfter().data, m.hAfter().at(t, n) + u, h, 0, count);
    System.arraycopy(m.dhAfter().data, m.dhAfter().at(t, n) + u, d, 0, count);
    float[] arguments = keepsArguments ? m.gates().data : null;
    int at = keepsArguments ? m.gates().at(t, n) + u : 0;
    f.backward(w, act, arguments, at, h, d, count);
    System.arraycopy(d, 0, m.dGates().data, m.dGates().at(t, n) + u, count);
    if (independent) {
      m.vectors().scale(VectorWeights.OWN_PAST, u, d, h, count);
      System.arraycopy(h, 0, m.dhBefore().data, m.dhBefore().at(t, n) + u, count);
    }
  }
}
