package org.recurrentops.tck.reference;

import org.recurrentops.ParameterSlice.Kind;
import org.recurrentops.RnnSpec;

/**
 * i, f, o = σ(a), g = tanh(a) with a = W x + b_W + R h₋ + b_R; c = f∘c₋ + i∘g; m = o∘tanh(c); h =
 * m, or h = W_p m with a projection. Gate order i, f, g, o.
 *
 * <p>Options: peepholes add p_i∘c₋, p_f∘c₋ and p_o∘c to a; a is clipped; f = 1 − i; c is clipped.
 */
final class LstmReference extends ReferenceCell {
  private static final int I = 0;
  private static final int F = 1;
  private static final int G = 2;
  private static final int O = 3;
  private static final int M = 4;
  private static final int RAW_C = 5;
  private static final int RAW = 6;

  private final boolean coupled;
  private final double cellClip;
  private final double clip;

  LstmReference(RnnSpec spec, LayerSlices w) {
    super(spec.hiddenSize(), w);
    coupled = spec.isInputForgetCoupled();
    cellClip = spec.cellClip();
    clip = spec.preActivationClip();
  }

  @Override
  Step forward(double[] x, double[] h, double[] cBefore) {
    double[] rawI = sum(argument(I, x, h), peephole(0, cBefore));
    double[] rawF = sum(argument(F, x, h), peephole(1, cBefore));
    double[] rawG = argument(G, x, h);
    double[] i = sigmoid(clipped(rawI, clip));
    double[] f = coupled ? oneMinus(i) : sigmoid(clipped(rawF, clip));
    double[] g = tanh(clipped(rawG, clip));
    double[] rawC = sum(product(f, cBefore), product(i, g));
    double[] c = clipped(rawC, cellClip);
    double[] rawO = sum(argument(O, x, h), peephole(2, c));
    double[] o = sigmoid(clipped(rawO, clip));
    double[] m = product(o, tanh(c));
    double[] out = w.has(Kind.WEIGHT_HR) ? w.times(Kind.WEIGHT_HR, 0, h.length, m) : m;
    return new Step(x, h, cBefore, out, c, i, f, g, o, m, rawC, rawI, rawF, rawG, rawO);
  }

  private double[] argument(int gate, double[] x, double[] h) {
    return sum(inputSide(gate, x), recurrentSide(gate, h));
  }

  /** p∘c for peephole block i, f or o; 0 without peepholes. */
  private double[] peephole(int block, double[] c) {
    return product(w.bias(Kind.PEEPHOLES, block, hidden), c);
  }

  private static double[] oneMinus(double[] a) {
    double[] r = new double[a.length];
    for (int j = 0; j < a.length; j++) {
      r[j] = 1 - a[j];
    }
    return r;
  }

  @Override
  StepGradient backward(Step s, double[] dh, double[] dcAfter, LayerSlices dw) {
    double[] i = s.saved()[I];
    double[] f = s.saved()[F];
    double[] g = s.saved()[G];
    double[] o = s.saved()[O];
    double[] m = s.saved()[M];
    double[] dm = dh;
    if (w.has(Kind.WEIGHT_HR)) {
      dm = new double[hidden];
      w.addTransposedTimes(Kind.WEIGHT_HR, 0, dh, dm);
      dw.addOuter(Kind.WEIGHT_HR, 0, dh, m);
    }
    double[][] da = new double[4][hidden];
    double[] dcBefore = new double[hidden];
    double[] pi = w.bias(Kind.PEEPHOLES, 0, hidden);
    double[] pf = w.bias(Kind.PEEPHOLES, 1, hidden);
    double[] po = w.bias(Kind.PEEPHOLES, 2, hidden);
    for (int j = 0; j < hidden; j++) {
      double tanhC = Math.tanh(s.c()[j]);
      da[O][j] = inside(s, O, j) * dm[j] * tanhC * o[j] * (1 - o[j]);
      double dc = dcAfter[j] + dm[j] * o[j] * (1 - tanhC * tanhC) + da[O][j] * po[j];
      dc *= slope(s.saved()[RAW_C][j], cellClip);
      double df = dc * s.cBefore()[j];
      double di = dc * g[j] - (coupled ? df : 0);
      da[I][j] = inside(s, I, j) * di * i[j] * (1 - i[j]);
      da[F][j] = coupled ? 0 : inside(s, F, j) * df * f[j] * (1 - f[j]);
      da[G][j] = inside(s, G, j) * dc * i[j] * (1 - g[j] * g[j]);
      dcBefore[j] = dc * f[j] + da[I][j] * pi[j] + da[F][j] * pf[j];
    }
    dw.addBias(Kind.PEEPHOLES, 0, product(da[I], s.cBefore()));
    dw.addBias(Kind.PEEPHOLES, 1, product(da[F], s.cBefore()));
    dw.addBias(Kind.PEEPHOLES, 2, product(da[O], s.c()));
    double[] dx = new double[s.x().length];
    double[] dhBefore = new double[s.hBefore().length];
    for (int gate = 0; gate < 4; gate++) {
      inputSideBackward(gate, da[gate], s.x(), dx, dw);
      recurrentSideBackward(gate, da[gate], s.hBefore(), dhBefore, dw);
    }
    return new StepGradient(dx, dhBefore, dcBefore);
  }

  private double inside(Step s, int gate, int j) {
    return slope(s.saved()[RAW + gate][j], clip);
  }

  @Override
  double nearestKink(Step s) {
    double nearest = fromBound(s.saved()[RAW_C], cellClip);
    for (int gate = 0; gate < 4; gate++) {
      if (gate != F || !coupled) {
        nearest = Math.min(nearest, fromBound(s.saved()[RAW + gate], clip));
      }
    }
    return nearest;
  }
}
