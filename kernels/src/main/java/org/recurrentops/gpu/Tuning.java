package org.recurrentops.gpu;

import java.util.List;
import java.util.Optional;

/** A decision as a string that checkpoints keep: a version, then the algorithm. */
final class Tuning {
  private static final String PREFIX = "gpu1 ";

  private Tuning() {}

  static String format(String algorithm) {
    return PREFIX + algorithm;
  }

  /** The algorithm of a decision made by this version, if this device offers it. */
  static Optional<String> parse(String decision, List<String> offered) {
    if (decision == null || !decision.startsWith(PREFIX)) {
      return Optional.empty();
    }
    String algorithm = decision.substring(PREFIX.length());
    return offered.contains(algorithm) ? Optional.of(algorithm) : Optional.empty();
  }
}
