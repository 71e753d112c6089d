package org.recurrentops.cpu;

import org.recurrentops.RnnSpec;
import org.recurrentops.cpu.math.Activations;

/**
 * {@link LstmCell} with peepholes, coupled input and forget gate, clipped cell state and clipped
 * arguments. Where arguments are clipped the saved gates are arguments, not activations, so that
 * backward knows which of them were cut.
 */
final class LstmOptionsCell extends LstmCell {
  private final boolean peepholes;
  private final boolean coupled;
  private final Clip cell;
  private final Clip arguments;

  LstmOptionsCell(RnnSpec spec) {
    super(spec);
    peepholes = spec.hasPeepholes();
    coupled = spec.isInputForgetCoupled();
    cell = new Clip(spec.cellClip());
    arguments = new Clip(spec.preActivationClip());
  }

  @Override
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
    if (peepholes) {
      m.peepholes().add(Peepholes.I, u, c, w.lane(6), i, count);
      m.peepholes().add(Peepholes.F, u, c, w.lane(6), f, count);
    }
    if (arguments.clips()) {
      store(i, f, g, o, data, at, count);
    }
    activate(act, i, f, g, count);
    for (int k = 0; k < count; k++) {
      c[k] = f[k] * c[k] + i[k] * g[k];
    }
    cell.apply(c, count);
    if (peepholes) {
      m.peepholes().add(Peepholes.O, u, c, w.lane(6), o, count);
    }
    if (arguments.clips()) {
      System.arraycopy(o, 0, data, at + 3 * hidden, count);
      arguments.apply(o, count);
    }
    act.sigmoid(o, 0, o, 0, count);
    if (!arguments.clips()) {
      store(i, f, g, o, data, at, count);
    }
    act.tanh(c, 0, h, 0, count);
    for (int k = 0; k < count; k++) {
      h[k] = o[k] * h[k];
    }
    System.arraycopy(c, 0, m.cAfter().data, m.cAfter().at(t, n) + u, count);
    System.arraycopy(h, 0, out.data, out.at(t, n) + u, count);
  }

  /** From arguments to activations, but for o, which may have to wait for c. */
  private void activate(Activations act, float[] i, float[] f, float[] g, int count) {
    arguments.apply(i, count);
    arguments.apply(f, count);
    arguments.apply(g, count);
    act.sigmoid(i, 0, i, 0, count);
    act.tanh(g, 0, g, 0, count);
    if (coupled) {
      for (int k = 0; k < count; k++) {
        f[k] = 1 - i[k];
      }
    } else {
      act.sigmoid(f, 0, f, 0, count);
    }
  }

  @Override
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
    if (arguments.clips()) {
      activate(act, i, f, g, count);
      arguments.apply(o, count);
      act.sigmoid(o, 0, o, 0, count);
    }
    outputGradient(act, m, w, at, u, count);
    cellGradient(w, count);
    for (int k = 0; k < count; k++) {
      float df = dc[k] * before[k];
      float di = dc[k] * g[k] - (coupled ? df : 0);
      float dg = dc[k] * i[k];
      dc[k] = dc[k] * f[k];
      i[k] = di * i[k] * (1 - i[k]);
      f[k] = coupled ? 0 : df * f[k] * (1 - f[k]);
      g[k] = dg * (1 - g[k]) * (1 + g[k]);
    }
    arguments.cut(w, data, at, i, count);
    arguments.cut(w, data, at + hidden, f, count);
    arguments.cut(w, data, at + 2 * hidden, g, count);
    if (peepholes) {
      m.peepholes().add(Peepholes.I, u, i, w.lane(8), dc, count);
      m.peepholes().add(Peepholes.F, u, f, w.lane(8), dc, count);
    }
    store(i, f, g, dh, m.dGates().data, m.dGates().at(t, n) + u, count);
    System.arraycopy(dc, 0, m.dcBefore().data, m.dcBefore().at(t, n) + u, count);
  }

  /** Makes dh the gradient of o's argument, and completes dc with what comes through h. */
  private void outputGradient(
      Activations act, BackwardMemory m, Worker w, int at, int u, int count) {
    float[] o = w.lane(3);
    float[] c = w.lane(4);
    float[] dh = w.lane(6);
    float[] dc = w.lane(7);
    act.tanh(c, 0, c, 0, count);
    for (int k = 0; k < count; k++) {
      dc[k] = dc[k] + dh[k] * o[k] * (1 - c[k]) * (1 + c[k]);
      dh[k] = dh[k] * c[k] * o[k] * (1 - o[k]);
    }
    arguments.cut(w, m.gates().data, at + 3 * hidden, dh, count);
    if (peepholes) {
      m.peepholes().add(Peepholes.O, u, dh, w.lane(8), dc, count);
    }
  }

  /** Zeroes dc where c was cut; the sum before the cut is made again, to the bit. */
  private void cellGradient(Worker w, int count) {
    if (!cell.clips()) {
      return;
    }
    float[] i = w.lane(0);
    float[] f = w.lane(1);
    float[] g = w.lane(2);
    float[] before = w.lane(5);
    float[] sum = w.lane(8);
    for (int k = 0; k < count; k++) {
      sum[k] = f[k] * before[k] + i[k] * g[k];
    }
    cell.zeroOutside(sum, w.lane(7), count);
  }
}
