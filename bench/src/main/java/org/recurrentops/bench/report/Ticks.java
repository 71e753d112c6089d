package org.recurrentops.bench.report;

import java.util.Locale;

/** Round numbers for axes. */
final class Ticks {
  private static final double MILLION = 1e6;

  private Ticks() {}

  /** 1, 2 or 5 times a power of ten, four to eight of which reach the largest value. */
  static double step(double most) {
    double rough = most / 6;
    double power = Math.pow(10, Math.floor(Math.log10(rough)));
    double lead = rough / power;
    return power * (lead <= 1 ? 1 : lead <= 2 ? 2 : lead <= 5 ? 5 : 10);
  }

  /** As few digits as needed, millions as M. */
  static String text(double value) {
    if (value == 0) {
      return "0";
    }
    if (value >= MILLION) {
      return text(value / MILLION) + " M";
    }
    String text = String.format(Locale.ROOT, "%.6f", value);
    return text.replaceFirst("\\.?0+$", "");
  }
}
