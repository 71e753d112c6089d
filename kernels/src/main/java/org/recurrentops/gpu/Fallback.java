package org.recurrentops.gpu;

/**
 * The algorithm of a plan, and the one that runs the plan from the moment on when kernels of the
 * first gave up; both with the same products, reserve and workspace.
 */
final class Fallback {
  private static final System.Logger LOG = System.getLogger(Fallback.class.getName());

  private final String label;
  private final Algorithm first;
  private final Algorithm second;
  private volatile String reason = "";

  /**
   * For a plan.
   *
   * @param label the plan, for people
   * @param name its algorithm
   * @param grids for loops whose work-groups wait for each other
   */
  Fallback(String label, String name, Device device, Grids grids) {
    this.label = label;
    this.first = Algorithm.of(name, device, grids);
    this.second = first.reports() ? Algorithm.of(first.steppedInstead(), device, grids) : first;
  }

  /** The algorithm that runs the plan now. */
  Algorithm now() {
    return isTaken() ? second : first;
  }

  /** Whether the first one has given up. */
  boolean isTaken() {
    return !reason.isEmpty();
  }

  /** The first one's name. */
  String name() {
    return first.name();
  }

  /** What a plan of the first one is to use instead. */
  String instead() {
    return second.name();
  }

  /** Runs the plan with the second one from now on; says so once. */
  synchronized void take(String why) {
    if (!isTaken() && second != first) {
      reason = why;
      LOG.log(
          System.Logger.Level.WARNING,
          "{0}: algorithm {1} from now on instead of {2}: {3}",
          label,
          second.name(),
          first.name(),
          why);
    }
  }

  /** For people, after the name of the algorithm. */
  String describe(String chosen) {
    return isTaken() ? "instead of " + first.name() + ", which gave up: " + reason : chosen;
  }
}
