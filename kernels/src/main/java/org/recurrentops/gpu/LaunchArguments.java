package org.recurrentops.gpu;

import java.util.concurrent.atomic.AtomicLong;
import org.recurrentops.Counters;
import org.recurrentops.DType;
import org.recurrentops.spi.DeviceBuffer;

/**
 * The argument block of one kernel: set once, changed where something changes, launched many times.
 * Setters by index and launches allocate nothing. Arguments are read when a launch is enqueued, so
 * they may be changed right after it.
 */
public abstract class LaunchArguments {
  private final KernelId kernel;
  private final AtomicLong launches;
  private int unset;
  private final boolean[] set;
  private final int[] unit;

  /**
   * An empty block.
   *
   * @param kernel which kernel
   * @param counters where launches are counted under the entry's name
   */
  protected LaunchArguments(KernelId kernel, Counters counters) {
    this.kernel = kernel;
    this.launches = counters.launches(kernel.entry());
    this.set = new boolean[kernel.parameters().size()];
    this.unit = new int[set.length];
    this.unset = set.length;
  }

  /**
   * Which kernel.
   *
   * @return its id
   */
  public final KernelId kernel() {
    return kernel;
  }

  /**
   * Sets a buffer by name.
   *
   * @param name parameter
   * @param buffer memory
   * @param offset first element
   * @return this
   */
  public final LaunchArguments set(String name, DeviceBuffer buffer, long offset) {
    set(kernel.index(name), buffer, offset);
    return this;
  }

  /**
   * Sets an int by name.
   *
   * @param name parameter
   * @param value value
   * @return this
   */
  public final LaunchArguments set(String name, int value) {
    setInt(kernel.index(name), value);
    return this;
  }

  /**
   * Sets a long by name.
   *
   * @param name parameter
   * @param value value
   * @return this
   */
  public final LaunchArguments set(String name, long value) {
    setLong(kernel.index(name), value);
    return this;
  }

  /**
   * Sets a float by name.
   *
   * @param name parameter
   * @param value value
   * @return this
   */
  public final LaunchArguments set(String name, float value) {
    setFloat(kernel.index(name), value);
    return this;
  }

  /**
   * Sets a buffer.
   *
   * @param index {@link KernelId#index}
   * @param buffer memory
   * @param offset first element
   */
  public final void set(int index, DeviceBuffer buffer, long offset) {
    set(index, buffer, offset, 0);
  }

  /**
   * Sets a buffer, or ints that lie in one.
   *
   * @param index {@link KernelId#index}
   * @param buffer memory
   * @param offset first element of it
   * @param numbers of the parameter's type to skip from there
   */
  public final void set(int index, DeviceBuffer buffer, long offset, long numbers) {
    KernelId.Parameter p = parameter(index);
    if (!p.type().isBuffer()) {
      throw wrong(p, "a buffer");
    }
    bufferArgument(p.position(), buffer);
    unit[index] = p.type().isInts() && buffer.dtype() == DType.F64 ? 2 : 1;
    longArgument(p.position() + 1, offset * unit[index] + numbers);
    mark(index);
  }

  /**
   * Changes the offset of a buffer that has been set.
   *
   * @param index {@link KernelId#index}
   * @param offset first element
   */
  public final void setOffset(int index, long offset) {
    setOffset(index, offset, 0);
  }

  /**
   * Changes the offset of a buffer that has been set.
   *
   * @param index {@link KernelId#index}
   * @param offset first element of the buffer
   * @param numbers of the parameter's type to skip from there
   */
  public final void setOffset(int index, long offset, long numbers) {
    KernelId.Parameter p = parameter(index);
    if (!p.type().isBuffer()) {
      throw wrong(p, "an offset");
    }
    longArgument(p.position() + 1, offset * unit[index] + numbers);
  }

  /**
   * Sets an int.
   *
   * @param index {@link KernelId#index}
   * @param value value
   */
  public final void setInt(int index, int value) {
    KernelId.Parameter p = parameter(index);
    if (p.type() != KernelId.Type.INT) {
      throw wrong(p, "an int");
    }
    intArgument(p.position(), value);
    mark(index);
  }

  /**
   * Sets a long.
   *
   * @param index {@link KernelId#index}
   * @param value value
   */
  public final void setLong(int index, long value) {
    KernelId.Parameter p = parameter(index);
    if (p.type() != KernelId.Type.LONG) {
      throw wrong(p, "a long");
    }
    longArgument(p.position(), value);
    mark(index);
  }

  /**
   * Sets a float.
   *
   * @param index {@link KernelId#index}
   * @param value value
   */
  public final void setFloat(int index, float value) {
    setReal(index, value);
  }

  /**
   * Sets a float or a double, as the kernel takes it.
   *
   * @param index {@link KernelId#index}
   * @param value value; rounded for a float
   */
  public final void setReal(int index, double value) {
    KernelId.Parameter p = parameter(index);
    if (p.type() == KernelId.Type.FLOAT) {
      floatArgument(p.position(), (float) value);
    } else if (p.type() == KernelId.Type.DOUBLE) {
      doubleArgument(p.position(), value);
    } else {
      throw wrong(p, "a float");
    }
    mark(index);
  }

  /**
   * Sets the size of local memory; only for kernels with {@link KernelId#usesLocal()}.
   *
   * @param bytes size, at least 4, for numbers in float32; float64 takes twice as much
   * @return this
   */
  public final LaunchArguments local(int bytes) {
    if (!kernel.usesLocal()) {
      throw new IllegalArgumentException(kernel.entry() + ": has no local memory");
    }
    localArgument(kernel.isWide() ? Math.multiplyExact(2, bytes) : bytes);
    return this;
  }

  /**
   * Has the kernel launched in clusters, before {@link #local}; only where {@link
   * Device#clusters()} lacks nothing.
   *
   * @param size work-groups of a cluster, of which a launch has a multiple
   * @return this
   * @throws org.recurrentops.DeviceException if the driver refuses the size
   */
  public final LaunchArguments cluster(int size) {
    clusterArgument(size);
    return this;
  }

  /**
   * Enqueues the kernel.
   *
   * @param queue order
   * @param groupsX work-groups along x, 1 … 2³¹−1
   * @param groupsY work-groups along y, 1 … 65535
   * @param groupSize work-items of a work-group, along x
   */
  public final void launch(DeviceQueue queue, int groupsX, int groupsY, int groupSize) {
    requireSet();
    enqueue(queue, groupsX, groupsY, groupSize);
    queue.count(launches);
  }

  /**
   * Enqueues the kernel so that all its work-groups live at the same time; only where {@link
   * Device#launchesTogether()}.
   *
   * @param queue order
   * @param groups work-groups along x
   * @param groupSize work-items of a work-group, along x
   */
  public final void launchTogether(DeviceQueue queue, int groups, int groupSize) {
    requireSet();
    enqueueTogether(queue, groups, groupSize);
    queue.count(launches);
  }

  private void requireSet() {
    if (unset > 0) {
      throw new IllegalStateException(kernel.entry() + ": " + unset + " arguments are not set");
    }
  }

  private KernelId.Parameter parameter(int index) {
    return kernel.parameters().get(index);
  }

  private void mark(int index) {
    if (!set[index]) {
      set[index] = true;
      unset--;
    }
  }

  private IllegalArgumentException wrong(KernelId.Parameter p, String got) {
    return new IllegalArgumentException(
        kernel.entry() + ": " + p.name() + ": expected " + p.type().text() + ", got " + got);
  }

  /**
   * Sets a native pointer argument.
   *
   * @param position index among native arguments
   * @param buffer memory
   */
  protected abstract void bufferArgument(int position, DeviceBuffer buffer);

  /**
   * Sets a native 32-bit integer argument.
   *
   * @param position index among native arguments
   * @param value value
   */
  protected abstract void intArgument(int position, int value);

  /**
   * Sets a native 64-bit integer argument.
   *
   * @param position index among native arguments
   * @param value value
   */
  protected abstract void longArgument(int position, long value);

  /**
   * Sets a native float argument.
   *
   * @param position index among native arguments
   * @param value value
   */
  protected abstract void floatArgument(int position, float value);

  /**
   * Sets a native double argument; only where {@link Device#float64Refusal()} is empty.
   *
   * @param position index among native arguments
   * @param value value
   */
  protected void doubleArgument(int position, double value) {
    throw new UnsupportedOperationException(kernel.entry() + ": no arguments of float64 here");
  }

  /**
   * Sets the size of local memory: in OpenCL the argument at {@link KernelId#arguments()}, in CUDA
   * the dynamic shared memory of the launch.
   *
   * @param bytes size
   */
  protected abstract void localArgument(int bytes);

  /**
   * Sets the size of clusters.
   *
   * @param size work-groups of a cluster
   */
  protected void clusterArgument(int size) {
    throw new UnsupportedOperationException(kernel.entry() + ": no clusters here");
  }

  /**
   * Enqueues the kernel with the arguments as they are now.
   *
   * @param queue order
   * @param groupsX work-groups along x
   * @param groupsY work-groups along y
   * @param groupSize work-items of a work-group, along x
   */
  protected abstract void enqueue(DeviceQueue queue, int groupsX, int groupsY, int groupSize);

  /**
   * Enqueues the kernel with the arguments as they are now, all work-groups at once.
   *
   * @param queue order
   * @param groups work-groups along x
   * @param groupSize work-items of a work-group, along x
   */
  protected void enqueueTogether(DeviceQueue queue, int groups, int groupSize) {
    throw new UnsupportedOperationException(
        kernel.entry() + ": the device launches no work-groups together");
  }

  /** Releases native objects. Called once. */
  public abstract void close();
}
