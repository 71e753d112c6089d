package org.recurrentops.bench.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.function.ToIntFunction;
import org.recurrentops.bench.layers.LayerShape;
import org.recurrentops.bench.layers.Recompute;
import org.recurrentops.bench.run.Combination;
import org.recurrentops.bench.run.Measured;
import org.recurrentops.bench.run.Results;
import org.recurrentops.bench.run.What;

/** What the pages show, out of one or more files of results. */
final class Figures {
  private static final int FEWEST_POINTS = 3;

  private final List<Results> files;
  private final List<Measured> all = new ArrayList<>();

  Figures(List<Results> files) {
    this.files = files;
    files.forEach(f -> all.addAll(f.byCombination().values()));
  }

  List<Results> files() {
    return files;
  }

  /** All that runs on a device or a peer. */
  List<Measured> measured() {
    return all.stream().filter(m -> !m.of().kind().ofMachine()).toList();
  }

  List<Measured> of(What what) {
    return all.stream().filter(m -> m.of().kind() == what).toList();
  }

  /** 10⁹ multiply-adds, counted as two, per second; empty if not measured. */
  OptionalDouble peakGflops() {
    return of(What.FMA).stream().mapToDouble(Measured::gflops).max();
  }

  /** 10⁹ bytes per second; empty if not measured. */
  OptionalDouble peakGigabytes() {
    return of(What.TRIAD).stream().mapToDouble(Measured::gigabytes).max();
  }

  /**
   * Share of what this machine's CPU could reach at most: its peak, or what memory delivers if
   * every weight, input and result is moved once. Empty for devices other than the CPU, for fewer
   * threads than processors, and for streams, whose weights stay in the cache.
   */
  OptionalDouble share(Measured m) {
    if (peakGflops().isEmpty()
        || peakGigabytes().isEmpty()
        || m.gflops() == 0
        || !onCpu(m)
        || m.of().threads() != 0
        || m.of().kind() == What.STREAM) {
      return OptionalDouble.empty();
    }
    double intensity = (double) m.of().flops() / m.of().bytes();
    double roof = Math.min(peakGflops().getAsDouble(), peakGigabytes().getAsDouble() * intensity);
    return OptionalDouble.of(m.gflops() / roof);
  }

  /** The CPU backend, the peers, which run there, and OpenCL drivers that say so. */
  private static boolean onCpu(Measured m) {
    String backend = m.of().backend();
    String device = m.rounds().get(0).device();
    return backend.equals("cpu") || m.of().isPeer() || device.startsWith("pthread-");
  }

  /** Time of the fastest peer over this one's; empty without peers. */
  OptionalDouble toBestPeer(Measured m) {
    OptionalDouble best =
        all.stream()
            .filter(p -> p.of().isPeer())
            .filter(p -> p.of().what().equals(m.of().what()))
            .filter(p -> p.of().shape().equals(m.of().shape()))
            .filter(p -> p.of().mode().equals(m.of().mode()))
            .filter(p -> p.of().threads() == m.of().threads())
            .mapToDouble(Measured::median)
            .min();
    return best.isPresent() && !m.of().isPeer()
        ? OptionalDouble.of(best.getAsDouble() / m.median())
        : OptionalDouble.empty();
  }

  /** Time with one thread over time with all processors; empty where either was not measured. */
  OptionalDouble speedUp(Measured m) {
    Combination c = m.of();
    boolean pass = c.kind() == What.FORWARD || c.kind() == What.TRAINING;
    Combination alone =
        new Combination(
            c.what(), c.shape(), c.backend(), c.algorithm(), c.mode(), 1, c.recompute());
    return pass && c.threads() == 0
        ? all.stream()
            .filter(o -> o.of().equals(alone))
            .mapToDouble(o -> o.median() / m.median())
            .findFirst()
        : OptionalDouble.empty();
  }

  /** A name of the series that tells it from others of the same shape. */
  static String series(Combination c) {
    String name = c.backend();
    if (!c.algorithm().isEmpty() && !c.algorithm().equals("auto")) {
      name += " " + c.algorithm();
    }
    if (c.threads() > 0) {
      name += c.threads() == 1 ? " 1 thread" : " " + c.threads() + " threads";
    }
    if (!c.recompute().isEmpty()) {
      String steps = c.recompute().equals(Recompute.ROOT) ? "√T" : c.recompute();
      name += " recompute(" + steps + ")";
    }
    return c.mode().isEmpty() || c.mode().equals("FP32") ? name : name + " " + c.mode();
  }

  /** One dimension varies, the others stay; the law is that of the points from {@code from} on. */
  record Sweep(String name, double[] x, double[] values, int from, PowerLaw law) {
    /**
     * Small sizes cost a call and little else, so the upper half is fitted, three points at least.
     */
    static Sweep of(String name, double[] x, double[] values) {
      int from = Math.min(x.length / 2, x.length - FEWEST_POINTS);
      double[] upper = Arrays.copyOfRange(x, from, x.length);
      PowerLaw law = PowerLaw.fit(upper, Arrays.copyOfRange(values, from, x.length));
      return new Sweep(name, x, values, from, law);
    }
  }

  /**
   * Sweeps of T, N or H (with C = H or C fixed) with at least three points.
   *
   * @param symbol T, N or H
   */
  List<Sweep> sweeps(char symbol) {
    return sweeps(symbol, Measured::median);
  }

  /** Sweeps of T; their values are bytes that a plan holds. */
  List<Sweep> memory() {
    return sweeps('T', Measured::planBytes);
  }

  private List<Sweep> sweeps(char symbol, ToDoubleFunction<Measured> value) {
    Map<String, TreeMap<Integer, Double>> groups = new TreeMap<>();
    for (Measured m : all) {
      boolean pass = m.of().kind() == What.FORWARD || m.of().kind() == What.TRAINING;
      if (pass && value.applyAsDouble(m) > 0) {
        LayerShape s = m.of().layer();
        String key = m.of().what() + " " + fixed(s, symbol) + " " + series(m.of());
        groups
            .computeIfAbsent(key, k -> new TreeMap<>())
            .put(varied(symbol).applyAsInt(s), value.applyAsDouble(m));
      }
    }
    List<Sweep> sweeps = new ArrayList<>();
    groups.forEach(
        (name, points) -> {
          if (points.size() >= FEWEST_POINTS) {
            double[] x = points.keySet().stream().mapToDouble(Integer::doubleValue).toArray();
            double[] y = points.values().stream().mapToDouble(Double::doubleValue).toArray();
            sweeps.add(Sweep.of(name, x, y));
          }
        });
    return sweeps;
  }

  private static ToIntFunction<LayerShape> varied(char symbol) {
    return switch (symbol) {
      case 'T' -> LayerShape::steps;
      case 'N' -> LayerShape::batch;
      default -> LayerShape::hiddenSize;
    };
  }

  private static String fixed(LayerShape s, char symbol) {
    String text = s.toString();
    return switch (symbol) {
      case 'T' -> text.replaceFirst("-t\\d+", "-t·");
      case 'N' -> text.replaceFirst("n\\d+(?=[ch])", "n·");
      default ->
          s.inputSize() == s.hiddenSize() && !s.skipsInput()
              ? text.replaceFirst("c\\d+h\\d+", "c·h·")
              : text.replaceFirst("h\\d+$", "h·");
    };
  }
}
