package org.recurrentops.gpu;

import org.recurrentops.MergeMode;
import org.recurrentops.PlanOptions;
import org.recurrentops.spi.PlanRequest;

/**
 * How many rows of a run each step has where rows that have ended are left out. The rows of a step
 * lie beside each other, shorter ones first; {@code packing.h} says where. Set by each run, read
 * while its work is enqueued; allocates nothing.
 */
final class Compaction {
  /**
   * Largest share of valid steps where leaving out the others is tried. It costs passes over
   * memory: x, dy and dx brought from the caller's order and back, states brought beside the gates.
   * A batch with less padding than a fifth leaves little to win for them. A bound by reason, not
   * tuned.
   */
  static final double MOST_VALID = 0.8;

  /** Ranks of more rows than this, each compared with each, would cost more than they save. */
  static final int MOST_ROWS = 1 << 14;

  /** System property: {@code auto}, {@code always} or {@code never}. */
  static final String PROPERTY = "recurrentops.gpu.compact";

  /** Where a row of step t lies among others: what {@link #row} counts. */
  enum Place {
    /** In a sequence. */
    STEP,
    /** In slot t of a state sequence. */
    SLOT,
    /** In slot t + 1 of a state sequence. */
    NEXT_SLOT,
    /** In a state that all steps share. */
    ROW,
    /** In what only this step uses, or nobody moves. */
    FIXED
  }

  private final int steps;
  private final int batch;
  private final double mostValid;
  private final int[] starts;

  /**
   * Of a call.
   *
   * @param mostValid share of valid steps beyond which nothing is left out
   */
  Compaction(int steps, int batch, double mostValid) {
    this.steps = steps;
    this.batch = batch;
    this.mostValid = mostValid;
    this.starts = new int[steps + 1];
  }

  /**
   * The share for plans of a request, 0 for never. Only loops that are run as they come leave rows
   * out: a recorded one has the rows of every step in the graph, one that keeps R on the chip is
   * launched once. Steps that are computed again, and products of two directions, find states by
   * step and row of the whole batch.
   */
  static double mostValid(PlanRequest request) {
    String algorithm = request.options().algorithm();
    boolean apt = algorithm.equals(PlanOptions.AUTO) || Algorithm.compacts(algorithm);
    boolean dense =
        request.options().recompute() > 0 || request.spec().merge() == MergeMode.MULTIPLY;
    return apt && !dense ? mostValid() : 0;
  }

  /** The share that the property asks for; 0 for never. */
  static double mostValid() {
    String value = Setting.of(PROPERTY, "auto", "always", "never");
    return value.equals("auto") ? MOST_VALID : value.equals("always") ? 1 : 0;
  }

  /**
   * Takes the lengths of a run.
   *
   * @param lengths of each row, or null if all are full
   * @return whether rows are left out in this run; depends on nothing else, since backward must
   *     find what forward has kept
   */
  boolean take(int[] lengths) {
    if (lengths == null || batch > MOST_ROWS) {
      return false;
    }
    long valid = 0;
    for (int n = 0; n < batch; n++) {
      valid += lengths[n];
    }
    if (valid == 0 || valid > mostValid * batch * steps) {
      return false;
    }
    java.util.Arrays.fill(starts, 0);
    for (int n = 0; n < batch; n++) {
      if (lengths[n] > 0) {
        starts[lengths[n]]++; // rows that end there
      }
    }
    int active = 0;
    for (int t = steps; t > 0; t--) {
      active += starts[t];
      starts[t] = active; // rows of step t − 1
    }
    for (int t = 1; t <= steps; t++) {
      starts[t] += starts[t - 1];
    }
    return true;
  }

  /** Rows of a step. */
  int active(int t) {
    return starts[t + 1] - starts[t];
  }

  /** Rows of step 0. */
  int first() {
    return starts[1];
  }

  /** Rows of some steps together. */
  int rows(Span span) {
    return starts[span.end()] - starts[span.first()];
  }

  /** Rows of all steps before one. */
  int before(int t) {
    return starts[t];
  }

  /** Where the rows of a step begin. */
  long row(Place place, int t) {
    switch (place) {
      case STEP:
        return starts[t];
      case SLOT:
        return (long) first() + starts[t] - active(t);
      case NEXT_SLOT:
        return (long) first() + starts[t];
      case ROW:
        return first() - active(t);
      default:
        return 0;
    }
  }
}
