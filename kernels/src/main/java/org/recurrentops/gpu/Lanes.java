package org.recurrentops.gpu;

import org.recurrentops.MathMode;

/**
 * Where the lists of one bound call run: for each lane a queue, and products that convert operands
 * in memory of that lane.
 */
final class Lanes {
  private final Device device;
  private final SideQueues queues;
  private final Products[] products;

  private Lanes(Device device, SideQueues queues, Products[] products) {
    this.device = device;
    this.queues = queues;
    this.products = products;
  }

  /** One lane, for lists that never fork. */
  static Lanes one(Device device, Products products) {
    return new Lanes(device, new SideQueues(), new Products[] {products});
  }

  /** The lanes of a plan for one of its calls. */
  static Lanes of(
      Device device, SideQueues queues, Products plan, CallMemory memory, MathMode mode) {
    Products[] products = new Products[memory.layout.lanes.length];
    for (int lane = 0; lane < products.length; lane++) {
      products[lane] = ConvertingProducts.over(device, plan, memory.on(lane), mode);
    }
    return new Lanes(device, queues, products);
  }

  Device device() {
    return device;
  }

  Products products(int lane) {
    return products[lane];
  }

  /** All products, for what has to be said to each. */
  Products[] products() {
    return products;
  }

  DeviceQueue queue(int lane) {
    return queues.queue(lane);
  }
}
