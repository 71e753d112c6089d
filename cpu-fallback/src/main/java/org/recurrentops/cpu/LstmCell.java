package org.recurrentops.cpu;

import org.recurrentops.ParameterSlice.Kind;
import org.recurrentops.RnnSpec;
import org.recurrentops.cpu.math.Activations;
import org.recurrentops.cpu.math.CpuMath;
import org.recurrentops.cpu.math.LstmUnits;

/**
 * The cell of {@link org.recurrentops.CellType#LSTM}. With a projection the saved slab is m =
 * o∘tanh(c), and one product more makes h of it.
 */
class LstmCell extends Cell {
  final boolean projected;

  LstmCell(RnnSpec spec) {
    super(spec);
    projected = spec.projectionSize() > 0;
  }

  @Override
  int savedWidth() {
    return projected ? hidden : 0;
  }

  @Override
  int secondGradientWidth() {
    return projected ? state : 0;
  }

  @Override
  int scratchWidth() {
    return projected ? hidden : 0;
  }

  @Override
  boolean joinsInput() {
    return norm() == null;
  }

  @Override
  LaneCell inLanes(CpuMath math) {
    LstmUnits units = math.lstmUnits(hidden);
    return projected || units == null ? null : new LstmLanes(units);
  }

  @Override
  WeightUse[] weightUses() {
    WeightUse recurrent = new WeightUse(Kind.WEIGHT_HH, 0, gateRows, state, false, false, 0);
    if (!projected) {
      return new WeightUse[] {recurrent};
    }
    WeightUse projection = new WeightUse(Kind.WEIGHT_HR, 0, state, hidden, true, true, 0);
    return new WeightUse[] {recurrent, projection};
  }

  @Override
  Stage[] forward(CpuMath math, ForwardMemory m) {
    Slab out = projected ? m.saved() : m.hAfter();
    Stage recurrent = recurrent(math, m, 4);
    Stage gates = units(math, m, out);
    if (!projected) {
      return new Stage[] {recurrent, gates};
    }
    Stage projection = Product.of(math.gemm(), out, 0, m.weights()[1], m.hAfter());
    return new Stage[] {recurrent, gates, projection};
  }

  /** The pointwise stage: in blocks of rows where there is such a form, else row by row. */
  Stage units(CpuMath math, ForwardMemory m, Slab out) {
    LstmUnits units = math.lstmUnits(hidden);
    return units == null
        ? rowByRow(math, m, out)
        : new UnitBlocks(
            hidden,
            (t, n, rows, u, count) -> block(units, m, out, t, n, rows, u, count),
            projected ? null : m.output(),
            out);
  }

  private void block(
      LstmUnits units, ForwardMemory m, Slab out, int t, int n, int rows, int u, int count) {
    units.forward(
        hidden,
        rows,
        count,
        m.gates().data,
        m.gates().at(t, n) + u,
        m.cBefore().data,
        m.cBefore().at(t, n) + u,
        m.cAfter().data,
        m.cAfter().at(t, n) + u,
        out.data,
        out.at(t, n) + u);
  }

  final Stage rowByRow(CpuMath math, ForwardMemory m, Slab out) {
    Activations activations = math.activations();
    return new Pointwise(
        hidden,
        (w, t, n, u, count) -> gates(activations, m, out, w, t, n, u, count),
        activations,
        m.cAfter(),
        out);
  }

  void gates(Activations act, ForwardMemory m, Slab out, Worker w, int t, int n, int u, int count) {
    float[] data = m.gates().data;
    int at = m.gates().at(t, n) + u;
    float[] i = w.lane(0);
    float[] f = w.lane(1);
    float[] g = w.lane(2);
    float[] o = w.lane(3);
    float[] c = w.lane(4);
    float[] h = w.lane(5);
    load(data, at, i, f, g, o, count);
    System.arraycopy(m.cBefore().data, m.cBefore().at(t, n) + u, c, 0, count);
    act.sigmoid(i, 0, i, 0, count);
    act.sigmoid(f, 0, f, 0, count);
    act.tanh(g, 0, g, 0, count);
    act.sigmoid(o, 0, o, 0, count);
    for (int k = 0; k < count; k++) {
      c[k] = f[k] * c[k] + i[k] * g[k];
    }
    act.tanh(c, 0, h, 0, count);
    for (int k = 0; k < count; k++) {
      h[k] = o[k] * h[k];
    }
    store(i, f, g, o, data, at, count);
    System.arraycopy(c, 0, m.cAfter().data, m.cAfter().at(t, n) + u, count);
    System.arraycopy(h, 0, out.data, out.at(t, n) + u, count);
  }

  @Override
  Stage[] backward(CpuMath math, BackwardMemory m) {
    Slab dOut = projected ? m.scratch() : m.dhAfter();
    Stage gates = unitGradients(math, m, dOut);
    Product recurrent = Product.of(math.gemm(), m.dGates(), 0, m.weights()[0], m.dhBefore());
    if (!projected) {
      return new Stage[] {gates, recurrent.byUnits(1)};
    }
    return new Stage[] {keep(m), projectionGradient(math, m), gates, recurrent};
  }

  /** The gradient of {@link #units}: in blocks of rows where there is such a form. */
  Stage unitGradients(CpuMath math, BackwardMemory m, Slab dOut) {
    LstmUnits units = math.lstmUnits(hidden);
    return units == null
        ? gradientsRowByRow(math, m, dOut)
        : new UnitBlocks(
            hidden, (t, n, rows, u, count) -> gradients(units, m, dOut, t, n, rows, u, count));
  }

  final Stage gradientsRowByRow(CpuMath math, BackwardMemory m, Slab dOut) {
    Activations activations = math.activations();
    return new Pointwise(
        hidden,
        (w, t, n, u, count) -> gradient(activations, m, dOut, w, t, n, u, count),
        activations,
        m.dGates(),
        m.dcBefore());
  }

  private void gradients(
      LstmUnits units, BackwardMemory m, Slab dOut, int t, int n, int rows, int u, int count) {
    units.backward(
        hidden,
        rows,
        count,
        m.gates().data,
        m.gates().at(t, n) + u,
        m.cBefore().data,
        m.cBefore().at(t, n) + u,
        m.cAfter().data,
        m.cAfter().at(t, n) + u,
        dOut.data,
        dOut.at(t, n) + u,
        m.dcAfter().data,
        m.dcAfter().at(t, n) + u,
        m.dGates().data,
        m.dGates().at(t, n) + u,
        m.dcBefore().data,
        m.dcBefore().at(t, n) + u);
  }

  /** Keeps the gradient of h for that of the projection's weights. */
  final Stage keep(BackwardMemory m) {
    return new Pointwise(
        state,
        (w, t, n, u, count) ->
            System.arraycopy(
                m.dhAfter().data,
                m.dhAfter().at(t, n) + u,
                m.dSecond().data,
                m.dSecond().at(t, n) + u,
                count));
  }

  final Stage projectionGradient(CpuMath math, BackwardMemory m) {
    return Product.of(math.gemm(), m.dSecond(), 0, m.weights()[1], m.scratch());
  }

  void gradient(
      Activations act, BackwardMemory m, Slab dOut, Worker w, int t, int n, int u, int count) {
    float[] data = m.gates().data;
    int at = m.gates().at(t, n) + u;
    float[] i = w.lane(0);
    float[] f = w.lane(1);
    float[] g = w.lane(2);
    float[] o = w.lane(3);
    float[] c = w.lane(4);
    float[] before = w.lane(5);
    float[] dh = w.lane(6);
    float[] dc = w.lane(7);
    load(data, at, i, f, g, o, count);
    System.arraycopy(m.cAfter().data, m.cAfter().at(t, n) + u, c, 0, count);
    System.arraycopy(m.cBefore().data, m.cBefore().at(t, n) + u, before, 0, count);
    System.arraycopy(dOut.data, dOut.at(t, n) + u, dh, 0, count);
    System.arraycopy(m.dcAfter().data, m.dcAfter().at(t, n) + u, dc, 0, count);
    act.tanh(c, 0, c, 0, count);
    for (int k = 0; k < count; k++) {
      dc[k] = dc[k] + dh[k] * o[k] * (1 - c[k]) * (1 + c[k]);
      dh[k] = dh[k] * c[k] * o[k] * (1 - o[k]); // of o's pre-activation from here on
    }
    for (int k = 0; k < count; k++) {
      float di = dc[k] * g[k] * i[k] * (1 - i[k]);
      float df = dc[k] * before[k] * f[k] * (1 - f[k]);
      float dg = dc[k] * i[k] * (1 - g[k]) * (1 + g[k]);
      dc[k] = dc[k] * f[k];
      i[k] = di;
      f[k] = df;
      g[k] = dg;
    }
    store(i, f, g, dh, m.dGates().data, m.dGates().at(t, n) + u, count);
    System.arraycopy(dc, 0, m.dcBefore().data, m.dcBefore().at(t, n) + u, count);
  }

  /** Some units of the four gates of one row, block by block. */
  final void load(float[] data, int at, float[] i, float[] f, float[] g, float[] o, int count) {
    System.arraycopy(data, at, i, 0, count);
    System.arraycopy(data, at + hidden, f, 0, count);
    System.arraycopy(data, at + 2 * hidden, g, 0, count);
    System.arraycopy(data, at + 3 * hidden, o, 0, count);
  }

  final void store(float[] i, float[] f, float[] g, float[] o, float[] data, int at, int count) {
    System.arraycopy(i, 0, data, at, count);
    System.arraycopy(f, 0, data, at + hidden, count);
    System.arraycopy(g, 0, data, at + 2 * hidden, count);
    System.arraycopy(o, 0, data, at + 3 * hidden, count);
  }
}
