package org.recurrentops;

/** In which order a layer walks the time axis. */
public enum Direction {
  /** t = 0 … T−1. */
  FORWARD(1),
  /** From each row's own last valid step down to 0; y is written at the step it belongs to. */
  REVERSE(1),
  /** Both; {@link MergeMode} says how their outputs become y, by default side by side. */
  BIDIRECTIONAL(2);

  private final int count;

  Direction(int count) {
    this.count = count;
  }

  /**
   * Number of directions D.
   *
   * @return 1 or 2
   */
  public int count() {
    return count;
  }

  /**
   * Whether direction index d (0 ≤ d &lt; D) walks backwards in time.
   *
   * @param d direction index within a layer
   * @return true for the only direction of {@link #REVERSE} and the second of {@link
   *     #BIDIRECTIONAL}
   */
  public boolean isReverse(int d) {
    return this == REVERSE || d == 1;
  }
}
