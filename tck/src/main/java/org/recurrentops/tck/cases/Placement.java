package org.recurrentops.tck.cases;

/** Where a test tensor lies within its guarded allocation. */
enum Placement {
  /** Dense, 16 guard elements before it: aligned like a fresh allocation. */
  DENSE(16, false),
  /** Dense, 5 guard elements before it: aligned to a single element only. */
  OFFSET(5, false),
  /** A window of a larger tensor: odd offset, gaps between rows and between steps. */
  STRIDED(7, true);

  final int guard;
  final boolean gaps;

  Placement(int guard, boolean gaps) {
    this.guard = guard;
    this.gaps = gaps;
  }
}
