package org.recurrentops.tck.reference;

import org.recurrentops.RnnSpec;

/** h = φ(a), a = W x + b_W + R h₋ + b_R, of a clipped a. */
final class VanillaReference extends ReferenceCell {
  private final ReferenceActivation f;

  VanillaReference(RnnSpec spec, LayerSlices w, int direction) {
    super(spec.hiddenSize(), w);
    f = new ReferenceActivation(spec.activation(0, direction), spec.preActivationClip());
  }

  @Override
  Step forward(double[] x, double[] h, double[] c) {
    double[] a = sum(inputSide(0, x), recurrentSide(0, h));
    return new Step(x, h, null, f.of(a), null, a);
  }

  @Override
  double nearestKink(Step s) {
    return f.nearestKink(s.saved()[0]);
  }

  @Override
  StepGradient backward(Step s, double[] dh, double[] dc, LayerSlices dw) {
    double[] da = new double[hidden];
    for (int j = 0; j < hidden; j++) {
      da[j] = dh[j] * f.slope(s.saved()[0][j]);
    }
    double[] dx = new double[s.x().length];
    double[] dhBefore = new double[s.hBefore().length];
    inputSideBackward(0, da, s.x(), dx, dw);
    recurrentSideBackward(0, da, s.hBefore(), dhBefore, dw);
    return new StepGradient(dx, dhBefore, null);
  }
}
