package org.recurrentops.tck.reference;

import org.recurrentops.ParameterSlice.Kind;
import org.recurrentops.RnnSpec;

/**
 * i, f, o = σ(a), g = tanh(a) with a = W x + b_W + R h₋ + b_R; c = f∘c₋ + i∘g; m = o∘tanh(c); h =
 * m, or h = W_p m with a projection. Gate order i, f, g, o.
 *
 * <p>Options: peepholes add p_i∘c₋, p_f∘c₋ and p_o∘c to a; a is clipped; f = 1 − i; c is clipped;
 * other functions than σ, tanh and tanh; layer normalisation of W x, of R h₋, and of c in m.
 */
final class LstmReference extends ReferenceCell {
  private static final int I = 0;
  private static final int F = 1;
  private static final int G = 2;
  private static final int O = 3;
  private static final int M = 4;
  private static final int RAW_C = 5;
  private static final int RAW = 6;
  private static final int TO_H = 10;

  private final boolean coupled;
  private final double cellClip;
  private final ReferenceActivation f;
  private final ReferenceActivation g;
  private final ReferenceActivation h;

  LstmReference(RnnSpec spec, LayerSlices w, int direction) {
    super(spec, w);
    coupled = spec.isInputForgetCoupled();
    cellClip = spec.cellClip();
    f = new ReferenceActivation(spec.activation(0, direction), spec.preActivationClip());
    g = new ReferenceActivation(spec.activation(1, direction), spec.preActivationClip());
    h = new ReferenceActivation(spec.activation(2, direction), Double.POSITIVE_INFINITY);
  }

  @Override
  Step forward(double[] x, double[] hBefore, double[] cBefore) {
    double[][] ofX = inputSides(x);
    double[][] ofH = recurrentSides(hBefore);
    double[] rawI = sum(sum(ofX[I], ofH[I]), peephole(0, cBefore));
    double[] rawF = sum(sum(ofX[F], ofH[F]), peephole(1, cBefore));
    double[] rawG = sum(ofX[G], ofH[G]);
    double[] in = f.of(rawI);
    double[] forget = coupled ? oneMinus(in) : f.of(rawF);
    double[] candidate = g.of(rawG);
    double[] rawC = sum(product(forget, cBefore), product(in, candidate));
    double[] c = clipped(rawC, cellClip);
    double[] rawO = sum(sum(ofX[O], ofH[O]), peephole(2, c));
    double[] o = f.of(rawO);
    double[] toH = argumentOfH(c);
    double[] m = product(o, h.of(toH));
    double[] out = w.has(Kind.WEIGHT_HR) ? w.times(Kind.WEIGHT_HR, 0, hBefore.length, m) : m;
    double[][] saved = {
      in, forget, candidate, o, m, rawC, rawI, rawF, rawG, rawO, toH,
    };
    return new Step(x, hBefore, cBefore, out, c, saved);
  }

  /** c, or LN(c; γ_c) + β_c. */
  private double[] argumentOfH(double[] c) {
    if (epsilon == 0) {
      return c;
    }
    double[] gain = w.bias(Kind.LN_GAMMA_C, 0, hidden);
    double[] shift = w.bias(Kind.LN_BETA_C, 0, hidden);
    return sum(product(gain, ReferenceNorm.normal(c, epsilon)), shift);
  }

  /** Gradient of c: u is that of {@link #argumentOfH}. */
  private double[] argumentOfHBackward(double[] u, double[] c, LayerSlices dw) {
    if (epsilon == 0) {
      return u;
    }
    dw.addBias(Kind.LN_BETA_C, 0, u);
    dw.addBias(Kind.LN_GAMMA_C, 0, product(u, ReferenceNorm.normal(c, epsilon)));
    return ReferenceNorm.gradient(product(u, w.bias(Kind.LN_GAMMA_C, 0, hidden)), c, epsilon);
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
    double[] forget = s.saved()[F];
    double[] candidate = s.saved()[G];
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
    double[] toH = s.saved()[TO_H];
    double[] hOfC = h.of(toH);
    double[] through = new double[hidden];
    for (int j = 0; j < hidden; j++) {
      through[j] = dm[j] * o[j] * h.slope(toH[j]);
    }
    through = argumentOfHBackward(through, s.c(), dw);
    double[] pi = w.bias(Kind.PEEPHOLES, 0, hidden);
    double[] pf = w.bias(Kind.PEEPHOLES, 1, hidden);
    double[] po = w.bias(Kind.PEEPHOLES, 2, hidden);
    for (int j = 0; j < hidden; j++) {
      da[O][j] = slope(s, O, j) * dm[j] * hOfC[j];
      double dc = dcAfter[j] + through[j] + da[O][j] * po[j];
      dc *= slope(s.saved()[RAW_C][j], cellClip);
      double df = dc * s.cBefore()[j];
      double di = dc * candidate[j] - (coupled ? df : 0);
      da[I][j] = slope(s, I, j) * di;
      da[F][j] = coupled ? 0 : slope(s, F, j) * df;
      da[G][j] = slope(s, G, j) * dc * i[j];
      dcBefore[j] = dc * forget[j] + da[I][j] * pi[j] + da[F][j] * pf[j];
    }
    dw.addBias(Kind.PEEPHOLES, 0, product(da[I], s.cBefore()));
    dw.addBias(Kind.PEEPHOLES, 1, product(da[F], s.cBefore()));
    dw.addBias(Kind.PEEPHOLES, 2, product(da[O], s.c()));
    double[] dx = new double[s.x().length];
    double[] dhBefore = new double[s.hBefore().length];
    inputSidesBackward(da, s.x(), dx, dw);
    recurrentSidesBackward(da, s.hBefore(), dhBefore, dw);
    return new StepGradient(dx, dhBefore, dcBefore);
  }

  private double slope(Step s, int gate, int j) {
    return (gate == G ? g : f).slope(s.saved()[RAW + gate][j]);
  }

  @Override
  double nearestKink(Step s) {
    double nearest =
        Math.min(fromBound(s.saved()[RAW_C], cellClip), h.nearestKink(s.saved()[TO_H]));
    for (int gate = 0; gate < 4; gate++) {
      if (gate != F || !coupled) {
        ReferenceActivation of = gate == G ? g : f;
        nearest = Math.min(nearest, of.nearestKink(s.saved()[RAW + gate]));
      }
    }
    return nearest;
  }
}
