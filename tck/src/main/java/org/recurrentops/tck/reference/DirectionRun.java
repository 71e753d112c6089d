package org.recurrentops.tck.reference;

import java.util.Arrays;
import org.recurrentops.MaskingContract;
import org.recurrentops.RnnSpec;

/**
 * One batch row through one direction of one layer: the time loop and what the masking contract
 * says about padded steps, whose input is never read.
 */
final class DirectionRun {
  private final RnnSpec spec;
  private final ReferenceCell cell;
  private final ZoneoutFactors zoneout;
  private final boolean reverse;
  private final boolean[] valid;
  private final ReferenceCell.Step[] trace;

  /** [T][H or P] the output, padding included. */
  final double[][] y;

  /** [T][H] the cell state after each step, 0 in padding; null for cells without c. */
  double[][] c;

  /** State after the last step. */
  double[] hN;

  /** Cell state after the last step, or null. */
  double[] cN;

  /** [T][H or P] the total gradient of h after each step, 0 in padding. */
  double[][] dh;

  /** With the steps of one row: whether each is valid, padding otherwise. */
  DirectionRun(
      RnnSpec spec, ReferenceCell cell, ZoneoutFactors zoneout, boolean reverse, boolean[] valid) {
    this.spec = spec;
    this.cell = cell;
    this.zoneout = zoneout;
    this.reverse = reverse;
    this.valid = valid;
    trace = new ReferenceCell.Step[valid.length];
    y = new double[valid.length][];
  }

  /** k-th step in the order of processing. */
  private int stepAt(int k) {
    return reverse ? valid.length - 1 - k : k;
  }

  private boolean paddingWipesState() {
    return spec.masking() == MaskingContract.ZERO_STATE;
  }

  void forward(double[][] x, double[] h0, double[] c0) {
    double[] h = h0;
    double[] cell0 = c0;
    double[] last = null; // output of the valid step processed last
    c = c0 == null ? null : new double[valid.length][c0.length];
    for (int k = 0; k < valid.length; k++) {
      int t = stepAt(k);
      if (valid[t]) {
        trace[t] = cell.forward(x[t], h, cell0);
        h = ZoneoutFactors.mix(zoneout.hidden(t), trace[t].h(), h);
        cell0 = cell0 == null ? null : ZoneoutFactors.mix(zoneout.cell(t), trace[t].c(), cell0);
        if (c != null) {
          c[t] = cell0;
        }
        last = h;
        y[t] = h;
      } else {
        h = paddingWipesState() ? zerosLike(h) : h;
        cell0 = paddingWipesState() ? zerosLike(cell0) : cell0;
        y[t] = padding(last);
      }
    }
    hN = h;
    cN = cell0;
  }

  private double[] padding(double[] last) {
    double[] padded = new double[spec.stateSize()];
    switch (spec.masking()) {
      case FREEZE_FILL:
        Arrays.fill(padded, spec.fillValue());
        return padded;
      case CARRY:
        return last != null ? last : padded;
      default:
        return padded;
    }
  }

  /**
   * Walks back.
   *
   * @param dy [T][H or P]; padding is read under CARRY only
   * @param dhN gradient of hN
   * @param dcN gradient of cN, or null
   * @param dc [T][H] gradient of c, or null for zero; padding is not read
   * @param dx [T][C_l], added to at valid steps
   * @param dw receives the weights' gradient
   * @return gradients of h0 and c0 (dx is null)
   */
  ReferenceCell.StepGradient backward(
      double[][] dy, double[] dhN, double[] dcN, double[][] dc, double[][] dx, LayerSlices dw) {
    dh = new double[valid.length][spec.stateSize()];
    double[] dState = dhN;
    double[] dCell = dcN;
    double[] repeated = new double[spec.stateSize()]; // dy of steps that repeat the one before
    for (int k = valid.length - 1; k >= 0; k--) {
      int t = stepAt(k);
      if (!valid[t]) {
        if (spec.masking() == MaskingContract.CARRY) {
          repeated = ReferenceCell.sum(repeated, dy[t]);
        }
        dState = paddingWipesState() ? zerosLike(dState) : dState;
        dCell = paddingWipesState() ? zerosLike(dCell) : dCell;
        continue;
      }
      dState = ReferenceCell.sum(ReferenceCell.sum(dState, dy[t]), repeated);
      repeated = new double[spec.stateSize()];
      dh[t] = dState;
      dCell = dc == null ? dCell : ReferenceCell.sum(dCell, dc[t]);
      double[] m = zoneout.hidden(t);
      double[] mc = zoneout.cell(t);
      double[] dcFresh = dCell == null ? null : ZoneoutFactors.ofFresh(mc, dCell);
      ReferenceCell.StepGradient g =
          cell.backward(trace[t], ZoneoutFactors.ofFresh(m, dState), dcFresh, dw);
      dx[t] = ReferenceCell.sum(dx[t], g.dx());
      dState = ZoneoutFactors.addKept(g.dhBefore(), m, dState);
      dCell = dCell == null ? null : ZoneoutFactors.addKept(g.dcBefore(), mc, dCell);
    }
    return new ReferenceCell.StepGradient(null, dState, dCell);
  }

  double nearestKink() {
    double nearest = Double.POSITIVE_INFINITY;
    for (ReferenceCell.Step s : trace) {
      nearest = s == null ? nearest : Math.min(nearest, cell.nearestKink(s));
    }
    return nearest;
  }

  private static double[] zerosLike(double[] v) {
    return v == null ? null : new double[v.length];
  }
}
