package org.recurrentops.examples.text;

import java.util.HashMap;
import java.util.Map;

/**
 * The baseline: P(b | a) = (count(a b) + α) / (count(a ·) + α V), additive smoothing, fitted to the
 * training text.
 */
public final class Bigram {
  /** α, the count that every pair is given in advance. */
  public static final double ALPHA = 0.1;

  private final int symbols;
  private final Map<Long, Integer> pairs = new HashMap<>();
  private final long[] firsts;

  private Bigram(int symbols) {
    this.symbols = symbols;
    this.firsts = new long[symbols];
  }

  /**
   * Counts pairs.
   *
   * @param training symbols of the training text
   * @param symbols V
   * @return the fitted model
   */
  public static Bigram fit(int[] training, int symbols) {
    Bigram b = new Bigram(symbols);
    for (int i = 1; i < training.length; i++) {
      b.pairs.merge(key(training[i - 1], training[i]), 1, Integer::sum);
      b.firsts[training[i - 1]]++;
    }
    return b;
  }

  private static long key(int first, int second) {
    return (long) first << 32 | second;
  }

  /**
   * Probability of a symbol after another.
   *
   * @param first a
   * @param second b
   * @return P(b | a)
   */
  public double probability(int first, int second) {
    int pair = pairs.getOrDefault(key(first, second), 0);
    return (pair + ALPHA) / (firsts[first] + ALPHA * symbols);
  }

  /**
   * Mean of −ln P over the symbols after the first one.
   *
   * @param text symbols
   * @param count how many are predicted, text[1] … text[count]
   * @return nats per symbol
   */
  public double crossEntropy(int[] text, int count) {
    double sum = 0;
    for (int i = 1; i <= count; i++) {
      sum -= Math.log(probability(text[i - 1], text[i]));
    }
    return sum / count;
  }
}
