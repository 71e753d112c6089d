package org.recurrentops.tck.reference;

/**
 * Philox4x32-10 written a second time, from Salmon, Moraes, Dror and Shaw, "Parallel random
 * numbers: as easy as 1, 2, 3" (SC 2011), so that the reference does not trust the generator of the
 * library under test. Checked against the authors' known answers.
 */
public final class ReferencePhilox {
  private static final long LOW_WORD = 0xFFFFFFFFL;

  private ReferencePhilox() {}

  /**
   * Encrypts one counter.
   *
   * @param counter four 32-bit words
   * @param key two 32-bit words, the low word first
   * @return four random 32-bit words
   */
  public static int[] block(int[] counter, int[] key) {
    long[] x = new long[4];
    for (int i = 0; i < 4; i++) {
      x[i] = Integer.toUnsignedLong(counter[i]);
    }
    for (int round = 0; round < 10; round++) {
      long left = x[0] * 0xD2511F53L;
      long right = x[2] * 0xCD9E8D57L;
      long key0 = (Integer.toUnsignedLong(key[0]) + round * 0x9E3779B9L) & LOW_WORD;
      long key1 = (Integer.toUnsignedLong(key[1]) + round * 0xBB67AE85L) & LOW_WORD;
      x =
          new long[] {
            (right >>> 32) ^ x[1] ^ key0, right & LOW_WORD,
            (left >>> 32) ^ x[3] ^ key1, left & LOW_WORD
          };
    }
    return new int[] {(int) x[0], (int) x[1], (int) x[2], (int) x[3]};
  }
}
