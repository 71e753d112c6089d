package org.recurrentops.gpu;

import java.util.List;
import java.util.Locale;

/** System properties of the host program; a value that means nothing is an error. */
final class Setting {
  private Setting() {}

  /**
   * The value of a property.
   *
   * @param allowed what it may be, the default first
   * @throws IllegalArgumentException if it is something else
   */
  static String of(String property, String... allowed) {
    String value = System.getProperty(property, "").trim().toLowerCase(Locale.ROOT);
    if (value.isEmpty()) {
      return allowed[0];
    }
    if (!List.of(allowed).contains(value)) {
      String all = String.join(", ", allowed).replaceFirst(", (?!.*, )", " or ");
      throw wrong(property, value, all);
    }
    return value;
  }

  /**
   * The value of a property that is a number.
   *
   * @param most it may be, and the default
   */
  static int upTo(String property, int most) {
    String value = System.getProperty(property, "").trim();
    if (value.isEmpty()) {
      return most;
    }
    try {
      int number = Integer.parseInt(value);
      if (number >= 1 && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      // as any other number
    }
    throw wrong(property, value, "a number from 1 to " + most);
  }

  private static IllegalArgumentException wrong(String property, String value, String expected) {
    return new IllegalArgumentException("-D" + property + "=" + value + ": expected " + expected);
  }
}
