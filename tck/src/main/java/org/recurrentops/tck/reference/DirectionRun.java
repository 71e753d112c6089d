package org.recurrentops.tck.reference;

import org.recurrentops.MaskingContract;
import org.recurrentops.RnnSpec;

/**
 * One batch row through one direction of one layer: the time loop and what the masking contract
 * says about steps t ≥ length. Steps past the length are never read.
 */
final class DirectionRun {
  private final RnnSpec spec;
  private final ReferenceCell cell;
  private final boolean reverse;
  private final int steps;
  private final int length;
  private final ReferenceCell.Step[] trace;

  /** [T][H or P] the output, padding included. */
  final double[][] y;

  /** State after the last step. */
  double[] hN;

  /** Cell state after the last step, or null. */
  double[] cN;

  DirectionRun(RnnSpec spec, ReferenceCell cell, boolean reverse, int steps, int length) {
    this.spec = spec;
    this.cell = cell;
    this.reverse = reverse;
    this.steps = steps;
    this.length = length;
    trace = new ReferenceCell.Step[length];
    y = new double[steps][];
  }

  /** k-th valid step in the order of processing. */
  private int stepAt(int k) {
    return reverse ? length - 1 - k : k;
  }

  /** ZERO_STATE wipes the state of a shorter row while it walks over its padding. */
  private boolean paddingWipesState() {
    return spec.masking() == MaskingContract.ZERO_STATE && length < steps;
  }

  void forward(double[][] x, double[] h0, double[] c0) {
    double[] h = h0;
    double[] c = c0;
    if (reverse && paddingWipesState()) { // a reverse direction meets the padding first
      h = zerosLike(h);
      c = zerosLike(c);
    }
    for (int k = 0; k < length; k++) {
      int t = stepAt(k);
      trace[t] = cell.forward(x[t], h, c);
      h = trace[t].h();
      c = trace[t].c();
      y[t] = h;
    }
    if (!reverse && paddingWipesState()) {
      h = zerosLike(h);
      c = zerosLike(c);
    }
    hN = h;
    cN = c;
    for (int t = length; t < steps; t++) {
      y[t] = padding();
    }
  }

  private double[] padding() {
    double[] padded = new double[spec.stateSize()];
    switch (spec.masking()) {
      case FREEZE_FILL:
        java.util.Arrays.fill(padded, spec.fillValue());
        return padded;
      case CARRY:
        return repeatsLastStep() ? y[length - 1] : padded;
      default:
        return padded;
    }
  }

  private boolean repeatsLastStep() {
    return spec.masking() == MaskingContract.CARRY && !reverse && length > 0;
  }

  /**
   * Walks back.
   *
   * @param dy [T][H or P]; padding is read under CARRY only
   * @param dhN gradient of hN
   * @param dcN gradient of cN, or null
   * @param dx [T][C_l], added to at valid steps
   * @param dw receives the weights' gradient
   * @return gradients of h0 and c0 (dx is null)
   */
  ReferenceCell.StepGradient backward(
      double[][] dy, double[] dhN, double[] dcN, double[][] dx, LayerSlices dw) {
    double[] dh = dhN;
    double[] dc = dcN;
    if (!reverse && paddingWipesState()) {
      dh = zerosLike(dh);
      dc = zerosLike(dc);
    }
    for (int k = length - 1; k >= 0; k--) {
      int t = stepAt(k);
      dh = ReferenceCell.sum(dh, dy[t]);
      if (repeatsLastStep() && t == length - 1) {
        for (int p = length; p < steps; p++) {
          dh = ReferenceCell.sum(dh, dy[p]);
        }
      }
      ReferenceCell.StepGradient g = cell.backward(trace[t], dh, dc, dw);
      dx[t] = ReferenceCell.sum(dx[t], g.dx());
      dh = g.dhBefore();
      dc = g.dcBefore();
    }
    if (reverse && paddingWipesState()) {
      dh = zerosLike(dh);
      dc = zerosLike(dc);
    }
    return new ReferenceCell.StepGradient(null, dh, dc);
  }

  double nearestKink() {
    double nearest = Double.POSITIVE_INFINITY;
    for (ReferenceCell.Step s : trace) {
      nearest = Math.min(nearest, cell.nearestKink(s));
    }
    return nearest;
  }

  private static double[] zerosLike(double[] v) {
    return v == null ? null : new double[v.length];
  }
}
