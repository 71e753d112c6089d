package org.recurrentops.gpu;

import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.recurrentops.spi.PlanRequest;

/**
 * How many work-groups make a cluster of {@code one-cluster}: the fewest that hold the layer, so
 * that as many clusters as can be share the rows of a batch, unless {@link #PROPERTY} or a decision
 * handed back names another number; {@code auto} takes none that is not proved. More than every
 * device has may be refused by the driver, which is tried once.
 *
 * @param size work-groups
 * @param why these
 * @param refusal why no size does; empty if this one does
 */
record ClusterSize(int size, String why, String refusal) {
  /** Names the number of work-groups of plans made afterwards; {@code auto} for the fewest. */
  static final String PROPERTY = "recurrentops.gpu.cluster";

  /** Those that loops can be run in. */
  static final List<Integer> ALL = List.of(1, 2, 4, 8, 16);

  private static final String AUTO = "auto";

  /** A size that somebody wants, and who. */
  private record Wanted(int size, String by) {}

  /**
   * That of a plan on a device whose driver knows clusters.
   *
   * @param name of the algorithm
   * @param residency asks the driver for clusters of a size
   * @param forms which forms may be taken where the request does not name the algorithm
   */
  static ClusterSize of(
      String name,
      PlanRequest request,
      Device device,
      Residency residency,
      Predicate<String> forms) {
    Optional<Wanted> wanted = wanted(request);
    List<Integer> sizes = left(request);
    if (!Tuning.names(request, name)) {
      sizes = sizes.stream().filter(size -> forms.test(Algorithm.form(name, size))).toList();
      if (sizes.isEmpty()) {
        return new ClusterSize(0, "", "no size of clusters that may be taken is proved");
      }
      int size = sizes.get(0);
      wanted = wanted.or(() -> Optional.of(new Wanted(size, "proved, and what auto tries")));
    }
    return firstOf(sizes, wanted, request, device, residency);
  }

  /**
   * The first that holds the layer and that the driver runs.
   *
   * @param wanted the only one, if not the fewest
   */
  private static ClusterSize firstOf(
      List<Integer> sizes,
      Optional<Wanted> wanted,
      PlanRequest request,
      Device device,
      Residency residency) {
    String fewer = "";
    String lacking = "";
    int largest = sizes.get(0);
    for (int size : sizes) {
      Optional<String> tooSmall = tooSmall(request, device.limits(), size);
      Optional<String> refused =
          tooSmall.isPresent() || size == 1 ? Optional.empty() : residency.clusterRefusal(size);
      if (tooSmall.isEmpty() && refused.isEmpty()) {
        String fewest = "the fewest that hold the layer" + fewer;
        return new ClusterSize(size, wanted.map(Wanted::by).orElse(fewest) + lacking, "");
      }
      largest = refused.isPresent() ? largest : size;
      lacking += refused.map(why -> ", clusters of " + size + ": " + why).orElse("");
      fewer = tooSmall.map(need -> ", " + size + " would " + need).orElse(fewer);
    }
    String by = wanted.map(w -> ", " + w.by()).orElse("");
    String would = by.isEmpty() ? " would " : ", would ";
    String need = tooSmall(request, device.limits(), largest).map(n -> would + n).orElse("");
    int hidden = request.spec().hiddenSize();
    String where = "H=" + hidden + " in a cluster of " + largest + " work-groups";
    return new ClusterSize(largest, "", where + by + need + lacking);
  }

  /** Why a layer is more than a cluster holds, or empty. */
  private static Optional<String> tooSmall(PlanRequest request, DeviceLimits limits, int size) {
    return ClusterGrid.all(request, limits, size).stream()
        .filter(grid -> !grid.fits(limits))
        .findFirst()
        .map(
            grid ->
                "be "
                    + grid.share()
                    + " units each, which "
                    + (grid.share() > grid.mostUnits()
                        ? "are more than the " + grid.mostUnits() + " work-items of a group"
                        : "need "
                            + grid.bytes()
                            + " bytes of shared memory with "
                            + grid.rows()
                            + " rows; the device has "
                            + limits.localMemoryBytes()));
  }

  /** Those that a request leaves, the smallest first. */
  static List<Integer> left(PlanRequest request) {
    return wanted(request).map(w -> List.of(w.size())).orElse(ALL);
  }

  private static Optional<Wanted> wanted(PlanRequest request) {
    String named = Setting.of(PROPERTY, AUTO, "1", "2", "4", "8", "16");
    if (!named.equals(AUTO)) {
      return Optional.of(new Wanted(Integer.parseInt(named), "named by -D" + PROPERTY));
    }
    return Tuning.clusterSize(request)
        .map(size -> new Wanted(size, "given by the caller's tuning"));
  }
}
