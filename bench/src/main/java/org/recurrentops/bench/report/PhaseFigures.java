package org.recurrentops.bench.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.recurrentops.bench.layers.LayerShape;
import org.recurrentops.bench.run.Measured;
import org.recurrentops.bench.run.What;

/**
 * One phase of a call.
 *
 * @param of the call, measured as {@link What#PHASES} or {@link What#PHASES_TRAINING}
 * @param pass forward or backward
 * @param name of the phase
 * @param millis of a call
 * @param share of the call's phases
 * @param gflops 10⁹ operations of matrix products per second; 0 where there are none
 * @param ofPeak share of the measured peak of multiply-adds
 * @param gigabytes 10⁹ bytes of recurrent weights per second, each weight read once a step; 0 where
 *     none are
 * @param ofL2 share of what can be read from all second-level caches
 * @param ofL3 share of what can be read from the third-level cache
 */
record PhaseFigures(
    Measured of,
    String pass,
    String name,
    double millis,
    double share,
    double gflops,
    OptionalDouble ofPeak,
    double gigabytes,
    OptionalDouble ofL2,
    OptionalDouble ofL3) {

  private static final String RECURRENT = "recurrent products";

  /** Of input and state together: then nothing is projected. */
  private static final String JOINED = "joined products";

  private static final String PROJECTION = "projection";

  static final List<String> HEAD =
      List.of(
          "call",
          "shape",
          "on",
          "phase",
          "ms",
          "% of the call",
          "GFLOP/s",
          "% of the peak",
          "GB/s of R",
          "% of reading L2",
          "% of reading L3");

  /** What the figures of a table or chart rest on. */
  static final String NOTE =
      "Phases as each worker's clock told them in the last iteration, the mean of all workers;"
          + " calls are a little slower by that. Products of the recurrence leave the first step"
          + " out, whose state is zero; joined products are those of input and state together. GB/s"
          + " of R counts each recurrent weight once a step, whoever reads it; where workers have"
          + " rows of their own, each of them reads all. Shares are those of Java loops on all"
          + " processors (--what fma,read_l2,read_l3).";

  /** All phases of all calls whose phases were timed, the longest of each call first. */
  static List<PhaseFigures> of(Figures figures) {
    List<PhaseFigures> all = new ArrayList<>();
    for (What what : List.of(What.PHASES, What.PHASES_TRAINING)) {
      for (Measured m : figures.of(what)) {
        Map<String, Double> phases = m.phases();
        double sum = phases.values().stream().mapToDouble(v -> v).sum();
        phases.entrySet().stream()
            .sorted(Map.Entry.<String, Double>comparingByValue(Comparator.reverseOrder()))
            .forEach(e -> all.add(of(figures, m, e.getKey(), e.getValue(), sum)));
      }
    }
    return all;
  }

  private static PhaseFigures of(
      Figures figures, Measured m, String phase, double millis, double sum) {
    String name = phase.substring(phase.indexOf(' ') + 1);
    String pass = phase.substring(0, phase.indexOf(' '));
    boolean elsewhere =
        name.equals(PROJECTION) && m.phases().getOrDefault(pass + " " + JOINED, 0.0) > 0;
    double gflops = elsewhere ? 0 : flops(m.of().layer(), name) / (millis * 1e6);
    double gigabytes = bytes(m.of().layer(), name) / (millis * 1e6);
    return new PhaseFigures(
        m,
        pass,
        name,
        millis,
        millis / sum,
        gflops,
        share(gflops, figures.roof(m, What.FMA, Measured::gflops)),
        gigabytes,
        share(gigabytes, figures.roof(m, What.READ_L2, Measured::gigabytes)),
        share(gigabytes, figures.roof(m, What.READ_L3, Measured::gigabytes)));
  }

  private static OptionalDouble share(double reached, OptionalDouble roof) {
    return reached > 0 && roof.isPresent()
        ? OptionalDouble.of(reached / roof.getAsDouble())
        : OptionalDouble.empty();
  }

  private static double flops(LayerShape s, String phase) {
    return switch (phase) {
      case PROJECTION, "input gradients" -> s.inputFlops();
      case RECURRENT -> recurrentFlops(s);
      case JOINED -> s.inputFlops() + recurrentFlops(s);
      case "weight gradients" -> s.forwardFlops();
      default -> 0;
    };
  }

  private static double recurrentFlops(LayerShape s) {
    return s.recurrentFlops() * (s.steps() - 1.0) / s.steps();
  }

  private static double bytes(LayerShape s, String phase) {
    double weights = (double) Float.BYTES * s.cell().gates() * s.hiddenSize() * s.hiddenSize();
    return phase.equals(RECURRENT) ? weights * (s.steps() - 1) : 0;
  }

  /** The call without the word that says that its phases were timed. */
  String call() {
    return of.of().kind() == What.PHASES ? What.FORWARD.toString() : What.TRAINING.toString();
  }

  /** A row under {@link #HEAD}. */
  List<String> row(Figures figures) {
    return List.of(
        call(),
        of.of().shape(),
        figures.series(of),
        pass + " " + name,
        Table.number(millis),
        percent(OptionalDouble.of(share)),
        gflops > 0 ? Table.number(gflops) : "",
        percent(ofPeak),
        gigabytes > 0 ? Table.number(gigabytes) : "",
        percent(ofL2),
        percent(ofL3));
  }

  private static String percent(OptionalDouble share) {
    return share.isPresent() ? Table.number(100 * share.getAsDouble()) : "";
  }
}
