package org.recurrentops.bench.report;

import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.recurrentops.bench.layers.LayerShape;
import org.recurrentops.bench.report.BarChart.Bar;
import org.recurrentops.bench.run.Measured;
import org.recurrentops.bench.run.Round;
import org.recurrentops.bench.run.Rung;
import org.recurrentops.bench.run.What;

/** The charts of a report. */
final class Charts {
  private static final String SUMS = "packing, copies and sums";

  /** Series of the chart of phases, no more than there are colours. */
  private static final List<String> PHASES =
      List.of(
          "recurrent products",
          "joined products",
          "gates",
          "projection",
          "weight gradients",
          "waiting",
          "input gradients",
          SUMS);

  private static final Map<String, String> PHASES_TOGETHER =
      Map.of("packing", SUMS, "copies", SUMS, "bias gradients", SUMS);

  private final Figures figures;

  Charts(Figures figures) {
    this.figures = figures;
  }

  BarChart throughput(What what) {
    BarChart chart =
        new BarChart(
            "Throughput, " + what,
            "GFLOP/s of matrix products (more is better)",
            figures.allSeries());
    for (Measured m : figures.compared(what)) {
      double work = m.of().flops() / 1e6;
      chart.add(
          new Bar(m.of().shape(), figures.series(m), m.gflops(), work / m.high(), work / m.low()));
    }
    return chart;
  }

  /** How many units of a step the gates finish, products left out. */
  BarChart gates() {
    BarChart chart =
        new BarChart(
            "Gates without products",
            "10⁹ units of a step (T·N·H) per second (more is better)",
            figures.allSeries());
    for (What what : List.of(What.GATES, What.GATES_TRAINING)) {
      for (Measured m : figures.of(what)) {
        LayerShape s = m.of().layer();
        double work = (double) s.steps() * s.batch() * s.hiddenSize() / 1e6;
        chart.add(
            new Bar(row(m), figures.series(m), work / m.median(), work / m.high(), work / m.low()));
      }
    }
    return chart;
  }

  /** What calls are made of, in percent; forward and backward together. */
  BarChart phases() {
    BarChart chart = new BarChart("What a call is made of", "% of its time", PHASES);
    Map<String, Map<String, Double>> rows = new LinkedHashMap<>();
    for (PhaseFigures p : PhaseFigures.of(figures)) {
      String row = p.call() + " " + p.of().of().shape();
      rows.computeIfAbsent(row, r -> new HashMap<>())
          .merge(PHASES_TOGETHER.getOrDefault(p.name(), p.name()), 100 * p.share(), Double::sum);
      chart.stack(row, Table.number(p.of().median()) + " ms");
    }
    rows.forEach(
        (row, shares) ->
            PHASES.stream()
                .filter(shares::containsKey)
                .map(name -> new Bar(row, name, shares.get(name), Double.NaN, Double.NaN))
                .forEach(chart::add));
    return chart;
  }

  BarChart toPeers() {
    BarChart chart =
        new BarChart(
            "Ratio to the best peer",
            "median round of the best peer ÷ median round here (1 = as fast)",
            figures.allSeries());
    for (Measured m : figures.measured()) {
      figures
          .toBestPeer(m, Measured::medianRound)
          .ifPresent(
              ratio ->
                  chart.add(new Bar(row(m), figures.series(m), ratio, Double.NaN, Double.NaN)));
    }
    return chart;
  }

  /** How much longer calls take whose values decay or saturate. */
  BarChart toOrdinary() {
    BarChart chart =
        new BarChart(
            "Decaying and saturated values",
            "median round ÷ median round with ordinary values (1 = as fast)",
            figures.allSeries());
    for (Measured m : figures.measured()) {
      figures
          .toOrdinary(m, Measured::medianRound)
          .ifPresent(
              ratio ->
                  chart.add(new Bar(row(m), figures.series(m), ratio, Double.NaN, Double.NaN)));
    }
    return chart;
  }

  BarChart shares() {
    BarChart chart =
        new BarChart(
            "Share of the roofline",
            "% of what this CPU could reach (roofline)",
            figures.allSeries());
    for (Measured m : figures.measured()) {
      figures
          .share(m)
          .ifPresent(
              share ->
                  chart.add(
                      new Bar(row(m), figures.series(m), 100 * share, Double.NaN, Double.NaN)));
    }
    return chart;
  }

  /** How many times as fast as the first rung each is. */
  BarChart ablation() {
    BarChart chart =
        new BarChart(
            "What each optimisation buys",
            "time of the first ÷ time here (more is better)",
            List.of());
    Map<String, Double> first = new HashMap<>();
    figures.of(What.ABLATION).forEach(m -> first.putIfAbsent(m.of().shape(), m.median()));
    figures.of(What.ABLATION).stream()
        .sorted(Comparator.comparingInt(m -> Rung.parse(m.of().algorithm()).ordinal()))
        .forEach(
            m -> {
              double base = first.get(m.of().shape());
              chart.add(
                  new Bar(
                      m.of().algorithm(),
                      m.of().shape(),
                      base / m.median(),
                      base / m.high(),
                      base / m.low()));
            });
    return chart;
  }

  /** How many times as fast all processors are as one thread. */
  BarChart threads() {
    BarChart chart =
        new BarChart(
            "All processors against one thread",
            "time of one thread ÷ time of all processors",
            figures.allSeries());
    for (Measured m : figures.measured()) {
      figures
          .speedUp(m)
          .ifPresent(
              ratio ->
                  chart.add(new Bar(row(m), figures.series(m), ratio, Double.NaN, Double.NaN)));
    }
    return chart;
  }

  LogChart memory() {
    LogChart chart = new LogChart("Memory against T", meaning('T'), "workspace and reserve, bytes");
    for (Figures.Sweep s : figures.memory()) {
      chart.add(
          new LogChart.Line(
              String.format(
                  Locale.ROOT,
                  "%s ∝ T^%.2f from %.0f on",
                  s.name(),
                  s.law().exponent(),
                  s.x()[s.from()]),
              s.x(),
              s.values()));
    }
    return chart;
  }

  private static String row(Measured m) {
    return m.of().what() + " " + m.of().shape();
  }

  LogChart latencies() {
    LogChart chart =
        new LogChart(
            "Latency of a streamed step",
            "quantile of all steps",
            "milliseconds",
            "median",
            "90%",
            "99%",
            "99.9%",
            "slowest");
    for (Measured m : figures.of(What.STREAM)) {
      chart.add(
          new LogChart.Line(
              m.of().shape() + " " + figures.series(m),
              new double[] {1, 2, 3, 4, 5},
              new double[] {
                m.over(Round::p50),
                m.over(Round::p90),
                m.over(Round::p99),
                m.over(Round::p999),
                m.over(Round::max)
              }));
    }
    return chart;
  }

  LogChart scaling(char symbol) {
    LogChart chart =
        new LogChart("Time against " + symbol, meaning(symbol), "median, milliseconds");
    for (Figures.Sweep s : figures.sweeps(symbol)) {
      String name =
          String.format(
              Locale.ROOT,
              "%s ∝ %s^%.2f from %.0f on",
              s.name(),
              symbol,
              s.law().exponent(),
              s.x()[s.from()]);
      chart.add(new LogChart.Line(name, s.x(), s.values()));
    }
    return chart;
  }

  private static String meaning(char symbol) {
    return switch (symbol) {
      case 'T' -> "T, steps";
      case 'N' -> "N, batch rows";
      default -> "H, hidden units";
    };
  }
}
