package org.recurrentops.tck.reference;

/** One forward pass over all rows, ready for backward. */
public final class ReferenceRun {
  private final ReferenceRnn rnn;
  private final ReferenceCall call;
  private final RowRun[] rows;
  private final int outputSize;
  private final int stateSize;
  private final int hidden;
  private final int stateCount;

  ReferenceRun(ReferenceRnn rnn, ReferenceCall call) {
    this.rnn = rnn;
    this.call = call;
    outputSize = rnn.spec.outputSize();
    stateSize = rnn.spec.stateSize();
    hidden = rnn.spec.hiddenSize();
    stateCount = rnn.spec.stateCount();
    double[] params = DropConnectMask.masked(rnn.params, rnn, call);
    rows = new RowRun[call.batch];
    for (int n = 0; n < call.batch; n++) {
      rows[n] = new RowRun(rnn, params, call, n);
      rows[n].forward(inputs(n), states(call.h0, n, stateSize), cellStates(call.c0, n));
    }
  }

  /**
   * Valid steps of one row as vectors; padding stays null, so that reading it would be an error.
   */
  private double[][] inputs(int n) {
    int c = rnn.spec.inputSize();
    double[][] x = new double[call.steps][];
    boolean[] valid = call.valid(n);
    for (int t = 0; t < call.steps; t++) {
      if (!valid[t]) {
        continue;
      }
      x[t] = new double[c];
      if (call.indices != null) {
        x[t][call.indices[t * call.batch + n]] = 1;
      } else {
        System.arraycopy(call.x, (t * call.batch + n) * c, x[t], 0, c);
      }
    }
    return x;
  }

  /** Row n of a tensor [K,N,width], all zero where the tensor is null. */
  private double[][] rowOf(double[] tensor, int k, int n, int width) {
    double[][] row = new double[k][width];
    for (int i = 0; tensor != null && i < k; i++) {
      System.arraycopy(tensor, (i * call.batch + n) * width, row[i], 0, width);
    }
    return row;
  }

  private double[][] states(double[] tensor, int n, int width) {
    return rowOf(tensor, stateCount, n, width);
  }

  private double[][] cellStates(double[] tensor, int n) {
    return rnn.spec.cell().hasCellState() ? states(tensor, n, hidden) : null;
  }

  /** Writes row n of a tensor [K,N,width]. */
  private void store(double[][] row, double[] tensor, int n, int width) {
    store(row, tensor, 0, n, width);
  }

  /** Writes row n of one layer and direction of a tensor [L·D,T,N,width]. */
  private void store(double[][] row, double[] tensor, int state, int n, int width) {
    int first = state * call.steps;
    for (int i = 0; i < row.length; i++) {
      System.arraycopy(row[i], 0, tensor, ((first + i) * call.batch + n) * width, width);
    }
  }

  /**
   * Output of the last layer.
   *
   * @return [T,N,D·H or D·P]
   */
  public double[] y() {
    double[] y = new double[call.steps * call.batch * outputSize];
    for (int n = 0; n < call.batch; n++) {
      store(rows[n].y(), y, n, outputSize);
    }
    return y;
  }

  /**
   * Final h.
   *
   * @return [L·D,N,H or P]
   */
  public double[] hN() {
    double[] h = new double[stateCount * call.batch * stateSize];
    for (int n = 0; n < call.batch; n++) {
      store(rows[n].hN(), h, n, stateSize);
    }
    return h;
  }

  /**
   * Final c.
   *
   * @return [L·D,N,H], null for cells without c
   */
  public double[] cN() {
    if (!rnn.spec.cell().hasCellState()) {
      return null;
    }
    double[] c = new double[stateCount * call.batch * hidden];
    for (int n = 0; n < call.batch; n++) {
      store(rows[n].cN(), c, n, hidden);
    }
    return c;
  }

  /**
   * c after every step of every layer and direction, 0 in padding.
   *
   * @return [L·D,T,N,H], null for cells without c
   */
  public double[] cSequence() {
    if (!rnn.spec.cell().hasCellState()) {
      return null;
    }
    double[] c = new double[stateCount * call.steps * call.batch * hidden];
    for (int n = 0; n < call.batch; n++) {
      for (int s = 0; s < stateCount; s++) {
        store(rows[n].c(s), c, s, n, hidden);
      }
    }
    return c;
  }

  /**
   * How near a relu's argument came to its kink. A float32 result within rounding of it may take
   * the other side, which no tolerance can judge.
   *
   * @return the smallest distance that is not 0; infinite for smooth cells
   */
  public double nearestKink() {
    double nearest = Double.POSITIVE_INFINITY;
    for (RowRun row : rows) {
      nearest = Math.min(nearest, row.nearestKink());
    }
    return nearest;
  }

  /**
   * Runs backward through time.
   *
   * @param dy [T,N,D·H or D·P]; null means zero; padding is read under CARRY only
   * @param dhN [L·D,N,H or P]; null means zero
   * @param dcN [L·D,N,H]; null means zero
   * @return every gradient
   */
  public ReferenceGradients backward(double[] dy, double[] dhN, double[] dcN) {
    return backward(dy, dhN, dcN, null);
  }

  /**
   * Runs backward through time, with a gradient of every c.
   *
   * @param dy [T,N,D·H or D·P]; null means zero; padding is read under CARRY only
   * @param dhN [L·D,N,H or P]; null means zero
   * @param dcN [L·D,N,H]; null means zero
   * @param dcSequence [L·D,T,N,H]; null means zero; padding is not read
   * @return every gradient
   */
  public ReferenceGradients backward(double[] dy, double[] dhN, double[] dcN, double[] dcSequence) {
    int c = rnn.spec.inputSize();
    double[] dParams = new double[rnn.params.length];
    double[] dx = call.indices == null ? new double[call.steps * call.batch * c] : null;
    double[] dh0 = new double[stateCount * call.batch * stateSize];
    double[] dc0 =
        rnn.spec.cell().hasCellState() ? new double[stateCount * call.batch * hidden] : null;
    double[] dhSequence = new double[stateCount * call.steps * call.batch * stateSize];
    for (int n = 0; n < call.batch; n++) {
      double[][] dh = states(dhN, n, stateSize);
      double[][] dc = cellStates(dcN, n);
      double[][] dxRow =
          rows[n].backward(
              rowOf(dy, call.steps, n, outputSize), dh, dc, cellGradients(dcSequence, n), dParams);
      for (int s = 0; s < stateCount; s++) {
        store(rows[n].dh(s), dhSequence, s, n, stateSize);
      }
      if (dx != null) {
        store(dxRow, dx, n, c);
      }
      store(dh, dh0, n, stateSize);
      if (dc0 != null) {
        store(dc, dc0, n, hidden);
      }
    }
    return new ReferenceGradients(
        dx, DropConnectMask.masked(dParams, rnn, call), dh0, dc0, dhSequence);
  }

  /** [L·D][T][H] of row n, or null. */
  private double[][][] cellGradients(double[] dcSequence, int n) {
    if (dcSequence == null) {
      return null;
    }
    double[][] all = rowOf(dcSequence, stateCount * call.steps, n, hidden);
    double[][][] byState = new double[stateCount][][];
    for (int s = 0; s < stateCount; s++) {
      byState[s] = java.util.Arrays.copyOfRange(all, s * call.steps, (s + 1) * call.steps);
    }
    return byState;
  }
}
