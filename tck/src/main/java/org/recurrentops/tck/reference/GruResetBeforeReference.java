package org.recurrentops.tck.reference;

import org.recurrentops.RnnSpec;

/**
 * r, z = σ(W x + b_W + R h₋ + b_R); s = r∘h₋; n = tanh(W_n x + b_Wn + R_n s + b_Rn); h = (1−z)∘n +
 * z∘h₋. Gate order r, z, n. The arguments of σ and tanh are clipped; either may be another
 * function.
 */
final class GruResetBeforeReference extends ReferenceCell {
  private static final int R = 0;
  private static final int Z = 1;
  private static final int N = 2;

  private final ReferenceActivation f;
  private final ReferenceActivation g;

  GruResetBeforeReference(RnnSpec spec, LayerSlices w, int direction) {
    super(spec, w);
    f = new ReferenceActivation(spec.activation(0, direction), spec.preActivationClip());
    g = new ReferenceActivation(spec.activation(1, direction), spec.preActivationClip());
  }

  @Override
  Step forward(double[] x, double[] h, double[] c) {
    double[] rawR = sum(inputSide(R, x), recurrentSide(R, h));
    double[] rawZ = sum(inputSide(Z, x), recurrentSide(Z, h));
    double[] r = f.of(rawR);
    double[] z = f.of(rawZ);
    double[] s = product(r, h);
    double[] rawN = sum(inputSide(N, x), recurrentSide(N, s));
    double[] n = g.of(rawN);
    double[] out = new double[hidden];
    for (int j = 0; j < hidden; j++) {
      out[j] = (1 - z[j]) * n[j] + z[j] * h[j];
    }
    return new Step(x, h, null, out, null, r, z, n, s, rawR, rawZ, rawN);
  }

  @Override
  StepGradient backward(Step step, double[] dh, double[] dc, LayerSlices dw) {
    double[] r = step.saved()[R];
    double[] z = step.saved()[Z];
    double[] n = step.saved()[N];
    double[] s = step.saved()[3];
    double[] h = step.hBefore();
    double[] dx = new double[step.x().length];
    double[] dhBefore = new double[hidden];
    double[] dan = new double[hidden];
    double[] daz = new double[hidden];
    for (int j = 0; j < hidden; j++) {
      dan[j] = slope(step, N, j) * dh[j] * (1 - z[j]);
      daz[j] = slope(step, Z, j) * dh[j] * (h[j] - n[j]);
      dhBefore[j] = dh[j] * z[j];
    }
    double[] ds = new double[hidden];
    recurrentSideBackward(N, dan, s, ds, dw);
    double[] dar = new double[hidden];
    for (int j = 0; j < hidden; j++) {
      dar[j] = slope(step, R, j) * ds[j] * h[j];
      dhBefore[j] += ds[j] * r[j];
    }
    inputSideBackward(N, dan, step.x(), dx, dw);
    inputSideBackward(R, dar, step.x(), dx, dw);
    inputSideBackward(Z, daz, step.x(), dx, dw);
    recurrentSideBackward(R, dar, h, dhBefore, dw);
    recurrentSideBackward(Z, daz, h, dhBefore, dw);
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
