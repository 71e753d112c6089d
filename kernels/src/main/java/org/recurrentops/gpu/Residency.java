package org.recurrentops.gpu;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.recurrentops.DType;
import org.recurrentops.DeviceException;
import org.recurrentops.spi.DeviceBuffer;
import org.recurrentops.spi.PlanRequest;

/**
 * How many work-groups of a grid whose work-groups wait for each other live at once: counted on the
 * device, by a launch with the same threads and shared memory, and remembered for these. Registers
 * play no part: a multiprocessor has 255 for every thread of a work-group.
 */
final class Residency {
  /** How long a work-group waits for the others, in nanoseconds. */
  static final long LIMIT_NANOS = 50_000_000;

  private final Device device;
  private final Map<Kind, Integer> counted = new HashMap<>();
  private final Map<Integer, Optional<String>> clusters = new HashMap<>();

  /** What a work-group takes, and how many make a cluster. */
  private record Kind(int threads, int bytes, int cluster) {}

  Residency(Device device) {
    this.device = device;
  }

  /**
   * The device's limits with as many compute units as hold the work-groups of a plan's grids at
   * once.
   *
   * @return limits in which the plan's grids are resident, or in which one does not fit
   */
  DeviceLimits limits(PlanRequest request) {
    return limits(1, limits -> PersistentGrid.all(request, limits), 1);
  }

  /** The same for so many loops in one grid. */
  DeviceLimits limits(PlanRequest request, int loops) {
    return limits(1, limits -> Roles.grids(request, limits, loops), loops);
  }

  /** The same for so many layers in clusters of a size, see {@link ClusterRoles}. */
  DeviceLimits inClusters(PlanRequest request, int layers, int size) {
    return limits(
        size,
        limits -> ClusterRoles.grids(request, limits, layers, size),
        Math.multiplyExact(layers, size));
  }

  /**
   * The same for the grids of a plan in clusters of a size, see {@link Persistent2dGrid}. A die may
   * have multiprocessors that belong to no whole cluster.
   */
  DeviceLimits clustered(PlanRequest request, int size) {
    int most = device.clusters().orElseThrow().size();
    return limits(size, limits -> Persistent2dGrid.all(request, limits, size, most), size);
  }

  /** Fewer compute units than the least if no more are there. */
  private DeviceLimits limits(
      int cluster, Function<DeviceLimits, List<PersistentGrid>> all, int least) {
    DeviceLimits limits = device.limits();
    while (limits.computeUnits() >= least) {
      List<PersistentGrid> grids = all.apply(limits);
      if (!grids.stream().allMatch(grid -> grid.fits(device.limits()))) {
        return limits;
      }
      int resident = grids.stream().mapToInt(g -> count(g, cluster)).min().orElseThrow();
      int blocks = grids.stream().mapToInt(PersistentGrid::blocks).max().orElseThrow();
      if (resident >= blocks) {
        return limits;
      }
      limits = limits.withComputeUnits(resident);
    }
    return limits;
  }

  private synchronized int count(PersistentGrid grid, int cluster) {
    Kind kind = new Kind(grid.threads(), Math.toIntExact(grid.bytes()), cluster);
    return counted.computeIfAbsent(kind, this::count);
  }

  /** As many whole clusters as the driver launches; it may know that some do not fit. */
  private int count(Kind kind) {
    for (int most = device.limits().computeUnits() / kind.cluster(); ; most--) {
      try {
        return count(kind, most * kind.cluster());
      } catch (DeviceException e) {
        if (e.sticky() || kind.cluster() == 1 || most == 1) {
          throw e;
        }
      }
    }
  }

  /**
   * Why work-groups that have all threads and all local memory do not run in clusters of a size, or
   * empty. One cluster is launched, once.
   */
  synchronized Optional<String> clusterRefusal(int size) {
    return clusters.computeIfAbsent(size, this::tryCluster);
  }

  private Optional<String> tryCluster(int size) {
    DeviceLimits limits = device.limits();
    DeviceQueue queue = device.newQueue();
    DeviceBuffer words = device.allocate(DType.I32, 2);
    LaunchArguments arguments = device.prepare(ClusterKernels.WIDTH);
    try {
      int[] found = {size, 0};
      device.upload(queue, words, 0, new int[] {0, 0}, 0, 2);
      arguments.set("words", words, 0).cluster(size);
      arguments.local(Math.toIntExact(limits.localMemoryBytes()));
      arguments.launch(queue, size, 1, limits.maxGroupSize());
      device.download(queue, words, 0, found, 0, 2);
      return found[0] == size
          ? Optional.empty()
          : Optional.of("the driver ran " + found[0] + " together");
    } catch (DeviceException e) {
      if (e.sticky()) {
        throw e;
      }
      return Optional.of(e.getMessage());
    } finally {
      arguments.close();
      words.free();
      queue.close();
    }
  }

  /** So many work-groups are launched; the first to leave writes how many came. */
  private int count(Kind kind, int most) {
    DeviceQueue queue = device.newQueue();
    DeviceBuffer words = device.allocate(DType.I32, 2);
    LaunchArguments arguments =
        device.prepare(kind.cluster() == 1 ? PersistentKernels.RESIDENT : ClusterKernels.RESIDENT);
    try {
      if (kind.cluster() > 1) {
        arguments.cluster(kind.cluster());
      }
      device.upload(queue, words, 0, new int[] {0, most}, 0, 2);
      arguments.set("words", words, 0).set("limit", LIMIT_NANOS).local(kind.bytes());
      arguments.launchTogether(queue, most, kind.threads());
      int[] found = {0, most};
      device.download(queue, words, 0, found, 0, 2);
      return Math.max(1, found[1]);
    } finally {
      arguments.close();
      words.free();
      queue.close();
    }
  }
}
