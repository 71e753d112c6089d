package org.recurrentops.cpu.math;

/** Where cache lines of 64 bytes begin in an array. */
public final class CacheLines {
  /** Bytes of an array before its first element, in the usual layout of objects. */
  private static final int HEADER = 16;

  /**
   * First element at the beginning of a cache line, in a large array: G1, ZGC and Shenandoah place
   * those at the beginning of a region or page. A vector as wide as a line, or half as wide, then
   * never lies across two lines, for which the second-level cache takes twice as long. In other
   * arrays it is as good as any element.
   */
  public static final int FIRST = (64 - HEADER) / Float.BYTES;

  private CacheLines() {}
}
