package org.recurrentops.cpu;

/** System properties that are numbers of something. */
final class PositiveProperty {
  private PositiveProperty() {}

  /**
   * Reads one.
   *
   * @param name of the property
   * @param what it counts, for people
   * @param otherwise what it is if nobody set it
   * @throws IllegalArgumentException if it is no number of at least 1
   */
  static int of(String name, String what, int otherwise) {
    String value = System.getProperty(name);
    if (value == null || value.isBlank()) {
      return otherwise;
    }
    int count;
    try {
      count = Integer.parseInt(value.trim());
    } catch (NumberFormatException e) {
      count = 0;
    }
    if (count < 1) {
      throw new IllegalArgumentException(
          "-D" + name + ": expected a number of " + what + " ≥ 1, got '" + value + "'");
    }
    return count;
  }
}
