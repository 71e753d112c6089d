package org.recurrentops.gpu;

import java.util.List;
import java.util.Set;
import org.recurrentops.Counters;
import org.recurrentops.DType;
import org.recurrentops.DeviceInfo;
import org.recurrentops.MathMode;
import org.recurrentops.NativeMemory;
import org.recurrentops.NativeQueue;
import org.recurrentops.spi.DeviceBuffer;

/** A device as float64 plans see it: every kernel is its float64 twin, every product, too. */
final class WideDevice implements Device {
  private final Device device;

  WideDevice(Device device) {
    this.device = device;
  }

  @Override
  public LaunchArguments prepare(KernelId kernel) {
    return device.prepare(kernel.isWide() ? kernel : kernel.wide());
  }

  @Override
  public Products products(String form, MathMode mode) {
    return device.float64Products(form, this);
  }

  @Override
  public DeviceInfo info() {
    return device.info();
  }

  @Override
  public String describe() {
    return device.describe();
  }

  @Override
  public DeviceLimits limits() {
    return device.limits();
  }

  @Override
  public Counters counters() {
    return device.counters();
  }

  @Override
  public List<String> gemmForms() {
    return device.gemmForms();
  }

  @Override
  public Set<MathMode> mathModes() {
    return device.mathModes();
  }

  @Override
  public DeviceBuffer allocate(DType dtype, long elements) {
    return device.allocate(dtype, elements);
  }

  @Override
  public DeviceBuffer wrap(NativeMemory memory, DType dtype) {
    return device.wrap(memory, dtype);
  }

  @Override
  public void upload(
      DeviceQueue queue, DeviceBuffer dst, long dstOffset, Object src, int srcOffset, int count) {
    device.upload(queue, dst, dstOffset, src, srcOffset, count);
  }

  @Override
  public void download(
      DeviceQueue queue, DeviceBuffer src, long srcOffset, Object dst, int dstOffset, int count) {
    device.download(queue, src, srcOffset, dst, dstOffset, count);
  }

  @Override
  public DeviceQueue defaultQueue() {
    return device.defaultQueue();
  }

  @Override
  public DeviceQueue newQueue() {
    return device.newQueue();
  }

  @Override
  public DeviceQueue wrapQueue(NativeQueue queue) {
    return device.wrapQueue(queue);
  }

  @Override
  public boolean overlaps() {
    return device.overlaps();
  }

  @Override
  public Marker newMarker() {
    return device.newMarker();
  }

  @Override
  public Recording recording() {
    return device.recording();
  }

  @Override
  public GraphRecorder newRecorder() {
    return device.newRecorder();
  }

  /** Leaves the device open, which is not this one's. */
  @Override
  public void close() {}
}
