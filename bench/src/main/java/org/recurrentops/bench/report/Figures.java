package org.recurrentops.bench.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
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
  private final Map<Measured, Results> origin = new IdentityHashMap<>();

  /** Series of combinations that several files hold. */
  private final Set<String> repeated = new HashSet<>();

  private final List<String> allSeries;

  Figures(List<Results> files) {
    this.files = files;
    Set<Combination> seen = new HashSet<>();
    for (Results f : files) {
      for (Measured m : f.byCombination().values()) {
        all.add(m);
        origin.put(m, f);
        if (!seen.add(m.of()) && !m.of().kind().ofMachine()) {
          repeated.add(series(m.of()));
        }
      }
    }
    allSeries = measured().stream().map(this::series).distinct().sorted(BY_BACKEND).toList();
  }

  /** The CPU first and peers last, so that a backend has the same colour in most reports. */
  private static final Comparator<String> BY_BACKEND =
      Comparator.<String>comparingInt(s -> s.startsWith("cpu") ? 0 : isOfPeer(s) ? 2 : 1)
          .thenComparing(s -> s);

  private static boolean isOfPeer(String series) {
    return Combination.PEERS.stream().anyMatch(series::startsWith);
  }

  /** The series of all charts, in the order of their colours. */
  List<String> allSeries() {
    return allSeries;
  }

  /** Measurements to be compared with each other; sweeps have charts of their own. */
  List<Measured> compared(What what) {
    List<Measured> others = of(what).stream().filter(m -> !isSweep(origin.get(m))).toList();
    return others.isEmpty() ? of(what) : others;
  }

  private static boolean isSweep(Results file) {
    return file.settings().startsWith("scaling");
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
    OptionalDouble flops = roof(m, What.FMA, Measured::gflops);
    OptionalDouble bytes = roof(m, What.TRIAD, Measured::gigabytes);
    if (flops.isEmpty()
        || bytes.isEmpty()
        || m.gflops() == 0
        || !onCpu(m)
        || m.of().threads() != 0
        || m.of().kind() == What.STREAM) {
      return OptionalDouble.empty();
    }
    double intensity = (double) m.of().flops() / m.of().bytes();
    double roof = Math.min(flops.getAsDouble(), bytes.getAsDouble() * intensity);
    return OptionalDouble.of(m.gflops() / roof);
  }

  /** The machine's own figure out of the same file, or of another one of the same CPU. */
  OptionalDouble roof(Measured m, What what, ToDoubleFunction<Measured> figure) {
    Results file = origin.get(m);
    OptionalDouble own =
        of(what).stream().filter(r -> origin.get(r) == file).mapToDouble(figure).max();
    String cpu = file.environment().cpu();
    return own.isPresent()
        ? own
        : of(what).stream()
            .filter(r -> origin.get(r).environment().cpu().equals(cpu))
            .mapToDouble(figure)
            .max();
  }

  /** The CPU backend, the peers, which run there, and OpenCL drivers that say so. */
  private static boolean onCpu(Measured m) {
    String backend = m.of().backend();
    String device = m.rounds().get(0).device();
    return backend.equals("cpu") || m.of().isPeer() || device.startsWith("pthread-");
  }

  /**
   * Time of the fastest peer of the same run over this one's; empty without peers.
   *
   * @param time by which peers are ranked, too
   */
  OptionalDouble toBestPeer(Measured m, ToDoubleFunction<Measured> time) {
    OptionalDouble best =
        all.stream()
            .filter(p -> p.of().isPeer())
            .filter(p -> origin.get(p) == origin.get(m))
            .filter(p -> p.of().what().equals(m.of().what()))
            .filter(p -> p.of().shape().equals(m.of().shape()))
            .filter(p -> p.of().mode().equals(m.of().mode()))
            .filter(p -> p.of().threads() == m.of().threads())
            .mapToDouble(time)
            .min();
    return best.isPresent() && !m.of().isPeer()
        ? OptionalDouble.of(best.getAsDouble() / time.applyAsDouble(m))
        : OptionalDouble.empty();
  }

  /**
   * Its time over that of the same call with ordinary values in the same run; empty where that was
   * not measured, and for ordinary values.
   */
  OptionalDouble toOrdinary(Measured m, ToDoubleFunction<Measured> time) {
    Combination ordinary = m.of().ordinary();
    return ordinary == m.of()
        ? OptionalDouble.empty()
        : all.stream()
            .filter(o -> o.of().equals(ordinary) && origin.get(o) == origin.get(m))
            .mapToDouble(o -> time.applyAsDouble(m) / time.applyAsDouble(o))
            .findFirst();
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
            .filter(o -> o.of().equals(alone) && origin.get(o) == origin.get(m))
            .mapToDouble(o -> o.median() / m.median())
            .findFirst()
        : OptionalDouble.empty();
  }

  /** As {@link #series(Combination)}, with the JDK where several files hold the combination. */
  String series(Measured m) {
    String name = series(m.of());
    if (!repeated.contains(name)) {
      return name;
    }
    String jdk = origin.get(m).environment().jdk().replaceFirst("[ .].*", "");
    return name + " (file " + (1 + files.indexOf(origin.get(m))) + ", JDK " + jdk + ")";
  }

  /** A name of the series that tells it from others of the same shape. */
  private static String series(Combination c) {
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
        String key = m.of().what() + " " + fixed(s, symbol) + " " + series(m);
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
