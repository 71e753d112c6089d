package org.recurrentops.tck.reference;

import org.recurrentops.RnnSpec;

/**
 * r, z = σ(W x + b_W + R h₋ + b_R); q = R_n h₋ + b_Rn; n = tanh(W_n x + b_Wn + r∘q); h = (1−z)∘n +
 * z∘h₋. Gate order r, z, n. The arguments of σ and tanh are clipped; either may be another
 * function. Layer normalisation of W x, and of R h₋, before biases.
 */
final class GruReference extends ReferenceCell {
  private static final int R = 0;
  private static final int Z = 1;
  private static final int N = 2;

  private final ReferenceActivation f;
  private final ReferenceActivation g;

  GruReference(RnnSpec spec, LayerSlices w, int direction) {
    super(spec, w);
    f = new ReferenceActivation(spec.activation(0, direction), spec.preActivationClip());
    g = new ReferenceActivation(spec.activation(1, direction), spec.preActivationClip());
  }

  @Override
  Step forward(double[] x, double[] h, double[] c) {
    double[][] ofX = inputSides(x);
    double[][] ofH = recurrentSides(h);
    double[] rawR = sum(ofX[R], ofH[R]);
    double[] rawZ = sum(ofX[Z], ofH[Z]);
    double[] r = f.of(rawR);
    double[] z = f.of(rawZ);
    double[] q = ofH[N];
    double[] rawN = sum(ofX[N], product(r, q));
    double[] n = g.of(rawN);
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
      dan[j] = slope(s, N, j) * dh[j] * (1 - z[j]);
      dar[j] = slope(s, R, j) * dan[j] * q[j];
      daz[j] = slope(s, Z, j) * dh[j] * (s.hBefore()[j] - n[j]);
      dhBefore[j] = dh[j] * z[j];
    }
    double[] dx = new double[s.x().length];
    inputSidesBackward(new double[][] {dar, daz, dan}, s.x(), dx, dw);
    double[][] ofH = {dar, daz, product(dan, r)};
    recurrentSidesBackward(ofH, s.hBefore(), dhBefore, dw);
    return new StepGradient(dx, dhBefore, null);
  }

  private double slope(Step s, int gate, int j) {
    return (gate == N ? g : f).slope(s.saved()[4 + gate][j]);
  }

  @Override
  double nearestKink(Step s) {
    double nearest = g.nearestKink(s.saved()[4 + N]);
    for (int gate = R; gate <= Z; gate++) {
      nearest = Math.min(nearest, f.nearestKink(s.saved()[4 + gate]));
    }
    return nearest;
  }
}
