package org.recurrentops.cpu;

import java.util.Arrays;

/** How long one worker's phases of one call take. */
final class PhaseClock {
  private final long[] nanos = new long[Phase.values().length];
  private Phase current;
  private long since;

  /** All zero; time runs for the first phase. */
  void start() {
    Arrays.fill(nanos, 0);
    current = Phase.COPIES;
    since = System.nanoTime();
  }

  /** From now on time runs for another phase; returns the one before. */
  Phase turn(Phase next) {
    long now = System.nanoTime();
    Phase before = current;
    nanos[before.ordinal()] += now - since;
    current = next;
    since = now;
    return before;
  }

  /** Time that has run for a phase, up to the last turn. */
  long nanos(Phase phase) {
    return nanos[phase.ordinal()];
  }
}
