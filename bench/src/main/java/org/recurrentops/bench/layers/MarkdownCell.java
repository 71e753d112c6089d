package org.recurrentops.bench.layers;

import java.util.Locale;
import java.util.OptionalDouble;

/** A number in a row of a Markdown table, with the bar that ends it. */
final class MarkdownCell {
  private MarkdownCell() {}

  /** Four digits, or a dash where there is no number. */
  static String of(OptionalDouble number) {
    return number.isPresent()
        ? String.format(Locale.ROOT, " %.4g |", number.getAsDouble())
        : " – |";
  }
}
