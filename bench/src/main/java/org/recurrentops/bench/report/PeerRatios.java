package org.recurrentops.bench.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.recurrentops.bench.run.Measured;

/**
 * How one series stands against the best peer of each shape.
 *
 * @param name what was timed, and the series
 * @param medians ratios of median rounds over its shapes
 * @param bests ratios of best rounds over its shapes
 */
record PeerRatios(String name, Summary medians, Summary bests) {
  /**
   * Ratios over shapes.
   *
   * @param shapes how many
   * @param mean geometric
   * @param least smallest ratio
   * @param leastShape its shape
   */
  record Summary(int shapes, double mean, double least, String leastShape) {
    private static Summary of(
        Figures figures, List<Measured> all, ToDoubleFunction<Measured> time) {
      double logs = 0;
      double least = Double.POSITIVE_INFINITY;
      String leastShape = "";
      for (Measured m : all) {
        double ratio = figures.toBestPeer(m, time).orElseThrow();
        logs += Math.log(ratio);
        if (ratio < least) {
          least = ratio;
          leastShape = m.of().shape();
        }
      }
      return new Summary(all.size(), Math.exp(logs / all.size()), least, leastShape);
    }

    private String text() {
      return String.format(Locale.ROOT, "%.3f (least %.3f, %s)", mean, least, leastShape);
    }
  }

  /** One for each series that has peers, in the order of the figures. */
  static List<PeerRatios> of(Figures figures) {
    Map<String, List<Measured>> groups = new LinkedHashMap<>();
    for (Measured m : figures.measured()) {
      if (figures.toBestPeer(m, Measured::medianRound).isPresent()) {
        String name = m.of().what() + " " + figures.series(m);
        groups.computeIfAbsent(name, k -> new ArrayList<>()).add(m);
      }
    }
    List<PeerRatios> ratios = new ArrayList<>();
    groups.forEach(
        (name, all) ->
            ratios.add(
                new PeerRatios(
                    name,
                    Summary.of(figures, all, Measured::medianRound),
                    Summary.of(figures, all, Measured::bestRound))));
    return ratios;
  }

  String text() {
    return String.format(
        Locale.ROOT,
        "%s, geometric mean over %d shapes of best peer ÷ this: %s by median rounds, %s by best"
            + " rounds",
        name,
        medians.shapes(),
        medians.text(),
        bests.text());
  }
}
