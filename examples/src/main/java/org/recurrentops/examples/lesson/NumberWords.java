package org.recurrentops.examples.lesson;

import java.util.List;

/** English number words, 0 to 999. */
public final class NumberWords {
  /** Letters that words are read in: a … z, hyphen, space. */
  public static final int LETTERS = 28;

  private static final String[] ONES =
      ("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen"
              + " fifteen sixteen seventeen eighteen nineteen")
          .split(" ");
  private static final String[] TENS =
      "- - twenty thirty forty fifty sixty seventy eighty ninety".split(" ");

  private NumberWords() {}

  /**
   * Spells a number.
   *
   * @param n 0 … 999
   * @return such as three hundred forty-two
   */
  public static String of(int n) {
    if (n < 20) {
      return ONES[n];
    }
    if (n < 100) {
      return TENS[n / 10] + (n % 10 == 0 ? "" : "-" + ONES[n % 10]);
    }
    return ONES[n / 100] + " hundred" + (n % 100 == 0 ? "" : " " + of(n % 100));
  }

  /**
   * The symbol of a letter.
   *
   * @param c a … z, hyphen or space
   * @return in [0, {@link #LETTERS})
   */
  public static int letter(char c) {
    return c == '-' ? 26 : c == ' ' ? 27 : c - 'a';
  }

  /**
   * The baseline: the known number whose words share the longest beginning and end.
   *
   * @param n to spell
   * @param known numbers to choose from
   * @return one of them
   */
  public static int nearest(int n, List<Integer> known) {
    String words = of(n);
    int best = known.get(0);
    int most = -1;
    for (int k : known) {
      String other = of(k);
      int shortest = Math.min(words.length(), other.length());
      int same = 0;
      while (same < shortest && words.charAt(same) == other.charAt(same)) {
        same++;
      }
      int end = 0;
      while (end < shortest
          && words.charAt(words.length() - 1 - end) == other.charAt(other.length() - 1 - end)) {
        end++;
      }
      if (same + end > most) {
        most = same + end;
        best = k;
      }
    }
    return best;
  }

  /**
   * Share of digits that agree, from the right.
   *
   * @param a a number
   * @param b a number
   * @return in [0, 1]; what only the longer one has is wrong
   */
  public static double sameDigits(int a, int b) {
    String x = new StringBuilder().append(a).reverse().toString();
    String y = new StringBuilder().append(b).reverse().toString();
    int same = 0;
    for (int i = 0; i < Math.min(x.length(), y.length()); i++) {
      same += x.charAt(i) == y.charAt(i) ? 1 : 0;
    }
    return same / (double) Math.max(x.length(), y.length());
  }
}
