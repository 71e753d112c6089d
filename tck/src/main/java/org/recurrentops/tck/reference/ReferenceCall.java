package org.recurrentops.tck.reference;

/**
 * The data of one call of the reference, time-major, float64. Null means absent: states are then
 * zero and every row has T valid steps.
 */
public final class ReferenceCall {
  final int steps;
  final int batch;
  double[] x;
  int[] indices;
  double[] h0;
  double[] c0;
  int[] lengths;
  byte[] mask;
  boolean dropout;
  long seed;
  long stepOffset;

  private ReferenceCall(int steps, int batch) {
    this.steps = steps;
    this.batch = batch;
  }

  /**
   * A call with dense input.
   *
   * @param steps T
   * @param batch N
   * @param x [T,N,C]
   * @return the call
   */
  public static ReferenceCall dense(int steps, int batch, double[] x) {
    ReferenceCall call = new ReferenceCall(steps, batch);
    call.x = x;
    return call;
  }

  /**
   * A call with index input: x is the one-hot vector of each index.
   *
   * @param steps T
   * @param batch N
   * @param indices [T,N], each in [0, C); never read in padding
   * @return the call
   */
  public static ReferenceCall indexed(int steps, int batch, int[] indices) {
    ReferenceCall call = new ReferenceCall(steps, batch);
    call.indices = indices;
    return call;
  }

  /**
   * Sets the initial states.
   *
   * @param h0State [L·D,N,H or P] or null
   * @param c0State [L·D,N,H] or null
   * @return this
   */
  public ReferenceCall initialStates(double[] h0State, double[] c0State) {
    h0 = h0State;
    c0 = c0State;
    return this;
  }

  /**
   * Sets the rows' lengths.
   *
   * @param rowLengths [N] or null
   * @return this
   */
  public ReferenceCall lengths(int[] rowLengths) {
    lengths = rowLengths;
    return this;
  }

  /**
   * Sets which steps are valid, where lengths do not say so.
   *
   * @param valid [T,N], 0 is padding; or null
   * @return this
   */
  public ReferenceCall mask(byte[] valid) {
    mask = valid;
    return this;
  }

  /**
   * Turns the spec's dropout on, as training does.
   *
   * @param callSeed seed of the masks
   * @param firstStep added to t
   * @return this
   */
  public ReferenceCall training(long callSeed, long firstStep) {
    dropout = true;
    seed = callSeed;
    stepOffset = firstStep;
    return this;
  }

  /** Whether each step of a row is valid. */
  boolean[] valid(int row) {
    boolean[] valid = new boolean[steps];
    for (int t = 0; t < steps; t++) {
      valid[t] = mask == null ? lengths == null || t < lengths[row] : mask[t * batch + row] != 0;
    }
    return valid;
  }
}
