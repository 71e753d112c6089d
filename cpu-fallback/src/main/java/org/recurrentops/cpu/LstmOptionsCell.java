package org.recurrentops.cpu;

import org.recurrentops.RnnSpec;
import org.recurrentops.cpu.math.Activations;
import org.recurrentops.cpu.math.CpuMath;

/**
 * {@link LstmCell} with peepholes, coupled input and forget gate, clipped cell state, clipped
 * arguments and other activations. Where arguments are clipped, or derivatives are made of them,
 * the saved gates are arguments, not activations.
 */
class LstmOptionsCell extends LstmCell {
  private final boolean peepholes;
  private final boolean coupled;
  private final Clip cell;
  final GateFunction f;
  private final GateFunction g;
  final GateFunction h;
  final boolean keepsArguments;

  LstmOptionsCell(RnnSpec spec, int direction) {
    super(spec);
    peepholes = spec.hasPeepholes();
    coupled = spec.isInputForgetCoupled();
    cell = new Clip(spec.cellClip());
    f = GateFunction.of(spec, 0, direction);
    g = GateFunction.of(spec, 1, direction);
    h = GateFunction.of(spec, 2, direction);
    keepsArguments = GateFunction.needsArguments(spec);
  }

  @Override
  Stage units(CpuMath math, ForwardMemory m, Slab out) {
    return rowByRow(math, m, out);
  }

  @Override
  Stage unitGradients(CpuMath math, BackwardMemory m, Slab dOut) {
    return gradientsRowByRow(math, m, dOut);
  }

  @Override
  void gates(Activations act, ForwardMemory m, Slab out, Worker w, int t, int n, int u, int count) {
    cellState(act, m, w, t, n, u, count);
    System.arraycopy(w.lane(4), 0, w.lane(5), 0, count);
    output(act, out, w, t, n, u, count);
  }

  /** From arguments to gates and c; leaves o and c in their lanes. */
  final void cellState(Activations act, ForwardMemory m, Worker w, int t, int n, int u, int count) {
    float[] data = m.gates().data;
    int at = m.gates().at(t, n) + u;
    float[] in = w.lane(0);
    float[] forget = w.lane(1);
    float[] candidate = w.lane(2);
    float[] o = w.lane(3);
    float[] c = w.lane(4);
    load(data, at, in, forget, candidate, o, count);
    System.arraycopy(m.cBefore().data, m.cBefore().at(t, n) + u, c, 0, count);
    if (peepholes) {
      m.vectors().add(VectorWeights.I, u, c, w.lane(6), in, count);
      m.vectors().add(VectorWeights.F, u, c, w.lane(6), forget, count);
    }
    if (keepsArguments) {
      store(in, forget, candidate, o, data, at, count);
    }
    activate(act, in, forget, candidate, count);
    for (int k = 0; k < count; k++) {
      c[k] = forget[k] * c[k] + in[k] * candidate[k];
    }
    cell.apply(c, count);
    if (peepholes) {
      m.vectors().add(VectorWeights.O, u, c, w.lane(6), o, count);
    }
    if (keepsArguments) {
      System.arraycopy(o, 0, data, at + 3 * hidden, count);
    }
    f.apply(act, o, count);
    if (!keepsArguments) {
      store(in, forget, candidate, o, data, at, count);
    }
    System.arraycopy(c, 0, m.cAfter().data, m.cAfter().at(t, n) + u, count);
  }

  /** o∘φ_h of the argument in lane 5. */
  final void output(Activations act, Slab out, Worker w, int t, int n, int u, int count) {
    float[] o = w.lane(3);
    float[] y = w.lane(5);
    h.apply(act, y, count);
    for (int k = 0; k < count; k++) {
      y[k] = o[k] * y[k];
    }
    System.arraycopy(y, 0, out.data, out.at(t, n) + u, count);
  }

  /** From arguments to activations, but for o, which may have to wait for c. */
  private void activate(Activations act, float[] in, float[] forget, float[] candidate, int count) {
    f.apply(act, in, count);
    g.apply(act, candidate, count);
    if (coupled) {
      for (int k = 0; k < count; k++) {
        forget[k] = 1 - in[k];
      }
    } else {
      f.apply(act, forget, count);
    }
  }

  @Override
  void gradient(
      Activations act, BackwardMemory m, Slab dOut, Worker w, int t, int n, int u, int count) {
    loadStep(act, m, w, t, n, u, count);
    System.arraycopy(dOut.data, dOut.at(t, n) + u, w.lane(6), 0, count);
    int cAt = m.cAfter().at(t, n) + u;
    outputGradient(act, m, w, t, n, u, count, m.cAfter().data, cAt);
    complete(m, w, w.lane(8), u, count);
    gateGradients(act, m, w, t, n, u, count);
  }

  /** Gates, c₋ and the gradient of c from later steps. */
  final void loadStep(Activations act, BackwardMemory m, Worker w, int t, int n, int u, int count) {
    float[] in = w.lane(0);
    float[] forget = w.lane(1);
    float[] candidate = w.lane(2);
    float[] o = w.lane(3);
    load(m.gates().data, m.gates().at(t, n) + u, in, forget, candidate, o, count);
    System.arraycopy(m.cBefore().data, m.cBefore().at(t, n) + u, w.lane(5), 0, count);
    System.arraycopy(m.dcAfter().data, m.dcAfter().at(t, n) + u, w.lane(7), 0, count);
    if (keepsArguments) {
      activate(act, in, forget, candidate, count);
      f.apply(act, o, count);
    }
  }

  /** From the gradients of o's argument and of c to those of the other arguments and of c₋. */
  final void gateGradients(
      Activations act, BackwardMemory m, Worker w, int t, int n, int u, int count) {
    float[] data = m.gates().data;
    int at = m.gates().at(t, n) + u;
    float[] in = w.lane(0);
    float[] forget = w.lane(1);
    float[] candidate = w.lane(2);
    float[] before = w.lane(5);
    float[] dh = w.lane(6);
    float[] dc = w.lane(7);
    cellGradient(w, count);
    float[] di = w.lane(4);
    float[] df = w.lane(9);
    float[] dg = w.lane(10);
    for (int k = 0; k < count; k++) {
      df[k] = dc[k] * before[k];
      di[k] = dc[k] * candidate[k] - (coupled ? df[k] : 0);
      dg[k] = dc[k] * in[k];
      dc[k] = dc[k] * forget[k];
      df[k] = coupled ? 0 : df[k];
    }
    f.backward(w, act, data, at, in, di, count);
    if (!coupled) {
      f.backward(w, act, data, at + hidden, forget, df, count);
    }
    g.backward(w, act, data, at + 2 * hidden, candidate, dg, count);
    if (peepholes) {
      m.vectors().add(VectorWeights.I, u, di, w.lane(8), dc, count);
      m.vectors().add(VectorWeights.F, u, df, w.lane(8), dc, count);
    }
    store(di, df, dg, dh, m.dGates().data, m.dGates().at(t, n) + u, count);
    System.arraycopy(dc, 0, m.dcBefore().data, m.dcBefore().at(t, n) + u, count);
  }

  /** Makes dh the gradient of o's argument, and lane 8 that of the argument of φ_h. */
  final void outputGradient(
      Activations act,
      BackwardMemory m,
      Worker w,
      int t,
      int n,
      int u,
      int count,
      float[] arguments,
      int argumentsAt) {
    float[] o = w.lane(3);
    float[] y = w.lane(4);
    float[] dh = w.lane(6);
    float[] through = w.lane(8);
    System.arraycopy(arguments, argumentsAt, y, 0, count);
    h.apply(act, y, count);
    for (int k = 0; k < count; k++) {
      through[k] = dh[k] * o[k];
      dh[k] = dh[k] * y[k];
    }
    h.backward(w, act, arguments, argumentsAt, y, through, count);
    f.backward(w, act, m.gates().data, m.gates().at(t, n) + u + 3 * hidden, o, dh, count);
  }

  /** Completes dc with what comes through h and through o's argument. */
  final void complete(BackwardMemory m, Worker w, float[] through, int u, int count) {
    float[] dc = w.lane(7);
    for (int k = 0; k < count; k++) {
      dc[k] = dc[k] + through[k];
    }
    if (peepholes) {
      m.vectors().add(VectorWeights.O, u, w.lane(6), w.lane(8), dc, count);
    }
  }

  /** Zeroes dc where c was cut; the sum before the cut is made again, to the bit. */
  private void cellGradient(Worker w, int count) {
    if (!cell.clips()) {
      return;
    }
    float[] in = w.lane(0);
    float[] forget = w.lane(1);
    float[] candidate = w.lane(2);
    float[] before = w.lane(5);
    float[] sum = w.lane(8);
    for (int k = 0; k < count; k++) {
      sum[k] = forget[k] * before[k] + in[k] * candidate[k];
    }
    cell.zeroOutside(sum, w.lane(7), count);
  }
}
