package org.recurrentops.bench.compare;

import org.recurrentops.bench.run.Combination;
import org.recurrentops.bench.run.Measured;

/**
 * What became of one combination.
 *
 * @param of the combination
 * @param before measured first
 * @param after measured later
 * @param outcome of the comparison
 */
record Verdict(Combination of, Measured before, Measured after, Outcome outcome) {
  /** Below this many iterations no interval reaches 95%. */
  static final int FEWEST = 6;

  /** Outcomes of a comparison. */
  enum Outcome {
    /** The intervals do not overlap and the median grew by more than the threshold. */
    SLOWER,
    /** The intervals do not overlap and the median shrank by more than the threshold. */
    FASTER,
    /** Neither of both. */
    SAME,
    /** Too few iterations to tell. */
    UNDECIDED
  }

  /**
   * Compares.
   *
   * @param threshold relative change that counts, such as 0.05
   */
  static Verdict of(Measured before, Measured after, double threshold) {
    Outcome outcome = Outcome.SAME;
    double ratio = after.median() / before.median();
    if (Math.min(before.iterations(), after.iterations()) < FEWEST) {
      outcome = Outcome.UNDECIDED;
    } else if (after.low() > before.high() && ratio > 1 + threshold) {
      outcome = Outcome.SLOWER;
    } else if (after.high() < before.low() && ratio < 1 / (1 + threshold)) {
      outcome = Outcome.FASTER;
    }
    return new Verdict(before.of(), before, after, outcome);
  }

  double ratio() {
    return after.median() / before.median();
  }
}
