package org.recurrentops.gpu;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.recurrentops.DeviceException;
import org.recurrentops.RnnSpec;
import org.recurrentops.SpecOption;
import org.recurrentops.spi.PlanRequest;

/**
 * Which layers of {@code one-cluster} share a launch, as {@link Roles} of {@code persistent} do:
 * each has clusters of its own, one per shard of rows, and takes a step when the layer before it
 * has, whose mailbox the same rows of it read. So a layer's clusters have W beside R on the chip,
 * and those of all layers live at once. For those who ask for it with {@link Roles#PROPERTY}.
 *
 * <p>Directions of a layer need none of that: their clusters know nothing of each other, and their
 * launches run side by side.
 */
final class ClusterRoles {
  private ClusterRoles() {}

  /**
   * As many layers as fit, in the smallest clusters that hold one.
   *
   * @param residency counts the work-groups that live at once; null for all that there is room for
   */
  static Roles of(PlanRequest request, Device device, Residency residency) {
    Optional<String> refusal = refusal(request, device);
    if (refusal.isPresent()) {
      return Roles.apart(refusal.get());
    }
    String missing = "";
    for (int layers = request.spec().layers(); layers > 1; layers--) {
      String largest = "";
      for (int size : ClusterSize.left(request)) {
        try {
          DeviceLimits all = limits(request, device, residency, layers, size);
          Optional<String> refused = fit(request, all, layers, size);
          if (refused.isEmpty()) {
            return new Roles(layers, 1, own(all, layers), size, missing);
          }
          largest = refused.get();
        } catch (DeviceException e) {
          if (e.sticky()) {
            throw e;
          }
          largest = "clusters of " + size + " could not be counted: " + e.getMessage();
        }
      }
      missing = missing.isEmpty() ? largest : missing;
    }
    return Roles.apart(missing);
  }

  /** Why all layers of a request have launches of their own, whatever fits, or empty. */
  private static Optional<String> refusal(PlanRequest request, Device device) {
    String asked = Roles.asked();
    RnnSpec spec = request.spec();
    boolean named =
        Stream.of(Algorithm.ONE_CLUSTER, Algorithm.ONE_CLUSTER_PUSH)
            .anyMatch(name -> Tuning.names(request, name));
    boolean runs = device.clusters().filter(c -> c.lacking().isEmpty()).isPresent();
    if (!named || !runs || spec.layers() == 1 || !asked.equals("together")) {
      return Optional.of("");
    }
    if (ClusterKernels.of(spec, request.options().mathMode()).isEmpty()) {
      return Optional.of("");
    }
    if (spec.direction().count() > 1) {
      return Optional.of(Roles.noWave(spec));
    }
    if (!device.launchesTogether()) {
      return Optional.of("the device launches no work-groups together");
    }
    if (!Mailbox.isWrittenOnce()) {
      return Optional.of("clusters of other layers poll, with -D" + Mailbox.PROPERTY + "=mailbox");
    }
    return spec.options().contains(SpecOption.DROP_CONNECT)
        ? Optional.of("weights that are masked have one place for all layers")
        : Roles.stackRefusal(request);
  }

  private static DeviceLimits limits(
      PlanRequest request, Device device, Residency residency, int layers, int size) {
    DeviceLimits limits = device.limits();
    if (residency == null || fit(request, limits, layers, size).isPresent()) {
      return limits;
    }
    Optional<String> refused = size == 1 ? Optional.empty() : residency.clusterRefusal(size);
    if (refused.isPresent()) {
      throw new DeviceException(refused.get());
    }
    return residency.inClusters(request, layers, size);
  }

  /** What one of so many layers has of a device. */
  private static DeviceLimits own(DeviceLimits all, int layers) {
    return all.withComputeUnits(Math.max(1, all.computeUnits() / layers));
  }

  private static Optional<String> fit(PlanRequest request, DeviceLimits all, int layers, int size) {
    int units = all.computeUnits();
    String where =
        layers + " layers of H=" + request.spec().hiddenSize() + " in clusters of " + size;
    for (PersistentGrid grid : grids(request, all, layers, size)) {
      if (grid.bytes() + ClusterGrid.WORDS > all.localMemoryBytes()) {
        return Optional.of(
            where
                + " need "
                + grid.bytes()
                + " bytes of shared memory for each work-group, there are "
                + all.localMemoryBytes());
      }
      Optional<String> many = grid.tooManyUnits(all);
      if (many.isPresent()) {
        String larger = "; larger clusters have fewer (-D" + ClusterSize.PROPERTY + ")";
        return Optional.of(where + " have " + many.get() + larger);
      }
      if (grid.blocks() > units) {
        return Optional.of(
            where + " are " + grid.blocks() + " work-groups on " + units + " multiprocessors");
      }
    }
    return Optional.empty();
  }

  /** The whole grids of the longest calls of a plan. */
  static List<PersistentGrid> grids(PlanRequest request, DeviceLimits all, int layers, int size) {
    DeviceLimits own = own(all, layers);
    int batch = request.options().maxBatch();
    return (request.options().isTraining() ? Stream.of(true, false) : Stream.of(true))
        .map(
            forward ->
                ClusterGrid.role(
                    request.spec(), request.options().mathMode(), own, size, batch, forward))
        .map(grid -> grid.times(layers, size))
        .toList();
  }

  /** For people: which launches there are. */
  static String describe(Roles roles) {
    return roles.isStack()
        ? roles.describe() + ", a cluster of " + roles.cluster() + " work-groups"
        : "one launch per direction" + roles.reason();
  }
}
