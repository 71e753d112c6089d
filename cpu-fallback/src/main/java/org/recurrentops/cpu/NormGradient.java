package org.recurrentops.cpu;

import java.util.Arrays;
import org.recurrentops.ParameterSlice.Kind;

/**
 * What layer normalisation adds to backward of one layer and direction after its last step: the
 * gradients of γ and β, summed over all valid steps and rows, and then the gradient of W x in place
 * of that of its normalised values.
 */
final class NormGradient {
  private final Cell cell;
  private final GateNorm norm;
  private final BackwardMemory memory;
  private final int steps;
  private final int batch;
  private final RowLengths lengths;
  private final boolean accumulate;

  NormGradient(
      Cell cell,
      BackwardMemory memory,
      int steps,
      int batch,
      RowLengths lengths,
      boolean accumulate) {
    this.cell = cell;
    this.norm = cell.norm();
    this.memory = memory;
    this.steps = steps;
    this.batch = batch;
    this.lengths = lengths;
    this.accumulate = accumulate;
  }

  /** Writes or adds this worker's share of the gradients of γ and β. */
  void gains(Worker w, ParameterRows target) {
    Slab d = memory.dGates();
    Slab second = memory.dSecond();
    int rows = cell.gateRows;
    int split = cell.unfoldedBiasRow();
    sums(w, d, 0, norm.inputColumn(), target.get(Kind.LN_GAMMA_IH), 0, rows);
    int recurrent = norm.recurrentColumn();
    sums(w, d, 0, recurrent, target.get(Kind.LN_GAMMA_HH), 0, split);
    sums(w, second, 0, recurrent + split, target.get(Kind.LN_GAMMA_HH), split, rows - split);
    if (target.get(Kind.LN_GAMMA_C) != null) {
      int column = LayerNormLstmCell.cellColumn(second, cell.hidden);
      sums(w, second, column, norm.cellColumn(), target.get(Kind.LN_GAMMA_C), 0, cell.hidden);
      sums(w, second, column, -1, target.get(Kind.LN_BETA_C), 0, cell.hidden);
    }
  }

  /** Sums of gradients, times x̂ unless its column is negative. */
  private void sums(Worker w, Slab d, int column, int normal, Rows target, int first, int count) {
    int to = w.to(count, 16);
    for (int u = w.from(count, 16); u < to; u += Worker.LANE) {
      int some = Math.min(Worker.LANE, to - u);
      float[] sums = w.lane(0);
      if (accumulate) {
        target.read(0, first + u, some, sums, 0);
      } else {
        Arrays.fill(sums, 0, some, 0f);
      }
      for (int t = 0; t < steps; t++) {
        for (int n = 0; n < batch; n++) {
          if (lengths.isValid(t, n)) {
            add(w, d, t, n, column + u, normal < 0 ? -1 : normal + u, sums, some);
          }
        }
      }
      target.write(0, first + u, some, sums, 0);
    }
  }

  private void add(
      Worker w, Slab d, int t, int n, int column, int normal, float[] sums, int count) {
    float[] g = w.lane(1);
    System.arraycopy(d.data, d.at(t, n) + column, g, 0, count);
    if (normal >= 0) {
      float[] x = w.lane(2);
      System.arraycopy(memory.saved().data, memory.saved().at(t, n) + normal, x, 0, count);
      for (int k = 0; k < count; k++) {
        g[k] = g[k] * x[k];
      }
    }
    for (int k = 0; k < count; k++) {
      sums[k] = sums[k] + g[k];
    }
  }

  /** This worker's rows; what needs the gradients of normalised values is done before. */
  void input(Worker w) {
    int to = w.to(steps * batch, 1);
    for (int r = w.from(steps * batch, 1); r < to; r++) {
      if (lengths.isValid(r / batch, r % batch)) {
        norm.inputGradient(w, memory, r / batch, r % batch);
      }
    }
  }
}
