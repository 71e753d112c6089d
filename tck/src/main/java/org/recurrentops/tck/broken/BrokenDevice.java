package org.recurrentops.tck.broken;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.recurrentops.DType;
import org.recurrentops.DeviceInfo;
import org.recurrentops.MathMode;
import org.recurrentops.NativeMemory;
import org.recurrentops.NativeQueue;
import org.recurrentops.spi.BackendDevice;
import org.recurrentops.spi.BackendMath;
import org.recurrentops.spi.BackendPlan;
import org.recurrentops.spi.BackendQueue;
import org.recurrentops.spi.DeviceBuffer;
import org.recurrentops.spi.PlanMemory;
import org.recurrentops.spi.PlanRequest;

/** Hands everything on; plans and math pass through the tampering. */
final class BrokenDevice implements BackendDevice {
  private final BackendDevice right;
  private final Tampering tampering;

  BrokenDevice(BackendDevice right, Tampering tampering) {
    this.right = right;
    this.tampering = tampering;
  }

  private PlanRequest tampered(PlanRequest request) {
    return tampering.request(request, right.algorithms());
  }

  @Override
  public DeviceInfo info() {
    return right.info();
  }

  @Override
  public List<String> algorithms() {
    return tampering.algorithms(right.algorithms());
  }

  @Override
  public Set<MathMode> mathModes() {
    return right.mathModes();
  }

  @Override
  public Optional<String> refusal(PlanRequest request) {
    return right.refusal(tampered(request));
  }

  @Override
  public PlanMemory estimate(PlanRequest request) {
    return right.estimate(tampered(request));
  }

  @Override
  public BackendPlan plan(PlanRequest request, BackendQueue queue) {
    BackendPlan plan = right.plan(tampered(request), queue);
    return new BrokenPlan(plan, tampering, request, right, queue);
  }

  @Override
  public BackendMath math(BackendQueue queue) {
    return tampering.math(right.math(queue), new Edits(right, queue));
  }

  @Override
  public DeviceBuffer allocate(DType dtype, long elements) {
    return right.allocate(dtype, elements);
  }

  @Override
  public DeviceBuffer wrap(Object memory, DType dtype) {
    return right.wrap(memory, dtype);
  }

  @Override
  public DeviceBuffer wrap(NativeMemory memory, DType dtype) {
    return right.wrap(memory, dtype);
  }

  @Override
  public void upload(
      BackendQueue queue, DeviceBuffer dst, long dstOffset, Object src, int srcOffset, int count) {
    right.upload(queue, dst, dstOffset, src, srcOffset, count);
  }

  @Override
  public void download(
      BackendQueue queue, DeviceBuffer src, long srcOffset, Object dst, int dstOffset, int count) {
    right.download(queue, src, srcOffset, dst, dstOffset, count);
  }

  @Override
  public BackendQueue defaultQueue() {
    return right.defaultQueue();
  }

  @Override
  public BackendQueue newQueue() {
    return right.newQueue();
  }

  @Override
  public BackendQueue wrapQueue(NativeQueue queue) {
    return right.wrapQueue(queue);
  }

  @Override
  public void close() {
    right.close();
  }
}
