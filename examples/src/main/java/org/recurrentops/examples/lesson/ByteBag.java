package org.recurrentops.examples.lesson;

/** Naive Bayes on single characters, whose order it does not see; every pair counts one more. */
public final class ByteBag {
  private final double[][] counts;

  /**
   * Knows nothing.
   *
   * @param kinds number of classes
   */
  public ByteBag(int kinds) {
    counts = new double[kinds][Snippets.SYMBOLS];
    for (double[] row : counts) {
      java.util.Arrays.fill(row, 1);
    }
  }

  /**
   * Counts.
   *
   * @param text a piece
   * @param kind its class
   */
  public void learn(String text, int kind) {
    text.chars().forEach(c -> counts[kind][Snippets.symbol((char) c)]++);
  }

  /**
   * The likeliest class.
   *
   * @param text a piece
   * @return its index; all classes count as equally frequent
   */
  public int guess(String text) {
    double[] score = new double[counts.length];
    for (int k = 0; k < counts.length; k++) {
      double all = java.util.Arrays.stream(counts[k]).sum();
      for (int i = 0; i < text.length(); i++) {
        score[k] += Math.log(counts[k][Snippets.symbol(text.charAt(i))] / all);
      }
    }
    int best = 0;
    for (int k = 1; k < score.length; k++) {
      best = score[k] > score[best] ? k : best;
    }
    return best;
  }
}
