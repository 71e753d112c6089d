package org.recurrentops.bench.layers;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.recurrentops.MathMode;

/**
 * The models of all strategies on a card on which everything that they take for granted takes a
 * multiple of the time that they assume: 1 in the predictions, 0 for what is left out, and what
 * probes of a run say.
 */
final class CardTimes {
  private static final Pattern CLUSTER = Pattern.compile("one-cluster(?:/push)?:(\\d+)");

  private final Map<Cost, Double> times;
  private final PersistentModel flat;
  private final Persistent2dModel divided;
  private final OneClusterModel cluster;

  private CardTimes(Map<Cost, Double> times) {
    this.times = times;
    GpuModel g = GpuModel.H200;
    PersistentModel p = PersistentModel.H200;
    Pace pace =
        new Pace(
            of(Cost.FLOAT32),
            of(Cost.TF32),
            of(Cost.BF16),
            of(Cost.FP16),
            of(Cost.SHARED),
            of(Cost.PEERS),
            of(Cost.FINISH));
    GpuModel card =
        new GpuModel(
            g.card(),
            g.fp32() / of(Cost.FLOAT32),
            g.tf32() / of(Cost.PEAK),
            g.half() / of(Cost.PEAK),
            g.memory() / of(Cost.MEMORY),
            g.cache() / of(Cost.L2),
            g.cacheMegabytes(),
            g.multiprocessor() / of(Cost.L2),
            g.launch() * of(Cost.LAUNCH),
            g.node() * of(Cost.NODE),
            pace);
    flat =
        new PersistentModel(
            card,
            p.multiprocessors(),
            p.clock(),
            p.sharedBytes(),
            p.published() * of(Cost.MAIL),
            p.latency() * of(Cost.MAIL),
            p.streamed());
    Persistent2dModel d = Persistent2dModel.H200;
    divided = new Persistent2dModel(flat, d.clusters(), d.hop() * of(Cost.HOP));
    OneClusterModel c = OneClusterModel.H200;
    double barrier = c.barrier() * of(Cost.BARRIER);
    cluster = new OneClusterModel(card, c.clock(), c.sharedBytes(), barrier);
  }

  private double of(Cost cost) {
    return times.getOrDefault(cost, 1.0);
  }

  /** As the predictions have it. */
  static CardTimes assumed() {
    return new CardTimes(Map.of());
  }

  /** Where nothing takes any time. */
  static CardTimes free() {
    Map<Cost, Double> none = new EnumMap<>(Cost.class);
    for (Cost cost : Cost.values()) {
      none.put(cost, 0.0);
    }
    return new CardTimes(none);
  }

  /**
   * With what was measured in the place of what is assumed.
   *
   * @param probes what the step {@code probe} of the GPU bundle wrote
   */
  static CardTimes measured(JsonObject probes) {
    Map<Cost, Double> found = new EnumMap<>(Cost.class);
    for (JsonElement e : probes.getAsJsonArray("entries")) {
      JsonObject o = e.getAsJsonObject();
      double value = o.has("value") ? o.get("value").getAsDouble() : 0;
      boolean usable = o.get("outcome").getAsString().equals("MEASURED") && value > 0;
      for (Cost cost : Cost.values()) {
        if (usable && cost.probe.equals(o.get("probe").getAsString())) {
          found.put(cost, cost.times(value));
        }
      }
    }
    return new CardTimes(found);
  }

  /** This one but for a part, whose times are those of another. */
  CardTimes with(Cost.Part part, CardTimes other) {
    Map<Cost, Double> mixed = new EnumMap<>(Cost.class);
    for (Cost cost : Cost.values()) {
      mixed.put(cost, (cost.part == part ? other : this).of(cost));
    }
    return new CardTimes(mixed);
  }

  /** Whether a probe says something of it. */
  boolean knows(Cost cost) {
    return times.containsKey(cost);
  }

  /** How long it takes, in times of what is assumed. */
  double times(Cost cost) {
    return of(cost);
  }

  /**
   * Milliseconds of a call.
   *
   * @param chosen the algorithm that ran
   * @return empty for what no model knows, or refuses
   */
  OptionalDouble millis(String chosen, LayerShape shape, Pass pass, MathMode mode) {
    String strategy = GpuModel.strategyOf(chosen);
    if (strategy != null) {
      return OptionalDouble.of(flat.card().millis(shape, pass, mode, strategy));
    }
    Matcher size = CLUSTER.matcher(chosen);
    if (size.matches()) {
      return cluster.millis(shape, pass, mode, List.of(Integer.parseInt(size.group(1))));
    }
    return switch (chosen) {
      case "persistent" -> flat.millis(shape, pass, mode);
      case "persistent/2d" -> divided.millis(shape, pass, mode);
      default -> OptionalDouble.empty();
    };
  }

  /** Milliseconds of the products over all steps. */
  double aroundChain(LayerShape shape, Pass pass, MathMode mode) {
    return flat.card().aroundChain(shape, pass, mode);
  }
}
