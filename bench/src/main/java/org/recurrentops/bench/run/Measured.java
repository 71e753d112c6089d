package org.recurrentops.bench.run;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A combination over all its rounds.
 *
 * @param of what was measured
 * @param rounds as read
 * @param median of the iterations' medians, milliseconds
 * @param low lower end of its interval
 * @param high upper end of its interval
 * @param iterations how many there are
 */
public record Measured(
    Combination of, List<Round> rounds, double median, double low, double high, int iterations) {

  static Measured of(Combination of, List<Round> rounds) {
    return of(of, rounds, rounds.stream().flatMap(r -> r.iterationMillis().stream()));
  }

  /**
   * The same in units of the fixed work that ran around each iteration, so that a machine that
   * became slower shows in neither.
   *
   * @return times over times; empty where a round lacks the machine's
   */
  public Optional<Measured> inUnitsOfTheMachine() {
    if (rounds.stream().anyMatch(r -> r.machineMillis() == null)) {
      return Optional.empty();
    }
    return Optional.of(of(of, rounds, rounds.stream().flatMap(Measured::overMachine)));
  }

  private static Stream<Double> overMachine(Round r) {
    return IntStream.range(0, r.iterationMillis().size())
        .mapToObj(i -> r.iterationMillis().get(i) / r.machineMillis().get(i));
  }

  private static Measured of(Combination of, List<Round> rounds, Stream<Double> times) {
    double[] sorted = times.mapToDouble(Double::doubleValue).sorted().toArray();
    int cut = outside(sorted.length);
    int n = sorted.length;
    return new Measured(of, rounds, median(sorted), sorted[cut], sorted[n - 1 - cut], n);
  }

  /**
   * How many values to drop at each end, so that the true median lies between the rest with at
   * least 95%. That is free of any assumption about the distribution. From 6 values on it can be
   * reached; with fewer nothing is dropped and the interval is the whole range.
   */
  static int outside(int n) {
    double tail = 0; // P(fewer than cut + 1 of n values lie below the median)
    double term = Math.pow(0.5, n);
    int cut = -1;
    for (int k = 0; k < n / 2; k++) {
      tail += term;
      if (2 * tail > 0.05) {
        break;
      }
      cut = k;
      term = term * (n - k) / (k + 1);
    }
    return Math.max(cut, 0);
  }

  /**
   * Floating-point operations per second.
   *
   * @return 10⁹/s, 0 where there are none
   */
  public double gflops() {
    return of.flops() / (median * 1e6);
  }

  /**
   * Bytes per second, each counted once.
   *
   * @return 10⁹/s, 0 where that is not known
   */
  public double gigabytes() {
    return of.bytes() / (median * 1e6);
  }

  /**
   * A quantile over the rounds.
   *
   * @param quantile of one round
   * @return the median of the rounds' values, milliseconds
   */
  public double over(java.util.function.ToDoubleFunction<Round> quantile) {
    return median(rounds.stream().mapToDouble(quantile).sorted().toArray());
  }

  /**
   * What most rounds are like, so that one round in which the machine was slow counts as one.
   *
   * @return the median of the rounds' medians, milliseconds
   */
  public double medianRound() {
    return over(Measured::medianOf);
  }

  /**
   * What the machine gave at its best.
   *
   * @return the smallest of the rounds' medians, milliseconds
   */
  public double bestRound() {
    return rounds.stream().mapToDouble(Measured::medianOf).min().orElseThrow();
  }

  private static double medianOf(Round r) {
    return median(r.iterationMillis().stream().mapToDouble(v -> v).sorted().toArray());
  }

  private static double median(double[] sorted) {
    return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
  }

  /**
   * What the plans chose.
   *
   * @return one name, or several where rounds differ
   */
  public String chosen() {
    return rounds.stream().map(Round::chosen).distinct().collect(Collectors.joining(", "));
  }

  /**
   * What a call is made of, where its phases were timed.
   *
   * @return the median of the rounds' milliseconds by phase, none where they were not timed
   */
  public Map<String, Double> phases() {
    List<Map<String, Double>> timed =
        rounds.stream().map(Round::phases).filter(Objects::nonNull).toList();
    Map<String, Double> medians = new TreeMap<>();
    timed.stream()
        .flatMap(p -> p.keySet().stream())
        .forEach(
            name ->
                medians.put(
                    name,
                    median(
                        timed.stream()
                            .mapToDouble(p -> p.getOrDefault(name, 0.0))
                            .sorted()
                            .toArray())));
    return medians;
  }

  /**
   * Java heap of a call.
   *
   * @return the largest of the rounds in bytes, NaN where JMH had no number
   */
  public double allocatedBytes() {
    return Arrays.stream(
            rounds.stream()
                .filter(r -> r.allocatedBytes() != null)
                .mapToDouble(Round::allocatedBytes)
                .toArray())
        .max()
        .orElse(Double.NaN);
  }

  /**
   * Memory of the plan.
   *
   * @return workspace and reserve in bytes, 0 where there is no plan
   */
  public long planBytes() {
    return rounds.stream()
        .filter(r -> r.planBytes() != null)
        .mapToLong(Round::planBytes)
        .max()
        .orElse(0);
  }
}
