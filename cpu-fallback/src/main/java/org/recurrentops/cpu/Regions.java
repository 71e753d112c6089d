package org.recurrentops.cpu;

import org.recurrentops.cpu.math.CacheLines;

/** Lays regions of memory one after the other, each at a multiple of a cache line. */
final class Regions {
  private static final long LINE = 16;

  private long next;

  /** Regions of a region. */
  Regions() {}

  private Regions(long first) {
    next = first;
  }

  /** Regions of an array, counted from its first element. */
  static Regions ofArray() {
    return new Regions(CacheLines.FIRST);
  }

  /**
   * Takes a region.
   *
   * @param factors their product is its number of floats
   * @return its first element
   * @throws ArithmeticException if the sizes overflow 64 bits
   */
  long take(long... factors) {
    long count = 1;
    for (long f : factors) {
      count = Math.multiplyExact(count, f);
    }
    long at = next;
    next = Math.addExact(next, padded(count));
    return at;
  }

  /** Takes a region of rows with gaps between some of them, or nothing where rows are empty. */
  long takeApart(long rows, long width, long gaps) {
    long count = Math.multiplyExact(rows, width);
    return take(count == 0 ? 0 : Math.addExact(count, gaps));
  }

  /** Floats that a region of so many takes. */
  static long padded(long count) {
    return Math.addExact(count, LINE - 1) / LINE * LINE;
  }

  /** Floats taken so far. */
  long total() {
    return next;
  }
}
