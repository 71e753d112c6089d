package org.recurrentops.bench.run;

import java.util.ArrayList;
import java.util.List;
import org.recurrentops.bench.layers.LayerShape;
import org.recurrentops.bench.layers.Recompute;
import org.recurrentops.bench.layers.ShapeList;

/** How much is measured. */
public enum Profile {
  /** About three minutes on two backends. */
  QUICK(2, 4, 4, 250),
  /** More shapes and longer; about half an hour on two backends. */
  FULL(3, 3, 5, 1000),
  /** Time and memory against T, N, H and threads, for fitted exponents. */
  SCALING(1, 2, 4, 400),
  /**
   * Short rounds, many of them: for ratios to other libraries on a machine that comes and goes. On
   * two busy processors a plan's calls get faster for up to three seconds, until C2 is done.
   */
  PEERS(4, 8, 3, 400),
  /** What each classic optimisation buys on the CPU. */
  ABLATION(2, 3, 4, 500);

  private final int rounds;
  private final int warmups;
  private final int iterations;
  private final long millis;

  Profile(int rounds, int warmups, int iterations, long millis) {
    this.rounds = rounds;
    this.warmups = warmups;
    this.iterations = iterations;
    this.millis = millis;
  }

  int rounds() {
    return rounds;
  }

  JmhRun jmh(boolean forked) {
    return new JmhRun(warmups, iterations, millis, forked);
  }

  /** With so many rounds. */
  String settings(int rounds) {
    return String.format(
        "%s: %d rounds, %d warm-ups and %d iterations of %d ms",
        name().toLowerCase(java.util.Locale.ROOT), rounds, warmups, iterations, millis);
  }

  List<LayerShape> shapes(What what) {
    boolean layer = what == What.FORWARD || what == What.TRAINING;
    if (what.ordinary() != what) {
      return this == FULL ? parse(List.of("lstm-t50n64c128h128")) : List.of();
    }
    if (what == What.PHASES || what == What.PHASES_TRAINING) {
      return parse(this == PEERS ? PEERS_LAYERS : this == FULL ? FULL_LAYERS : List.of());
    }
    List<LayerShape> shapes = new ArrayList<>();
    if (what == What.GATES || what == What.GATES_TRAINING) {
      return gateShapes(what);
    }
    switch (this) {
      case QUICK -> shapes.addAll(parse(layer ? QUICK_LAYERS : partShapes(what)));
      case PEERS -> shapes.addAll(parse(layer ? PEERS_LAYERS : List.of()));
      case FULL -> {
        shapes.addAll(parse(layer ? FULL_LAYERS : partShapes(what)));
        if (layer) {
          shapes.addAll(0, ShapeList.read("small"));
        }
      }
      case SCALING -> {
        if (what == What.FORWARD) {
          shapes.addAll(parse(scaling()));
        } else if (what == What.TRAINING) {
          shapes.addAll(parse(sweepOfT()));
        }
      }
      default -> {
        if (what == What.ABLATION) {
          shapes.addAll(parse(ABLATED));
        }
      }
    }
    return shapes;
  }

  /** A shape of each cell; two of them and no training where it has to be quick. */
  private List<LayerShape> gateShapes(What what) {
    List<String> cells = List.of("lstm", "gru", "vanilla");
    int count = this == FULL ? 3 : this == QUICK && what == What.GATES ? 2 : 0;
    return parse(cells.subList(0, count).stream().map(c -> c + "-t50n64c128h128").toList());
  }

  /** What training plans keep, as in {@link Combination#recompute()}. */
  List<String> recompute() {
    return this == SCALING ? List.of("", Recompute.ROOT) : List.of("");
  }

  /** Threads of the CPU to measure with, as in {@link Combination#threads()}. */
  List<Integer> threads() {
    return this == SCALING ? List.of(1, 0) : List.of(0);
  }

  private static final List<String> QUICK_LAYERS =
      List.of("lstm-t50n32c512h512", "lstm-t50n64c128h128", "gru-t50n32c128h128");

  /** Those of which bench/results holds a comparison. */
  private static final List<String> PEERS_LAYERS =
      List.of(
          "lstm-t50n32c512h512",
          "lstm-t100n1c256h256",
          "lstm-t100n1c1024h1024",
          "lstm-t25n64c512h512",
          "lstm-t25n32c1024h1024",
          "lstm-t25n64c2048h2048",
          "lstm-t50n64c128h128",
          "lstm-t100n16c64h64",
          "gru-t50n32c512h512",
          "vanilla-t50n32c512h512");

  private static final List<String> ABLATED =
      List.of("lstm-t50n32c512h512", "lstm-t50n64c128h128", "lstm-t100n1c256h256");

  private static final List<String> FULL_LAYERS =
      List.of(
          "gru-t50n32c128h128",
          "gru-t50n32c512h512",
          "vanilla-t50n32c512h512",
          "lstm-t25n16c1024h1024",
          "lstm-t100n1c256h256");

  private static List<String> partShapes(What what) {
    return switch (what) {
      case STREAM -> List.of("lstm-t20n1c128h256", "gru-t20n8c64h128");
      case ABLATION -> List.of();
      default -> List.of("lstm-t50n64c128h128");
    };
  }

  private static List<LayerShape> parse(List<String> texts) {
    return texts.stream().map(LayerShape::parse).toList();
  }

  private static List<String> scaling() {
    List<String> shapes = new ArrayList<>(sweepOfT());
    for (int n = 1; n <= 256; n *= 4) {
      shapes.add("lstm-t32n" + n + "c64h64");
    }
    for (int h = 16; h <= 4096; h *= 4) {
      shapes.add("lstm-t8n8c" + h + "h" + h);
    }
    return shapes.stream().distinct().toList();
  }

  private static List<String> sweepOfT() {
    List<String> shapes = new ArrayList<>();
    for (int t = 1; t <= 4096; t *= 4) {
      shapes.add("lstm-t" + t + "n8c64h64");
    }
    return shapes;
  }
}
