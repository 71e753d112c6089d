package org.recurrentops.bench.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import org.recurrentops.bench.run.Measured;

/** Every figure as text, for all three pages. */
final class Table {
  /** The first four columns are text, the others numbers. */
  static final int TEXT_COLUMNS = 4;

  static final List<String> HEAD =
      List.of(
          "what",
          "shape",
          "on",
          "algorithm",
          "median ms",
          "low ms",
          "high ms",
          "iterations",
          "rounds",
          "median round ms",
          "best round ms",
          "GFLOP/s",
          "GB/s",
          "roofline %",
          "best peer ÷ this, median rounds",
          "best peer ÷ this, best rounds",
          "this ÷ ordinary, median rounds",
          "this ÷ ordinary, best rounds",
          "heap B/call",
          "plan MB");

  private Table() {}

  /** A row per combination; a value that does not exist is empty. */
  static List<List<String>> rows(Figures figures) {
    List<List<String>> rows = new ArrayList<>();
    for (Measured m : figures.measured()) {
      OptionalDouble share = figures.share(m);
      rows.add(
          List.of(
              m.of().what(),
              m.of().shape(),
              figures.series(m),
              m.chosen(),
              number(m.median()),
              number(m.low()),
              number(m.high()),
              String.valueOf(m.iterations()),
              String.valueOf(m.rounds().size()),
              number(m.medianRound()),
              number(m.bestRound()),
              positive(m.gflops()),
              m.gflops() > 0 ? "" : positive(m.gigabytes()),
              share.isPresent() ? number(100 * share.getAsDouble()) : "",
              optional(figures.toBestPeer(m, Measured::medianRound)),
              optional(figures.toBestPeer(m, Measured::bestRound)),
              optional(figures.toOrdinary(m, Measured::medianRound)),
              optional(figures.toOrdinary(m, Measured::bestRound)),
              Double.isNaN(m.allocatedBytes())
                  ? ""
                  : String.format(Locale.ROOT, "%.0f", m.allocatedBytes()),
              positive(m.planBytes() / 1e6)));
    }
    return rows;
  }

  private static String positive(double v) {
    return v > 0 ? number(v) : "";
  }

  private static String optional(OptionalDouble v) {
    return v.isPresent() ? number(v.getAsDouble()) : "";
  }

  /** Four significant digits without an exponent. */
  static String number(double v) {
    return new java.math.BigDecimal(v, new java.math.MathContext(4)).toPlainString();
  }
}
