package org.recurrentops.gpu;

import java.util.ArrayList;
import java.util.List;

/**
 * A plan's queues beside the caller's, for what does not depend on each other: lane 0 is the
 * caller's queue, lane k the loop of direction k or of a wave's layer k, the last one the weight
 * gradients.
 */
final class SideQueues {
  private final List<DeviceQueue> queues = new ArrayList<>();

  /** As many as the layout has room for, if the device runs several at the same time. */
  static SideQueues of(Device device, PlanLayout layout) {
    SideQueues sides = new SideQueues();
    try {
      int lanes = layout.overlap.queues() ? layout.lanes.length : 1;
      for (int lane = 1; lane < lanes; lane++) {
        sides.queues.add(device.newQueue());
      }
    } catch (RuntimeException e) {
      sides.close();
      throw e;
    }
    return sides;
  }

  /** Makes what products need on each of them. */
  void open(Products products) {
    queues.forEach(products::open);
  }

  /** Says where each of them has scratch for products. */
  void useScratch(Products products, CallMemory memory) {
    for (int lane = 1; lane <= queues.size(); lane++) {
      Address scratch = memory.scratch(memory.layout.lanes[lane].products());
      products.useScratch(queue(lane), scratch.buffer(), scratch.offset());
    }
  }

  /** The queue of a lane; null for the one that the call runs on. */
  DeviceQueue queue(int lane) {
    return lane == 0 || queues.isEmpty() ? null : queues.get(lane - 1);
  }

  /**
   * After a call that failed half-way: makes its queue wait for what it left on the others, so that
   * the next call finds nothing in motion.
   */
  void settle(Device device, DeviceQueue queue, RuntimeException failure) {
    for (DeviceQueue side : queues) {
      try {
        Marker marker = device.newMarker();
        marker.set(side);
        marker.await(queue);
        marker.close();
      } catch (RuntimeException e) {
        failure.addSuppressed(e);
      }
    }
  }

  int count() {
    return queues.size();
  }

  void close() {
    queues.forEach(DeviceQueue::close);
    queues.clear();
  }
}
