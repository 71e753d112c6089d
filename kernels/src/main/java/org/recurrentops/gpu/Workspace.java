package org.recurrentops.gpu;

/** Slices of one allocation, each on a 64-element boundary of it. */
final class Workspace {
  private static final long ALIGNMENT = 64;

  private long elements;

  /** First element of a new slice. */
  long take(long count) {
    long at = elements;
    elements = Math.addExact(elements, Math.addExact(count, ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT);
    return at;
  }

  static long product(long... factors) {
    long p = 1;
    for (long f : factors) {
      p = Math.multiplyExact(p, f);
    }
    return p;
  }

  long elements() {
    return elements;
  }
}
