package org.recurrentops.cpu;

/**
 * The input of a layer for steps that multiply it together with the state, which they do unless
 * rows have ended.
 *
 * @param x the input's rows, in place
 * @param batch N, rows of a step
 * @param lengths valid steps
 * @param weight the rows of the packed transpose of W, below them those of R, and the biases
 * @param alone the packed transpose of W
 * @param bias memory of the biases
 * @param biasOffset the first of them
 */
record JoinedInput(
    SequenceOperand x,
    int batch,
    RowLengths lengths,
    PackedMatrix weight,
    PackedMatrix alone,
    float[] bias,
    int biasOffset) {

  /** Whether this call's steps multiply both together. */
  boolean applies() {
    return !lengths.ragged();
  }

  /** Where a row of a step begins. */
  int at(int t, int n) {
    return x.offset(false, t * batch + n);
  }

  /** A projection that leaves the input to the steps where this applies. */
  Projection orElse(Projection before) {
    return new Projection() {
      @Override
      public void run(Worker w, int fromStep, int toStep) {
        if (!applies()) {
          before.run(w, fromStep, toStep);
        }
      }

      @Override
      public boolean keepsToOwnRows(Worker w) {
        return applies() ? w.splitsRows() : before.keepsToOwnRows(w);
      }
    };
  }
}
