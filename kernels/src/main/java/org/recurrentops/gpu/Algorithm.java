package org.recurrentops.gpu;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.recurrentops.DType;
import org.recurrentops.MathMode;
import org.recurrentops.RnnSpec;
import org.recurrentops.spi.BackendDevice;
import org.recurrentops.spi.PlanRequest;

/**
 * A named way to run a plan: a strategy for the time loop and a form of the matrix product.
 *
 * @param name what {@link org.recurrentops.PlanOptions#algorithm(String)} takes
 * @param gemmForm one of {@link Device#gemmForms()}
 * @param recurrence the time loop
 */
record Algorithm(String name, String gemmForm, Recurrence recurrence) {
  private static final String STEPPED = "stepped/";

  /** The stepped loop, with all that surrounds it, recorded once and replayed. */
  private static final String GRAPH = "graph/";

  /** The whole sequence in one launch. */
  static final String FUSED = "fused";

  /**
   * The whole sequence in one cooperative launch with R on the chip; by name only, see {@link
   * ProvedAlgorithms}.
   */
  static final String PERSISTENT = "persistent";

  /** The same in clusters whose work-groups divide the depth of the product. */
  static final String PERSISTENT_2D = PERSISTENT + "/2d";

  /** Those whose work-groups all live at once and wait for each other. */
  static final List<String> MEETING = List.of(PERSISTENT, PERSISTENT_2D);

  /** A layer inside one cluster of work-groups, R on the chip; by name only, too. */
  static final String ONE_CLUSTER = "one-cluster";

  /** The same without a barrier: a work-group goes on when the bytes of all have come. */
  static final String ONE_CLUSTER_PUSH = ONE_CLUSTER + "/push";

  /** All that a result file may prove, see {@link #form}, each in every {@link #inMode}. */
  static final List<String> FORMS =
      Stream.concat(
              MEETING.stream(),
              Stream.of(ONE_CLUSTER, ONE_CLUSTER_PUSH)
                  .flatMap(name -> ClusterSize.ALL.stream().map(size -> form(name, size))))
          .toList();

  /** All names that a device can run in some plan. */
  static List<String> names(Device device) {
    List<String> names = new ArrayList<>();
    for (String form : device.gemmForms()) {
      names.add(STEPPED + form);
    }
    if (device.recording() != Recording.NEVER) {
      device.gemmForms().forEach(form -> names.add(GRAPH + form));
    }
    names.add(FUSED);
    if (device.launchesTogether()) {
      names.add(PERSISTENT);
    }
    if (device.launchesTogether() && device.clusters().isPresent()) {
      names.add(PERSISTENT_2D);
    }
    if (device.clusters().isPresent()) {
      names.add(ONE_CLUSTER);
      names.add(ONE_CLUSTER_PUSH);
    }
    return List.copyOf(names);
  }

  /**
   * Why an algorithm of {@link #names} but of {@link #MEETING} cannot run a spec, or empty.
   *
   * @param residency asks the driver for clusters
   * @param proved whether a result file proves a form
   */
  static Optional<String> refusal(
      String name,
      PlanRequest request,
      Device device,
      Residency residency,
      Predicate<String> proved) {
    RnnSpec spec = request.spec();
    MathMode mode = request.options().mathMode();
    if (name.equals(FUSED) && request.options().parameterType() == DType.F64) {
      return Optional.of(
          "algorithm fused: whole-sequence kernels compute in F32 only; use stepped for F64");
    }
    if (name.equals(FUSED) && mode != MathMode.FP32) {
      return Optional.of(
          "algorithm fused: whole-sequence kernels multiply in FP32 only; use stepped for " + mode);
    }
    if (name.startsWith(ONE_CLUSTER)) {
      return OneClusterRecurrence.refusal(name, request, device, residency, proved);
    }
    if (name.equals(FUSED)) {
      return FusedRecurrence.refusal(spec, device.limits()).map(r -> "algorithm fused: " + r);
    }
    return Optional.empty();
  }

  /**
   * One of {@link #names} that is not refused.
   *
   * @param grids for loops whose work-groups wait for each other
   */
  static Algorithm of(String name, Device device, Grids grids) {
    if (name.equals(PERSISTENT)) {
      Recurrence recurrence = new PersistentRecurrence(grids);
      return new Algorithm(name, device.gemmForms().get(0), recurrence);
    }
    if (name.equals(PERSISTENT_2D)) {
      Recurrence recurrence = new Persistent2dRecurrence(device, grids);
      return new Algorithm(name, device.gemmForms().get(0), recurrence);
    }
    if (name.startsWith(ONE_CLUSTER)) {
      Recurrence recurrence = new OneClusterRecurrence(device, name, grids);
      return new Algorithm(name, device.gemmForms().get(0), recurrence);
    }
    if (name.equals(FUSED)) {
      return new Algorithm(name, device.gemmForms().get(0), new FusedRecurrence());
    }
    String form = name.substring(name.indexOf('/') + 1);
    return new Algorithm(name, form, new SteppedRecurrence());
  }

  /** Scratch of the products of a plan, on each of its lanes; known before auto has chosen. */
  static long productScratchBytes(PlanRequest request, Device device) {
    String name = request.options().algorithm();
    String form = name.substring(name.indexOf('/') + 1);
    boolean named = name.startsWith(STEPPED) || name.startsWith(GRAPH);
    return (named ? List.of(form) : device.gemmForms())
        .stream().mapToLong(device::productScratchBytes).max().orElse(0);
  }

  /** The products of its plans. */
  Products products(Device device, MathMode mode) {
    return name.equals(BackendDevice.WITHOUT_PRODUCTS)
        ? NoGemm.products(device)
        : device.products(gemmForm, mode);
  }

  /**
   * Whether it is for those who ask for it: no card has shown it right and faster yet, but those
   * that {@link ProvedAlgorithms} lists.
   */
  static boolean isByNameOnly(String name) {
    return meets(name) || name.startsWith(ONE_CLUSTER);
  }

  /**
   * What one size of clusters makes of an algorithm that has a layer in one.
   *
   * @param cluster work-groups of a cluster; 0 for other algorithms, which have one form
   */
  static String form(String name, int cluster) {
    return cluster > 0 ? name + ":" + cluster : name;
  }

  /** What proves a form in a math mode: one mode shows nothing of another. */
  static String inMode(String form, MathMode mode) {
    return mode == MathMode.FP32 ? form : form + '@' + mode;
  }

  /** The algorithm of a form. */
  static String ofForm(String form) {
    return form.replaceFirst(":.*", "");
  }

  /** Forms of an algorithm that {@link #isByNameOnly}, see {@link #FORMS}; of others the name. */
  static List<String> forms(String name) {
    return isByNameOnly(name)
        ? FORMS.stream().filter(form -> ofForm(form).equals(name)).toList()
        : List.of(name);
  }

  /** Whether its loops are grids whose work-groups all live at once and wait for each other. */
  static boolean meets(String name) {
    return MEETING.contains(name);
  }

  /** Whether a request names one of {@link #MEETING}, or hands back a decision for it. */
  static boolean namesMeeting(PlanRequest request) {
    return MEETING.stream().anyMatch(name -> Tuning.names(request, name));
  }

  /**
   * Why one of {@link #MEETING} cannot run a request, or empty.
   *
   * @param residency counted only where nothing else refuses
   */
  static Optional<String> meetingRefusal(
      String name, PlanRequest request, Device device, Residency residency) {
    if (request.options().parameterType() == DType.F64) {
      return Optional.of("algorithm " + name + ": its kernels compute in F32 only; use stepped");
    }
    if (name.equals(PERSISTENT_2D)) {
      return Persistent2dRecurrence.refusal(request, device, residency);
    }
    return TensorGrid.refusal(request, device)
        .or(() -> PersistentRecurrence.refusal(request, device.limits(), residency));
  }

  /** Whether kernels of its time loop may report. */
  boolean reports() {
    return isByNameOnly(name);
  }

  /** The stepped algorithm with the same products. */
  String steppedInstead() {
    return STEPPED + gemmForm;
  }

  /** Whether an algorithm's loops can leave out rows that have ended, see {@link Compaction}. */
  static boolean compacts(String name) {
    return name.startsWith(STEPPED) || name.equals(FUSED);
  }

  /** Whether its calls are recorded. */
  boolean isGraph() {
    return name.startsWith(GRAPH);
  }
}
