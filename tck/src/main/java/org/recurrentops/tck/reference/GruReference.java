package org.recurrentops.tck.reference;

import org.recurrentops.RnnSpec;

/**
 * r, z = σ(W x + b_W + R h₋ + b_R); q = R_n h₋ + b_Rn; n = tanh(W_n x + b_Wn + r∘q); h = (1−z)∘n +
 * z∘h₋. Gate order r, z, n. The arguments of σ and tanh are clipped.
 */
final class GruReference extends ReferenceCell {
  private static final int R = 0;
  private static final int Z = 1;
  private static final int N = 2;

  private final double clip;

  GruReference(RnnSpec spec, LayerSlices w) {
    super(spec.hiddenSize(), w);
    clip = spec.preActivationClip();
  }

  @Override
  Step forward(double[] x, double[] h, double[] c) {
    double[] rawR = sum(inputSide(R, x), recurrentSide(R, h));
    double[] rawZ = sum(inputSide(Z, x), recurrentSide(Z, h));
    double[] r = sigmoid(clipped(rawR, clip));
    double[] z = sigmoid(clipped(rawZ, clip));
    double[] q = recurrentSide(N, h);
    double[] rawN = sum(inputSide(N, x), product(r, q));
    double[] n = tanh(clipped(rawN, clip));
    double[] out = new double[hidden];
    for (int j = 0; j < hidden; j++) {
      out[j] = (1 - z[j]) * n[j] + z[j] * h[j];
    }
    return new Step(x, h, null, out, null, r, z, n, q, rawR, rawZ, rawN);
  }

  @Override
  StepGradient backward(Step s, double[] dh, double[] dc, LayerSlices dw) {
    double[] r = s.saved()[R];
    double[] z = s.saved()[Z];
    double[] n = s.saved()[N];
    double[] q = s.saved()[3];
    double[] dar = new double[hidden];
    double[] daz = new double[hidden];
    double[] dan = new double[hidden];
    double[] dhBefore = new double[hidden];
    for (int j = 0; j < hidden; j++) {
      dan[j] = inside(s, N, j) * dh[j] * (1 - z[j]) * (1 - n[j] * n[j]);
      dar[j] = inside(s, R, j) * dan[j] * q[j] * r[j] * (1 - r[j]);
      daz[j] = inside(s, Z, j) * dh[j] * (s.hBefore()[j] - n[j]) * z[j] * (1 - z[j]);
      dhBefore[j] = dh[j] * z[j];
    }
    double[] dx = new double[s.x().length];
    inputSideBackward(R, dar, s.x(), dx, dw);
    inputSideBackward(Z, daz, s.x(), dx, dw);
    inputSideBackward(N, dan, s.x(), dx, dw);
    recurrentSideBackward(R, dar, s.hBefore(), dhBefore, dw);
    recurrentSideBackward(Z, daz, s.hBefore(), dhBefore, dw);
    recurrentSideBackward(N, product(dan, r), s.hBefore(), dhBefore, dw);
    return new StepGradient(dx, dhBefore, null);
  }

  private double inside(Step s, int gate, int j) {
    return slope(s.saved()[4 + gate][j], clip);
  }

  @Override
  double nearestKink(Step s) {
    double nearest = Double.POSITIVE_INFINITY;
    for (int gate = R; gate <= N; gate++) {
      nearest = Math.min(nearest, fromBound(s.saved()[4 + gate], clip));
    }
    return nearest;
  }
}
