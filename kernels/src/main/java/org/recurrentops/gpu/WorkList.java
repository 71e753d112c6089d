package org.recurrentops.gpu;

import java.util.ArrayList;
import java.util.List;
import org.recurrentops.spi.RunState;

/**
 * Collects the work of a bound call in order. Closes what it has collected if building fails
 * half-way.
 */
final class WorkList implements Work {
  /** A list on another lane, until it is joined. */
  record Branch(WorkList list, Fork fork) {}

  private final Lanes lanes;
  private final int lane;
  private final Device device;
  private final Products products;
  private final List<Work> list = new ArrayList<>();
  private Work[] works = new Work[0];
  private final List<RunInput> inputs = new ArrayList<>();

  /** A list that never forks. */
  WorkList(Device device, Products products) {
    this(Lanes.one(device, products), 0);
  }

  /** A list on one of a call's lanes. */
  WorkList(Lanes lanes, int lane) {
    this.lanes = lanes;
    this.lane = lane;
    this.device = lanes.device();
    this.products = lanes.products(lane);
  }

  Device device() {
    return device;
  }

  /** An empty list of the same device and arithmetic. */
  WorkList another() {
    return new WorkList(lanes, lane);
  }

  /**
   * Starts a list on a lane, after what has been added so far and beside what is added before it is
   * joined. Every fork is joined.
   */
  Branch fork(int onLane) {
    WorkList side = new WorkList(lanes, onLane);
    Fork fork = new Fork(device, side, lanes.queue(onLane));
    add(fork);
    return new Branch(side, fork);
  }

  /** Adds layers that run beside each other; their lists are filled before this one is run. */
  Wave wave(int layers, int chunks) {
    Wave wave = new Wave(lanes, layers, chunks);
    add(wave);
    return wave;
  }

  /** Makes what follows wait for a branch. */
  void join(Branch branch) {
    add(branch.fork().join());
  }

  void add(Work work) {
    list.add(work);
    works = list.toArray(works);
  }

  /** Adds what each run brings anew, before all work. */
  void bring(RunInput input) {
    inputs.add(input);
  }

  /** An elementwise kernel over a number of items. */
  void elementwise(KernelId kernel, Bindings bindings, long items) {
    if (items > 0) {
      add(launch(bindings.arguments(device, kernel), groups(items), 1, groupSize()));
    }
  }

  /** A kernel of one work-group per row, with a local float per work-item. */
  void groupPerRow(KernelId kernel, Bindings bindings, long rows, int width) {
    grouped(kernel, bindings, Math.toIntExact(rows), rowGroupSize(width));
  }

  /** A work-group for one row: a power of 2, not more than needed. */
  int rowGroupSize(int width) {
    int size = 1;
    while (size < width && size * 2 <= Math.min(256, device.limits().maxGroupSize())) {
      size *= 2;
    }
    return size;
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
      public void enqueue(DeviceQueue queue, boolean ragged) {
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
          public void enqueue(DeviceQueue queue, boolean ragged) {
            gemm.run(queue);
          }

          @Override
          public void close() {
            gemm.close();
          }
        });
  }

  /** One of two lists, by whether a run may have padding. */
  void choose(boolean mayPad, WorkList ragged, WorkList full) {
    add(
        new Work() {
          @Override
          public void enqueue(DeviceQueue queue, boolean rowsEnd) {
            (mayPad || rowsEnd ? ragged : full).enqueue(queue, rowsEnd);
          }

          @Override
          public void close() {
            ragged.close();
            full.close();
          }
        });
  }

  /** Brings what a run brings, then does the work. */
  void enqueue(DeviceQueue queue, RunState state) {
    bring(queue, state);
    enqueue(queue, state.mayPad());
  }

  /** Brings what a run brings. */
  void bring(DeviceQueue queue, RunState state) {
    for (int i = 0; i < inputs.size(); i++) {
      inputs.get(i).enqueue(queue, state);
    }
  }

  @Override
  public void enqueue(DeviceQueue queue, boolean ragged) {
    for (Work w : works) {
      w.enqueue(queue, ragged);
    }
  }

  @Override
  public void close() {
    inputs.forEach(RunInput::close);
    for (Work w : works) {
      w.close();
    }
  }
}
