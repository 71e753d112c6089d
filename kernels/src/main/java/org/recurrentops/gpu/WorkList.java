package org.recurrentops.gpu;

import java.util.ArrayList;
import java.util.List;
import org.recurrentops.spi.RunState;

/**
 * Collects the work of a bound call in order. Closes what it has collected if building fails
 * half-way.
 */
final class WorkList implements Work {
  private final Device device;
  private final Products products;
  private final List<Work> list = new ArrayList<>();
  private Work[] works = new Work[0];

  WorkList(Device device, Products products) {
    this.device = device;
    this.products = products;
  }

  Device device() {
    return device;
  }

  /** An empty list of the same device and arithmetic. */
  WorkList another() {
    return new WorkList(device, products);
  }

  void add(Work work) {
    list.add(work);
    works = list.toArray(works);
  }

  /** An elementwise kernel over a number of items. */
  void elementwise(KernelId kernel, Bindings bindings, long items) {
    if (items > 0) {
      add(launch(bindings.arguments(device, kernel), groups(items), 1, groupSize()));
    }
  }

  /** A kernel of one work-group per row, with a local float per work-item. */
  void groupPerRow(KernelId kernel, Bindings bindings, long rows, int width) {
    int size = 1;
    while (size < width && size * 2 <= Math.min(256, device.limits().maxGroupSize())) {
      size *= 2;
    }
    grouped(kernel, bindings, Math.toIntExact(rows), size);
  }

  /** A kernel of a single work-group, with a local float per work-item. */
  void oneGroup(KernelId kernel, Bindings bindings) {
    grouped(kernel, bindings, 1, Math.min(256, device.limits().maxGroupSize()));
  }

  private void grouped(KernelId kernel, Bindings bindings, int groups, int size) {
    LaunchArguments arguments = bindings.arguments(device, kernel).local(size * Float.BYTES);
    add(launch(arguments, groups, 1, size));
  }

  int groups(long items) {
    int size = device.limits().pointwiseGroupSize();
    return Math.toIntExact((items + size - 1) / size);
  }

  int groupSize() {
    return device.limits().pointwiseGroupSize();
  }

  /** A work-group for kernels whose work-items share H units: whole warps, not more than needed. */
  int sequenceGroupSize(int hidden) {
    int size = 32;
    while (size < hidden && size * 2 <= Math.min(256, device.limits().maxGroupSize())) {
      size *= 2;
    }
    return Math.min(size, device.limits().maxGroupSize());
  }

  Work launch(LaunchArguments arguments, int groupsX, int groupsY, int size) {
    return new Work() {
      @Override
      public void enqueue(DeviceQueue queue, RunState state) {
        arguments.launch(queue, groupsX, groupsY, size);
      }

      @Override
      public void close() {
        arguments.close();
      }
    };
  }

  /**
   * Says that a weight is read by products that follow, many times perhaps: converts it once where
   * products take another format.
   *
   * @param weight dense
   * @param place for the copy
   */
  void useWeight(Address weight, long elements, Address place) {
    if (products instanceof ConvertingProducts) {
      ((ConvertingProducts) products).stage().convert(this, weight, elements, place);
    }
  }

  /** A matrix product without operands. */
  Gemm prepare(GemmShape shape) {
    return products.prepare(shape);
  }

  /** A matrix product. */
  void gemm(GemmShape shape, Address a, Address b, Address c) {
    Gemm gemm = prepare(shape);
    gemm.a(a.buffer(), a.offset());
    gemm.b(b.buffer(), b.offset());
    gemm.c(c.buffer(), c.offset());
    add(
        new Work() {
          @Override
          public void enqueue(DeviceQueue queue, RunState state) {
            gemm.run(queue);
          }

          @Override
          public void close() {
            gemm.close();
          }
        });
  }

  /** One of two lists, by whether rows end before T in a run. */
  void choose(boolean deviceLengths, WorkList ragged, WorkList full) {
    add(
        new Work() {
          @Override
          public void enqueue(DeviceQueue queue, RunState state) {
            (deviceLengths || state.hasLengths() ? ragged : full).enqueue(queue, state);
          }

          @Override
          public void close() {
            ragged.close();
            full.close();
          }
        });
  }

  @Override
  public void enqueue(DeviceQueue queue, RunState state) {
    for (Work w : works) {
      w.enqueue(queue, state);
    }
  }

  @Override
  public void close() {
    for (Work w : works) {
      w.close();
    }
  }
}
