package org.recurrentops.tck.reference;

import org.recurrentops.ParameterSlice.Kind;

/**
 * i, f, o = σ(a), g = tanh(a) with a = W x + b_W + R h₋ + b_R; c = f∘c₋ + i∘g; m = o∘tanh(c); h =
 * m, or h = W_p m with a projection. Gate order i, f, g, o.
 */
final class LstmReference extends ReferenceCell {
  private static final int I = 0;
  private static final int F = 1;
  private static final int G = 2;
  private static final int O = 3;

  LstmReference(int hidden, LayerSlices w) {
    super(hidden, w);
  }

  @Override
  Step forward(double[] x, double[] h, double[] cBefore) {
    double[] i = sigmoid(sum(inputSide(I, x), recurrentSide(I, h)));
    double[] f = sigmoid(sum(inputSide(F, x), recurrentSide(F, h)));
    double[] g = tanh(sum(inputSide(G, x), recurrentSide(G, h)));
    double[] o = sigmoid(sum(inputSide(O, x), recurrentSide(O, h)));
    double[] c = sum(product(f, cBefore), product(i, g));
    double[] m = product(o, tanh(c));
    double[] out = w.has(Kind.WEIGHT_HR) ? w.times(Kind.WEIGHT_HR, 0, h.length, m) : m;
    return new Step(x, h, cBefore, out, c, i, f, g, o, m);
  }

  @Override
  StepGradient backward(Step s, double[] dh, double[] dcAfter, LayerSlices dw) {
    double[] i = s.saved()[I];
    double[] f = s.saved()[F];
    double[] g = s.saved()[G];
    double[] o = s.saved()[O];
    double[] m = s.saved()[4];
    double[] dm = dh;
    if (w.has(Kind.WEIGHT_HR)) {
      dm = new double[hidden];
      w.addTransposedTimes(Kind.WEIGHT_HR, 0, dh, dm);
      dw.addOuter(Kind.WEIGHT_HR, 0, dh, m);
    }
    double[][] da = new double[4][hidden];
    double[] dcBefore = new double[hidden];
    for (int j = 0; j < hidden; j++) {
      double tanhC = Math.tanh(s.c()[j]);
      double dc = dcAfter[j] + dm[j] * o[j] * (1 - tanhC * tanhC);
      da[I][j] = dc * g[j] * i[j] * (1 - i[j]);
      da[F][j] = dc * s.cBefore()[j] * f[j] * (1 - f[j]);
      da[G][j] = dc * i[j] * (1 - g[j] * g[j]);
      da[O][j] = dm[j] * tanhC * o[j] * (1 - o[j]);
      dcBefore[j] = dc * f[j];
    }
    double[] dx = new double[s.x().length];
    double[] dhBefore = new double[s.hBefore().length];
    for (int gate = 0; gate < 4; gate++) {
      inputSideBackward(gate, da[gate], s.x(), dx, dw);
      recurrentSideBackward(gate, da[gate], s.hBefore(), dhBefore, dw);
    }
    return new StepGradient(dx, dhBefore, dcBefore);
  }
}
