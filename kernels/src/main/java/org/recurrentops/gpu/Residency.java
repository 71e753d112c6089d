package org.recurrentops.gpu;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.recurrentops.DType;
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

  /** What a work-group takes. */
  private record Kind(int threads, int bytes) {}

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
    DeviceLimits limits = device.limits();
    while (true) {
      List<PersistentGrid> grids = PersistentGrid.all(request, limits);
      if (!grids.stream().allMatch(grid -> grid.fits(device.limits()))) {
        return limits;
      }
      int resident = grids.stream().mapToInt(this::count).min().orElseThrow();
      int blocks = grids.stream().mapToInt(PersistentGrid::blocks).max().orElseThrow();
      if (resident >= blocks) {
        return limits;
      }
      limits = limits.withComputeUnits(resident);
    }
  }

  private synchronized int count(PersistentGrid grid) {
    Kind kind = new Kind(grid.threads(), Math.toIntExact(grid.bytes()));
    return counted.computeIfAbsent(kind, this::count);
  }

  /** As many work-groups as there are multiprocessors; the first to leave writes how many came. */
  private int count(Kind kind) {
    int most = device.limits().computeUnits();
    DeviceQueue queue = device.newQueue();
    DeviceBuffer words = device.allocate(DType.I32, 2);
    LaunchArguments arguments = device.prepare(PersistentKernels.RESIDENT);
    try {
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
