package org.recurrentops.bench.run;

import java.util.Set;
import org.recurrentops.CellType;
import org.recurrentops.PlanOptions;
import org.recurrentops.bench.layers.LayerShape;
import org.recurrentops.bench.layers.Recompute;

/**
 * What one number stands for; all as text, as in the file of results.
 *
 * @param what a {@link What} in lower case
 * @param shape such as {@code lstm-t50n32c512h512}, empty for the machine's own
 * @param backend or device as asked for, or the name of a peer; empty for the machine's own
 * @param algorithm as asked for
 * @param mode arithmetic of the products
 * @param threads of the CPU backend or a peer, 0 for one per processor
 * @param recompute steps that backward computes again at a time, or {@link Recompute#ROOT}; empty
 *     where everything is kept
 */
public record Combination(
    String what,
    String shape,
    String backend,
    String algorithm,
    String mode,
    int threads,
    String recompute) {

  static final String CPU = "cpu";

  private static final String DL4J = "dl4j";

  /** Names by which the peers stand in the place of a backend. */
  public static final Set<String> PEERS = Set.of("onnxruntime", "onednn", "libtorch", DL4J);

  /** Older files do not know of recomputation. */
  public Combination {
    recompute = recompute == null ? "" : recompute;
  }

  /**
   * One that keeps everything.
   *
   * @param what a {@link What} in lower case
   * @param shape text
   * @param backend or peer
   * @param algorithm as asked for
   * @param mode arithmetic
   * @param threads 0 for one per processor
   */
  public Combination(
      String what, String shape, String backend, String algorithm, String mode, int threads) {
    this(what, shape, backend, algorithm, mode, threads, "");
  }

  static Combination ofMachine(What what) {
    return new Combination(what.toString(), "", "", "", "", 0);
  }

  private static final String PEER_BENCHMARK = "org.recurrentops.bench.peers.PeerBenchmark";

  /** Whether the peers are on the class path. */
  static boolean peersAreHere() {
    return Combination.class.getResource("/" + PEER_BENCHMARK.replace('.', '/') + ".class") != null;
  }

  /** The regular expression by which JMH finds its benchmark. */
  String include() {
    return isPeer()
        ? "^" + PEER_BENCHMARK.replace(".", "\\.") + "\\." + what + "$"
        : kind().include();
  }

  /**
   * Peers compute in FP32, have nothing to choose and compute nothing again; only CPUs have threads
   * to bound.
   */
  boolean exists() {
    boolean trains = kind() == What.TRAINING || kind() == What.PHASES_TRAINING;
    if (!recompute.isEmpty() && (!trains || isPeer())) {
      return false;
    }
    if (isPeer()) {
      if (kind().ofMachine() || layer().skipsInput()) {
        return false;
      }
      if (backend.equals(DL4J)) {
        boolean lstm = layer().cell() == CellType.LSTM;
        return lstm && kind() == What.FORWARD && algorithm.equals("auto") && mode.equals("FP32");
      }
      boolean timed =
          kind() == What.TRAINING ? !backend.equals("onnxruntime") : kind() == What.FORWARD;
      return timed && algorithm.equals("auto") && mode.equals("FP32");
    }
    if (kind() == What.PHASES || kind() == What.PHASES_TRAINING) {
      return backend.equals(CPU) && algorithm.equals(PlanOptions.AUTO);
    }
    return threads == 0 || backend.equals(CPU);
  }

  /**
   * Whether it ran on another library.
   *
   * @return true if the backend is one of {@link #PEERS}
   */
  public boolean isPeer() {
    return PEERS.contains(backend);
  }

  /**
   * What is timed.
   *
   * @return the constant
   */
  public What kind() {
    return What.valueOf(what.toUpperCase(java.util.Locale.ROOT));
  }

  /**
   * The same with ordinary values.
   *
   * @return this, if its values are ordinary
   */
  public Combination ordinary() {
    What ordinary = kind().ordinary();
    return ordinary == kind()
        ? this
        : new Combination(ordinary.toString(), shape, backend, algorithm, mode, threads, recompute);
  }

  /**
   * The layer.
   *
   * @return null for the machine's own
   */
  public LayerShape layer() {
    return shape.isEmpty() ? null : LayerShape.parse(shape);
  }

  /**
   * Floating-point operations of one call.
   *
   * @return 0 where there are none
   */
  public long flops() {
    return kind().flops(layer());
  }

  /**
   * Bytes that one call has to move at least.
   *
   * @return 0 where that is not known
   */
  public long bytes() {
    return kind().bytes(layer());
  }

  @Override
  public String toString() {
    String text = String.join(" ", what, shape, backend).strip();
    boolean plain = mode.isEmpty() || mode.equals("FP32");
    return (plain ? text : text + " " + mode)
        + (algorithm.isEmpty() || algorithm.equals("auto") ? "" : " " + algorithm)
        + (threads == 0 ? "" : " threads=" + threads)
        + (recompute.isEmpty() ? "" : " recompute=" + recompute);
  }
}
