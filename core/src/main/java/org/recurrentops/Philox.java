package org.recurrentops;

/**
 * The counter-based generator Philox4x32-10 (Salmon, Moraes, Dror and Shaw, SC 2011): a pure
 * function from a 128-bit counter and a 64-bit key to four 32-bit words, so that backward
 * regenerates what forward drew and every backend draws the same.
 */
public final class Philox {
  private static final long MULTIPLIER_0 = 0xD2511F53L;
  private static final long MULTIPLIER_1 = 0xCD9E8D57L;
  private static final int WEYL_0 = 0x9E3779B9;
  private static final int WEYL_1 = 0xBB67AE85;
  private static final int ROUNDS = 10;
  private static final long MASK = 0xFFFFFFFFL;

  private Philox() {}

  /**
   * Draws one word.
   *
   * @param key the seed; its low half is key word 0
   * @param c0 counter word 0
   * @param c1 counter word 1
   * @param c2 counter word 2
   * @param c3 counter word 3
   * @param word which of the four output words, 0 … 3
   * @return 32 random bits
   * @throws ArrayIndexOutOfBoundsException if there is no such word
   */
  public static int word(long key, int c0, int c1, int c2, int c3, int word) {
    int[] words = new int[4];
    block(key, c0, c1, c2, c3, words);
    return words[word];
  }

  /**
   * Draws all four words of a counter.
   *
   * @param key the seed; its low half is key word 0
   * @param c0 counter word 0
   * @param c1 counter word 1
   * @param c2 counter word 2
   * @param c3 counter word 3
   * @param words receives four times 32 random bits
   */
  public static void block(long key, int c0, int c1, int c2, int c3, int[] words) {
    int k0 = (int) key;
    int k1 = (int) (key >>> 32);
    int x0 = c0;
    int x1 = c1;
    int x2 = c2;
    int x3 = c3;
    for (int r = 0; r < ROUNDS; r++) {
      long p0 = MULTIPLIER_0 * (x0 & MASK);
      long p1 = MULTIPLIER_1 * (x2 & MASK);
      x0 = (int) (p1 >>> 32) ^ x1 ^ k0;
      x1 = (int) p1;
      x2 = (int) (p0 >>> 32) ^ x3 ^ k1;
      x3 = (int) p0;
      k0 += WEYL_0;
      k1 += WEYL_1;
    }
    words[0] = x0;
    words[1] = x1;
    words[2] = x2;
    words[3] = x3;
  }

  /**
   * A uniform number made of the upper 24 bits of a word.
   *
   * @param word 32 random bits
   * @return a multiple of 2⁻²⁴ in [0, 1)
   */
  public static float uniform(int word) {
    return (word >>> 8) * 0x1p-24f;
  }
}
