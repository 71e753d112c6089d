package org.recurrentops.gpu;

import java.util.List;
import java.util.Optional;
import org.recurrentops.PlanOptions;
import org.recurrentops.spi.PlanRequest;

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

  /** Whether a request names an algorithm, or hands back a decision for it. */
  static boolean names(PlanRequest request, String algorithm) {
    PlanOptions o = request.options();
    return o.algorithm().equals(algorithm)
        || o.algorithm().equals(PlanOptions.AUTO)
            && parse(o.tuning(), List.of(algorithm)).isPresent();
  }
}
