package org.recurrentops.bench.compare;

import java.util.Optional;
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
    /** Too few iterations to tell, or the machine changed and may be the reason. */
    UNDECIDED
  }

  /**
   * Compares, in milliseconds and, where both know it, in units of the machine's speed at the time:
   * what only one of the two sees is undecided.
   *
   * @param threshold relative change that counts, such as 0.05
   */
  static Verdict of(Measured before, Measured after, double threshold) {
    Outcome outcome = outcome(before, after, threshold);
    Optional<Measured> first = before.inUnitsOfTheMachine();
    Optional<Measured> second = after.inUnitsOfTheMachine();
    if (first.isPresent() && second.isPresent()) {
      boolean agree = outcome == outcome(first.get(), second.get(), threshold);
      outcome = agree ? outcome : Outcome.UNDECIDED;
    }
    return new Verdict(before.of(), before, after, outcome);
  }

  private static Outcome outcome(Measured before, Measured after, double threshold) {
    double ratio = after.median() / before.median();
    if (Math.min(before.iterations(), after.iterations()) < FEWEST) {
      return Outcome.UNDECIDED;
    }
    if (after.low() > before.high() && ratio > 1 + threshold) {
      return Outcome.SLOWER;
    }
    if (after.high() < before.low() && ratio < 1 / (1 + threshold)) {
      return Outcome.FASTER;
    }
    return Outcome.SAME;
  }

  double ratio() {
    return after.median() / before.median();
  }

  /**
   * What became of the machine meanwhile.
   *
   * @return its time for fixed work after over before, NaN where that is not known
   */
  double machineRatio() {
    return machine(after) / machine(before);
  }

  private static double machine(Measured m) {
    return m.inUnitsOfTheMachine().isEmpty()
        ? Double.NaN
        : m.over(r -> r.machineMillis().stream().mapToDouble(v -> v).average().orElseThrow());
  }
}
