package org.recurrentops.cpu;

import java.util.List;
import java.util.Optional;
import org.recurrentops.PlanOptions;

/** The decision of a plan as a string: version of this backend's decisions, then the algorithm. */
final class Tuning {
  private static final String PREFIX = "cpu/1:";

  private Tuning() {}

  static String of(String algorithm) {
    return PREFIX + algorithm;
  }

  /** Why a decision handed back cannot be taken, or empty. */
  static Optional<String> refusal(PlanOptions options, List<String> algorithms) {
    String decision = options.tuning();
    if (decision == null) {
      return Optional.empty();
    }
    String named = decision.startsWith(PREFIX) ? decision.substring(PREFIX.length()) : null;
    if (named == null || !algorithms.contains(named)) {
      return Optional.of(
          "tuning: expected "
              + PREFIX
              + " and one of "
              + algorithms
              + ", got '"
              + decision
              + "'; it comes from another backend, version or JVM: plan without it");
    }
    String forced = options.algorithm();
    if (!forced.equals(PlanOptions.AUTO) && !forced.equals(named)) {
      return Optional.of(
          "tuning: expected one for the forced algorithm "
              + forced
              + ", got '"
              + decision
              + "'; drop one of the two");
    }
    return Optional.empty();
  }

  /** The algorithm of options that are not refused. */
  static String algorithm(PlanOptions options, String best) {
    if (options.tuning() != null) {
      return options.tuning().substring(PREFIX.length());
    }
    return options.algorithm().equals(PlanOptions.AUTO) ? best : options.algorithm();
  }
}
