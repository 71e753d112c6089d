package org.recurrentops.examples.text;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/**
 * The symbols of a model: one per code point that is frequent enough in the training text, in order
 * of code points, after the reserved symbol 0, to which everything else maps.
 */
public final class Vocabulary {
  /** The symbol of everything rare or unseen. */
  public static final int RESERVED = 0;

  /** How the reserved symbol is shown. */
  public static final String RESERVED_TEXT = "\uFFFD";

  private final int[] codePoints;

  private Vocabulary(int[] codePoints) {
    this.codePoints = codePoints;
  }

  /**
   * Collects symbols.
   *
   * @param training text
   * @param minCount occurrences that a code point needs, at least 1
   * @return the vocabulary
   */
  public static Vocabulary of(String training, int minCount) {
    Map<Integer, Integer> counts = new TreeMap<>();
    training.codePoints().forEach(c -> counts.merge(c, 1, Integer::sum));
    counts.values().removeIf(n -> n < minCount);
    return new Vocabulary(counts.keySet().stream().mapToInt(Integer::intValue).toArray());
  }

  /**
   * Restores one.
   *
   * @param codePoints as {@link #codePoints()} gave them, ascending
   * @return the vocabulary
   */
  public static Vocabulary restore(int[] codePoints) {
    for (int i = 0; i < codePoints.length; i++) {
      if (!Character.isValidCodePoint(codePoints[i])
          || i > 0 && codePoints[i] <= codePoints[i - 1]) {
        throw new IllegalArgumentException(
            "vocabulary: expected ascending code points, got " + codePoints[i] + " at " + i);
      }
    }
    return new Vocabulary(codePoints.clone());
  }

  /**
   * Its code points; symbol k + 1 stands for the k-th of them.
   *
   * @return ascending copy
   */
  public int[] codePoints() {
    return codePoints.clone();
  }

  /**
   * Number of symbols.
   *
   * @return code points and the reserved symbol
   */
  public int size() {
    return codePoints.length + 1;
  }

  /**
   * Symbol of a code point.
   *
   * @param codePoint any
   * @return its symbol, or {@link #RESERVED}
   */
  public int symbol(int codePoint) {
    return Math.max(-1, Arrays.binarySearch(codePoints, codePoint)) + 1;
  }

  /**
   * Symbols of a text.
   *
   * @param text any
   * @return one per code point
   */
  public int[] encode(String text) {
    return text.codePoints().map(this::symbol).toArray();
  }

  /**
   * Text of a symbol.
   *
   * @param symbol 0 ≤ symbol &lt; {@link #size()}
   * @return the character
   */
  public String text(int symbol) {
    return symbol == RESERVED ? RESERVED_TEXT : Character.toString(codePoints[symbol - 1]);
  }

  /**
   * Counts the reserved symbol.
   *
   * @param symbols an encoded text
   * @return how many of its characters are rare or unseen
   */
  public static long reserved(int[] symbols) {
    return Arrays.stream(symbols).filter(s -> s == RESERVED).count();
  }
}
