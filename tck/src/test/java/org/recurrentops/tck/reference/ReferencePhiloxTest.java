package org.recurrentops.tck.reference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** Known answers of Random123's own test file, kat_vectors, for philox4x32 with 10 rounds. */
class ReferencePhiloxTest {
  @Test
  void zeroCounterZeroKey() {
    assertArrayEquals(
        new int[] {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8},
        ReferencePhilox.block(new int[4], new int[2]));
  }

  @Test
  void allOnes() {
    assertArrayEquals(
        new int[] {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd},
        ReferencePhilox.block(new int[] {-1, -1, -1, -1}, new int[] {-1, -1}));
  }

  @Test
  void digitsOfPi() {
    assertArrayEquals(
        new int[] {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1},
        ReferencePhilox.block(
            new int[] {0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
            new int[] {0xa4093822, 0x299f31d0}));
  }

  @Test
  void maskUsesTheDocumentedCounter() {
    // Layer 1, step 2^32 + 6 (low word 6), row 3, features 4 … 7 are the second block.
    int[] words = ReferencePhilox.block(new int[] {1, 6, 3, 1}, new int[] {0x89abcdef, 0x01234567});
    double[] mask = DropoutMask.factors(0.3f, 0x0123456789abcdefL, (1L << 32) + 6, 1, 3, 9);
    long threshold = (long) Math.floor((double) 0.3f * 0x1p32);
    for (int j = 0; j < 4; j++) {
      boolean kept = Integer.toUnsignedLong(words[j]) >= threshold;
      assertEquals(kept ? 1 / (1 - (double) 0.3f) : 0, mask[4 + j]);
    }
  }

  @Test
  void maskKeepsTheStatedShare() {
    int zeros = 0;
    for (int row = 0; row < 100; row++) {
      for (double f : DropoutMask.factors(0.3f, 5, 0, 0, row, 100)) {
        zeros += f == 0 ? 1 : 0;
      }
    }
    assertEquals(3000, zeros, 4 * Math.sqrt(10000 * 0.3 * 0.7));
    for (double f : DropoutMask.factors(1f, 5, 0, 0, 0, 64)) {
      assertEquals(0, f);
    }
    for (double f : DropoutMask.factors(0f, 5, 0, 0, 0, 64)) {
      assertEquals(1, f);
    }
  }
}
