package org.recurrentops.gpu;

import java.util.List;
import java.util.Optional;
import org.recurrentops.DeviceException;
import org.recurrentops.MathMode;
import org.recurrentops.MergeMode;
import org.recurrentops.RnnSpec;
import org.recurrentops.spi.PlanRequest;

/**
 * Which loops share a cooperative launch of {@code persistent}, each with as many work-groups: both
 * directions of a layer, or some layers of a stack as a wavefront, in which a layer takes a step
 * when the one before it has. What the one before gives to a step its blocks multiply themselves
 * then, so that they have W beside R on the chip. For those who ask for it with {@link #PROPERTY}.
 * The blocks find what others give in their mailboxes, those of their own loop and of the one
 * before, so that loops drift apart freely; each has the division of a loop alone on its part of
 * the device, see {@link StripGrid} and {@link TensorGrid}, with fewer weights in registers.
 *
 * @param layers of a launch
 * @param directions of a launch, of one layer
 * @param limits the device's, with as many compute units as one of the loops has
 * @param cluster work-groups of a cluster that has a layer, see {@link ClusterRoles}; 0 for none
 * @param why there are not more loops in a launch; empty where there is nothing to say
 */
record Roles(int layers, int directions, DeviceLimits limits, int cluster, String why) {
  /**
   * {@code together}; {@code turns}: both directions with the same division and kernels, but one
   * launch after the other; or {@code apart}, the default: a loop alone, see {@link StripGrid}.
   */
  static final String PROPERTY = "recurrentops.gpu.roles";

  /** Numbers of a role in memory, see persistent_roles.h. */
  static final int WORDS = 64;

  /** More numbers of a table, which begins at a multiple of 16 bytes. */
  private static final int ALIGNMENT = 4;

  /** A launch for each loop, and nothing to say about it. */
  static final Roles APART = apart("");

  /** A launch for each loop. */
  static Roles apart(String why) {
    return new Roles(1, 1, null, 0, why);
  }

  /**
   * As many loops as fit.
   *
   * @param residency counts the work-groups that live at once; null for all that there is room for
   */
  static Roles of(PlanRequest request, DeviceLimits device, Residency residency) {
    Optional<String> refusal = refusal(request);
    if (refusal.isPresent()) {
      return apart(refusal.get());
    }
    int directions = request.spec().direction().count();
    String missing = "";
    int most = directions > 1 ? 1 : request.spec().layers();
    for (int layers = most; layers * directions > 1; layers--) {
      int loops = layers * directions;
      try {
        DeviceLimits all = residency == null ? device : residency.limits(request, loops);
        Optional<String> refused = fit(request, all, loops);
        if (refused.isEmpty()) {
          return of(directions, all, loops, missing.isEmpty() ? noWave(request.spec()) : missing);
        }
        missing = missing.isEmpty() ? refused.get() : missing;
      } catch (DeviceException e) {
        if (e.sticky()) {
          throw e;
        }
        return apart("work-groups could not be counted: " + e.getMessage());
      }
    }
    return apart(missing);
  }

  /** Why layers of both directions are no wavefront; empty where there is nothing to say. */
  static String noWave(RnnSpec spec) {
    return spec.direction().count() > 1 && spec.layers() > 1
        ? "one layer after the other, since the reverse direction of a layer begins with the last"
            + " step of the one below"
        : "";
  }

  private static Roles of(int directions, DeviceLimits all, int loops, String why) {
    DeviceLimits own = all.withComputeUnits(Math.max(1, all.computeUnits() / loops));
    return new Roles(loops / directions, directions, own, 0, why);
  }

  /** Why all loops of a request have launches of their own, whatever fits, or empty. */
  private static Optional<String> refusal(PlanRequest request) {
    String asked = asked();
    RnnSpec spec = request.spec();
    boolean alone = spec.layers() * spec.direction().count() == 1;
    if (alone || !Tuning.names(request, Algorithm.PERSISTENT)) {
      return Optional.of("");
    }
    if (asked.equals("apart")) {
      return Optional.of("");
    }
    if (spec.direction().count() > 1) {
      boolean again = request.options().recompute() > 0 && spec.merge() == MergeMode.MULTIPLY;
      return again
          ? Optional.of(
              "the gradient of a product of directions reads all steps of the other one, which are"
                  + " computed again one direction after the other")
          : Optional.empty();
    }
    return stackRefusal(request);
  }

  /** Why layers of one direction are no wavefront, whatever fits, or empty. */
  static Optional<String> stackRefusal(PlanRequest request) {
    RnnSpec spec = request.spec();
    if (spec.dropout() > 0 && request.options().isTraining()) {
      return Optional.of("there is dropout between the layers");
    }
    return spec.skipsInput(1)
        ? Optional.of("layers add their input without weights")
        : Optional.empty();
  }

  private static Optional<String> fit(PlanRequest request, DeviceLimits all, int loops) {
    int directions = request.spec().direction().count();
    String where =
        (directions > 1 ? directions + " directions" : loops + " layers")
            + " of H="
            + request.spec().hiddenSize()
            + " on "
            + all.computeUnits()
            + " multiprocessors ";
    if (all.computeUnits() < loops) {
      return Optional.of(where + "are more than these");
    }
    return grids(request, all, loops).stream()
        .filter(grid -> !grid.fits(all))
        .findFirst()
        .map(grid -> where + missing(grid, all));
  }

  private static String missing(PersistentGrid grid, DeviceLimits all) {
    return grid.bytes() > all.localMemoryBytes()
        ? "need "
            + grid.bytes()
            + " bytes of shared memory each, there are "
            + all.localMemoryBytes()
            + ", and such loops read no weights from memory"
        : "have " + grid.tooManyUnits(all).orElse("what fits") + "; fewer loops have fewer";
  }

  /** The whole grids of the longest calls of a plan, if so many loops share a launch. */
  static List<PersistentGrid> grids(PlanRequest request, DeviceLimits all, int loops) {
    RnnSpec spec = request.spec();
    int batch = request.options().maxBatch();
    Roles roles = of(spec.direction().count(), all, loops, "");
    MathMode mode = request.options().mathMode();
    PersistentGrid forward = roles.forward(spec, mode, batch, loops);
    return request.options().isTraining()
        ? List.of(forward, roles.backward(spec, mode, batch, loops))
        : List.of(forward);
  }

  /** Whether layers share a launch. */
  boolean isStack() {
    return layers > 1;
  }

  /** Whether any loops do. */
  boolean isShared() {
    return layers * directions > 1;
  }

  /** Whether directions have the division of a shared launch, but launches of their own. */
  boolean inTurns() {
    return !isStack() && asked().equals("turns");
  }

  /** What {@link #PROPERTY} says. */
  static String asked() {
    return Setting.of(PROPERTY, "apart", "together", "turns");
  }

  /** Elements of the table of a launch. */
  int tableWords() {
    return isShared() ? layers * directions * WORDS + ALIGNMENT : 0;
  }

  /**
   * Gates of a row of a loop's mailbox: of h, or of the gate gradients, with one more where the
   * layer below needs others than the state.
   */
  int rowGates(RnnSpec spec, boolean forward) {
    boolean both = isStack() && CellProgram.of(spec).separateRecurrent();
    return forward ? 1 : spec.cell().gates() + (both ? 1 : 0);
  }

  /** The grid of so many loops, forward. */
  PersistentGrid forward(RnnSpec spec, MathMode mode, int batch, int loops) {
    return grid(spec, mode, batch, true).times(loops);
  }

  /** The part of a loop in that of a pass. */
  PersistentGrid grid(RnnSpec spec, MathMode mode, int batch, boolean forward) {
    return mode == MathMode.FP32
        ? StripGrid.role(spec, limits, batch, forward, isStack())
        : TensorGrid.role(spec, mode, limits, batch, forward, isStack());
  }

  /** The grid of so many loops in reverse time. */
  PersistentGrid backward(RnnSpec spec, MathMode mode, int batch, int loops) {
    return grid(spec, mode, batch, false).times(loops);
  }

  /** Why there are not more loops in a launch, behind which ones there are. */
  String reason() {
    return why.isEmpty() ? "" : " (" + why + ")";
  }

  /** For people: which launches there are. */
  String describe() {
    String reason = reason();
    if (isStack()) {
      return "one cooperative launch for "
          + layers
          + " layers, a wavefront of T + "
          + (layers - 1)
          + " steps"
          + reason;
    }
    return isShared()
        ? "one cooperative launch per layer "
            + (inTurns() ? "and direction in turns" : "for both directions")
            + reason
        : "one cooperative launch per direction" + reason;
  }
}
