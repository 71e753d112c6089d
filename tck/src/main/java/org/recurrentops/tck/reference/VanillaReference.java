package org.recurrentops.tck.reference;

import org.recurrentops.RnnSpec;

/** h = φ(a), a = W x + b_W + R h₋ + b_R, φ = tanh or relu, of a clipped a. */
final class VanillaReference extends ReferenceCell {
  private final boolean relu;
  private final double clip;

  VanillaReference(RnnSpec spec, LayerSlices w, boolean relu) {
    super(spec.hiddenSize(), w);
    this.relu = relu;
    this.clip = spec.preActivationClip();
  }

  @Override
  Step forward(double[] x, double[] h, double[] c) {
    double[] a = sum(inputSide(0, x), recurrentSide(0, h));
    double[] bounded = clipped(a, clip);
    double[] out = new double[hidden];
    for (int j = 0; j < hidden; j++) {
      out[j] = relu ? (bounded[j] < 0 ? 0 : bounded[j]) : Math.tanh(bounded[j]);
    }
    return new Step(x, h, null, out, null, a);
  }

  @Override
  double nearestKink(Step s) {
    double nearest = fromBound(s.saved()[0], clip);
    for (int j = 0; relu && j < hidden; j++) {
      double distance = Math.abs(s.saved()[0][j]);
      nearest = distance > 0 ? Math.min(nearest, distance) : nearest;
    }
    return nearest;
  }

  @Override
  StepGradient backward(Step s, double[] dh, double[] dc, LayerSlices dw) {
    double[] da = new double[hidden];
    for (int j = 0; j < hidden; j++) {
      double y = s.h()[j];
      // relu's derivative is 0 at 0, and y > 0 exactly where a > 0.
      double slope = relu ? (y > 0 ? 1 : 0) : 1 - y * y;
      da[j] = dh[j] * slope * slope(s.saved()[0][j], clip);
    }
    double[] dx = new double[s.x().length];
    double[] dhBefore = new double[s.hBefore().length];
    inputSideBackward(0, da, s.x(), dx, dw);
    recurrentSideBackward(0, da, s.hBefore(), dhBefore, dw);
    return new StepGradient(dx, dhBefore, null);
  }
}
