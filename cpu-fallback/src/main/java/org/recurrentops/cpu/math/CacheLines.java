package org.recurrentops.cpu.math;

/** Where cache lines of 64 bytes begin in an array. */
public final class CacheLines {
  /**
   * First element at the beginning of a cache line, in a large array: G1, ZGC and Shenandoah place
   * those at the beginning of a region or page. A vector as wide as a line, or half as wide, then
   * never lies across two lines, for which the second-level cache takes twice as long. (The header
   * has 16 bytes.) In other arrays it is as good as any element, as in those of float64, which have
   * no vectors.
   */
  public static final int FIRST = 12;

  private CacheLines() {}
}
