package org.recurrentops.examples.text;

import java.util.Arrays;
import java.util.List;

/**
 * Finds copied text: the hashes of all windows of 48 characters, white space left out, so that
 * re-indented copies count as copies. Of large texts only a fixed part of the hashes is kept.
 */
final class WindowPrints {
  static final int WINDOW = 48;

  /** Texts up to this many characters keep every hash. */
  private static final long DENSE = 8L << 20;

  private static final long BASE = 0x9E3779B97F4A7C15L;

  private final long mask;
  private final long[] sorted;

  private WindowPrints(long mask, long[] sorted) {
    this.mask = mask;
    this.sorted = sorted;
  }

  /** The prints of some texts, thinned as fits their total length. */
  static WindowPrints of(List<SourceText> texts) {
    long length = texts.stream().mapToLong(t -> t.content().length()).sum();
    long keepOneIn = Long.highestOneBit(Math.max(1, length / DENSE * 2));
    long mask = Math.max(1, keepOneIn) - 1;
    long[][] all = texts.stream().map(t -> prints(t.content(), mask)).toArray(long[][]::new);
    long[] joined = new long[Arrays.stream(all).mapToInt(a -> a.length).sum()];
    int at = 0;
    for (long[] a : all) {
      System.arraycopy(a, 0, joined, at, a.length);
      at += a.length;
    }
    Arrays.sort(joined);
    return new WindowPrints(mask, joined);
  }

  /** The part of a text's windows that occur in these texts too, 0 … 1. */
  double containment(String text) {
    long[] prints = prints(text, mask);
    long found = Arrays.stream(prints).filter(p -> Arrays.binarySearch(sorted, p) >= 0).count();
    return prints.length == 0 ? 0 : (double) found / prints.length;
  }

  private static long[] prints(String text, long mask) {
    char[] c = withoutSpace(text);
    int count = Math.max(1, c.length - WINDOW + 1);
    int width = Math.min(WINDOW, c.length);
    long drop = 1;
    long hash = 0;
    for (int i = 0; i < width; i++) {
      hash = hash * BASE + c[i];
      drop *= BASE;
    }
    long[] prints = new long[count];
    int kept = 0;
    for (int i = 0; i < count; i++) {
      long print = mix(hash);
      if ((print & mask) == 0) {
        prints[kept++] = print;
      }
      if (i + width < c.length) {
        hash = hash * BASE + c[i + width] - drop * c[i];
      }
    }
    return Arrays.copyOf(prints, kept);
  }

  private static char[] withoutSpace(String text) {
    char[] c = text.toCharArray();
    int n = 0;
    for (char x : c) {
      if (!Character.isWhitespace(x)) {
        c[n++] = x;
      }
    }
    return Arrays.copyOf(c, n);
  }

  /** Spreads a polynomial hash over all bits. */
  private static long mix(long h) {
    long x = (h ^ (h >>> 32)) * 0xD6E8FEB86659FD93L;
    return x ^ (x >>> 32);
  }
}
