package org.recurrentops.tck.reference;

import org.recurrentops.ParameterSlice.Kind;
import org.recurrentops.RnnSpec;

/**
 * h = φ(a), a = W x + b_W + R h₋ + b_R, of a clipped a; where units are independent u∘h₋ stands for
 * R h₋.
 */
final class VanillaReference extends ReferenceCell {
  private final ReferenceActivation f;
  private final boolean independent;

  VanillaReference(RnnSpec spec, LayerSlices w, int direction) {
    super(spec, w);
    f = new ReferenceActivation(spec.activation(0, direction), spec.preActivationClip());
    independent = spec.cellOptions().independent();
  }

  @Override
  Step forward(double[] x, double[] h, double[] c) {
    double[] a = sum(inputSide(0, x), independent ? ownPast(h) : recurrentSide(0, h));
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
    if (independent) {
      ownPastBackward(da, s.hBefore(), dhBefore, dw);
    } else {
      recurrentSideBackward(0, da, s.hBefore(), dhBefore, dw);
    }
    return new StepGradient(dx, dhBefore, null);
  }

  private double[] ownPast(double[] h) {
    double[] u = w.bias(Kind.WEIGHT_HH, 0, hidden);
    return sum(product(u, h), w.bias(Kind.BIAS_HH, 0, hidden));
  }

  private void ownPastBackward(double[] da, double[] h, double[] dh, LayerSlices dw) {
    double[] u = w.bias(Kind.WEIGHT_HH, 0, hidden);
    for (int j = 0; j < hidden; j++) {
      dh[j] += u[j] * da[j];
    }
    dw.addBias(Kind.WEIGHT_HH, 0, product(da, h));
    dw.addBias(Kind.BIAS_HH, 0, da);
  }
}
