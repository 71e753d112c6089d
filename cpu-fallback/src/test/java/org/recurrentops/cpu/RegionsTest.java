package org.recurrentops.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class RegionsTest {
  /** Sixteen bytes of header, then regions at multiples of 64: speed depends on it, no result. */
  @Test
  void regionsOfAnArrayBeginWhereCacheLinesDo() {
    Regions regions = Regions.ofArray();
    for (long count : new long[] {5, 16, 0, 33, 1}) {
      assertEquals(0, (16 + Float.BYTES * regions.take(count)) % 64, "before " + count);
    }
  }

  @Test
  void regionsOfARegionBeginWithIt() {
    Regions regions = new Regions();
    assertEquals(0, regions.take(3, 7));
    assertEquals(32, regions.take(1));
    assertEquals(48, regions.total());
  }
}
