package org.recurrentops.gpu;

import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.recurrentops.MathMode;
import org.recurrentops.RnnSpec;
import org.recurrentops.SpecOption;

/** What strategies that keep R on the chip for the whole sequence have in common. */
final class OnChip {
  /** How long a work-group waits for another, in nanoseconds. */
  static final long LIMIT_NANOS = 500_000_000;

  /**
   * Multiply-adds in FP32 that a work-group may spend in one launch: under a second even at 1 % of
   * a peak.
   */
  private static final double LAUNCH_BUDGET = 1e9;

  /** The same for products that are at least eight times as fast. */
  private static final double TENSOR_BUDGET = 8e9;

  /** System property: most steps of one launch, where that is fewer than otherwise. */
  static final String LAUNCH_STEPS = "recurrentops.gpu.launch-steps";

  /** Steps of one launch, for meetings of up to 10 µs. */
  private static final int MOST_STEPS = 50_000;

  /** Options of a cell that the kernels of all of them have. */
  private static final Set<SpecOption> HAVE =
      EnumSet.of(
          SpecOption.MERGE,
          SpecOption.SKIP_INPUT,
          SpecOption.PEEPHOLES,
          SpecOption.COUPLED_INPUT_FORGET,
          SpecOption.CELL_CLIP,
          SpecOption.PRE_ACTIVATION_CLIP,
          SpecOption.ACTIVATIONS);

  private final String algorithm;
  private final Set<SpecOption> have;

  /**
   * Of an algorithm.
   *
   * @param algorithm as refusals name it
   * @param more options that it has beside those of all
   */
  OnChip(String algorithm, SpecOption... more) {
    this.algorithm = algorithm;
    have = EnumSet.copyOf(HAVE);
    have.addAll(Set.of(more));
  }

  /** Why it has no kernel for a cell with its options, or empty. */
  Optional<String> cellRefusal(RnnSpec spec) {
    if (PersistentKernels.of(spec).isEmpty()) {
      return refused(
          "has vanilla, lstm and gru (reset after) cells, got "
              + spec.cell().label()
              + ", which exchanges twice a step");
    }
    String missing =
        spec.options().stream()
            .filter(option -> !have.contains(option))
            .map(SpecOption::label)
            .collect(Collectors.joining(", "));
    return missing.isEmpty() ? Optional.empty() : refused("does not have: " + missing);
  }

  /** A refusal for a reason. */
  Optional<String> refused(String why) {
    return Optional.of("algorithm " + algorithm + ": " + why + "; use stepped");
  }

  /**
   * A refusal because a work-group needs more than there is.
   *
   * @param where the units are, for example "on 4 multiprocessors"
   * @param share units of a work-group
   * @param bytes of local memory that it needs
   * @param rows how many it has at least
   */
  Optional<String> doesNotFit(
      RnnSpec spec, String where, int share, long bytes, int rows, DeviceLimits limits) {
    return doesNotFit(spec, where, share, bytes, rows, limits, "");
  }

  /** The same with more to say. */
  Optional<String> doesNotFit(
      RnnSpec spec,
      String where,
      int share,
      long bytes,
      int rows,
      DeviceLimits limits,
      String more) {
    String units = "H=" + spec.hiddenSize() + " " + where + " is " + share + " units each, ";
    if (bytes <= limits.localMemoryBytes() && share > limits.maxGroupSize()) {
      int most = limits.maxGroupSize();
      return refused(units + "of which a work-group takes at most " + most + ", one per work-item");
    }
    return refused(
        units
            + "which need "
            + bytes
            + " bytes of shared memory for their weights and at least "
            + rows
            + " rows; the device has "
            + limits.localMemoryBytes()
            + more);
  }

  /** Multiply-adds of a work-group in one launch. */
  static double budget(MathMode mode) {
    return mode == MathMode.FP32 ? LAUNCH_BUDGET : TENSOR_BUDGET;
  }

  /**
   * Steps of one launch.
   *
   * @param budget multiply-adds of a work-group
   * @param share its units
   * @param rows its rows
   */
  static int stepsPerLaunch(double budget, RnnSpec spec, int share, int rows) {
    double depth = (double) spec.cell().gates() * spec.hiddenSize();
    int most = Setting.upTo(LAUNCH_STEPS, MOST_STEPS);
    return (int) Math.max(1, Math.min(most, budget / (depth * share * Math.max(1, rows))));
  }

  /** What a description ends with. */
  static String standing(boolean proved) {
    return proved ? "" : "; not yet proved on hardware, never chosen by auto";
  }
}
