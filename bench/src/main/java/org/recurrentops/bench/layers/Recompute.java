package org.recurrentops.bench.layers;

/** How many steps a training plan computes again at a time, as text. */
public final class Recompute {
  /** ⌈√T⌉ steps, which needs the least memory. */
  public static final String ROOT = "sqrt";

  private Recompute() {}

  /**
   * Reads a text.
   *
   * @param text a number of steps, {@value #ROOT}, or 0 to keep everything
   * @param steps T
   * @return what {@link org.recurrentops.PlanOptions#recompute(int)} takes
   * @throws IllegalArgumentException if it is neither
   */
  public static int steps(String text, int steps) {
    if (text.equals(ROOT)) {
      return (int) Math.ceil(Math.sqrt(steps));
    }
    if (!text.matches("\\d{1,6}")) {
      throw new IllegalArgumentException(
          "recompute: expected a number of steps, 0 to keep everything, or "
              + ROOT
              + ", got '"
              + text
              + "'");
    }
    return Integer.parseInt(text);
  }
}
