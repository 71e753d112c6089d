package org.recurrentops.cpu;

/**
 * One of the products of a {@link LaneCell}: weights of some gates by a part of [x; 1; h₋; 1].
 *
 * @param gate first gate whose weights are multiplied
 * @param gates how many
 * @param target where the result of the first one goes, counted in gates
 * @param part what they are multiplied by
 */
record LaneProduct(int gate, int gates, int target, Part part) {
  /** Rows of [x; 1; h₋; 1], beside which weights lie as [W, b, R, b'], b' the bias of R h₋. */
  enum Part {
    /** W x + b + R h₋. */
    BOTH,
    /** W x + b. */
    INPUT,
    /** R h₋ + b'. */
    STATE,
    /** b'. */
    BIAS;

    /** First row, for C and H. */
    int from(int inputs, int units) {
      return this == STATE ? inputs + 1 : this == BIAS ? inputs + 1 + units : 0;
    }

    /** How many rows. */
    int depth(int inputs, int units) {
      return this == BOTH
          ? inputs + 1 + units
          : this == INPUT ? inputs + 1 : this == STATE ? units + 1 : 1;
    }

    /** What is left of it where h₋ is zero, which then goes unread. */
    Part withoutState() {
      return this == BOTH ? INPUT : this == STATE ? BIAS : this;
    }
  }
}
