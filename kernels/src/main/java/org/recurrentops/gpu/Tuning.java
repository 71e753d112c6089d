package org.recurrentops.gpu;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.recurrentops.PlanOptions;
import org.recurrentops.spi.PlanRequest;

/**
 * A decision as a string that checkpoints keep: a version, then the algorithm, then how many
 * work-groups make a cluster where the algorithm has a layer in one.
 */
final class Tuning {
  private static final String PREFIX = "gpu1 ";
  private static final Pattern DECISION =
      Pattern.compile(Pattern.quote(PREFIX) + "(\\S+)(?: cluster=(\\d{1,2}))?");

  private Tuning() {}

  /**
   * A decision.
   *
   * @param cluster work-groups of a cluster; 0 for none
   */
  static String format(String algorithm, int cluster) {
    return PREFIX + algorithm + (cluster > 0 ? " cluster=" + cluster : "");
  }

  /** The algorithm of a decision made by this version, if this device offers it. */
  static Optional<String> parse(String decision, List<String> offered) {
    return match(decision).map(m -> m.group(1)).filter(offered::contains);
  }

  /** The size of clusters that a decision handed back names, or empty. */
  static Optional<Integer> clusterSize(PlanRequest request) {
    return request.options().algorithm().equals(PlanOptions.AUTO)
        ? match(request.options().tuning())
            .filter(m -> m.group(1).startsWith(Algorithm.ONE_CLUSTER) && m.group(2) != null)
            .map(m -> Integer.valueOf(m.group(2)))
        : Optional.empty();
  }

  private static Optional<Matcher> match(String decision) {
    return Optional.ofNullable(decision)
        .map(DECISION::matcher)
        .filter(Matcher::matches)
        .filter(m -> m.group(2) == null || ClusterSize.ALL.contains(Integer.valueOf(m.group(2))));
  }

  /** Whether a request names an algorithm, or hands back a decision for it. */
  static boolean names(PlanRequest request, String algorithm) {
    PlanOptions o = request.options();
    return o.algorithm().equals(algorithm)
        || o.algorithm().equals(PlanOptions.AUTO)
            && parse(o.tuning(), List.of(algorithm)).isPresent();
  }
}
