package org.recurrentops.cpu;

import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.List;
import java.util.Optional;
import org.recurrentops.Counters;
import org.recurrentops.DType;
import org.recurrentops.DeviceInfo;
import org.recurrentops.UnsupportedSpecException;
import org.recurrentops.cpu.math.CpuMath;
import org.recurrentops.spi.BackendDevice;
import org.recurrentops.spi.BackendMath;
import org.recurrentops.spi.BackendPlan;
import org.recurrentops.spi.BackendQueue;
import org.recurrentops.spi.DeviceBuffer;
import org.recurrentops.spi.PlanMemory;
import org.recurrentops.spi.PlanRequest;

/** The processor the JVM runs on. */
final class CpuDevice implements BackendDevice {
  private final Counters counters;
  private final CpuMath math = CpuMath.select();
  private final Workforce workforce = new Workforce(Workforce.configuredThreads(), math.gemm());
  private final CpuQueue queue = new CpuQueue();
  private final DeviceInfo info = CpuBackend.info(math, workforce.threads());

  CpuDevice(Counters counters) {
    this.counters = counters;
  }

  @Override
  public DeviceInfo info() {
    return info;
  }

  @Override
  public List<String> algorithms() {
    return List.of("stepped/java");
  }

  @Override
  public Optional<String> refusal(PlanRequest request) {
    return Optional.of("plans are not built yet");
  }

  @Override
  public PlanMemory estimate(PlanRequest request) {
    throw new UnsupportedSpecException("plans are not built yet");
  }

  @Override
  public BackendPlan plan(PlanRequest request, BackendQueue order) {
    throw new UnsupportedSpecException("plans are not built yet, " + counters);
  }

  @Override
  public BackendMath math(BackendQueue order) {
    return new CpuOperations(math, workforce);
  }

  @Override
  public DeviceBuffer allocate(DType dtype, long elements) {
    return ArrayBuffers.allocate(dtype, elements);
  }

  @Override
  public DeviceBuffer wrap(Object memory, DType dtype) {
    if (memory instanceof float[] && dtype == DType.F32
        || memory instanceof int[] && dtype == DType.I32) {
      return ArrayBuffers.wrap(memory, dtype);
    }
    if (memory instanceof FloatBuffer && dtype == DType.F32) {
      return DirectBuffers.wrap((FloatBuffer) memory);
    }
    if (memory instanceof IntBuffer && dtype == DType.I32) {
      return DirectBuffers.wrap((IntBuffer) memory);
    }
    throw new UnsupportedSpecException(
        "cpu: wrap: expected float[], int[] or a direct FloatBuffer or IntBuffer, got "
            + memory.getClass().getSimpleName()
            + " for "
            + dtype);
  }

  @Override
  public void upload(
      BackendQueue order, DeviceBuffer dst, long dstOffset, Object src, int srcOffset, int count) {
    ((HostBuffer) dst).upload(dstOffset, src, srcOffset, count);
  }

  @Override
  public void download(
      BackendQueue order, DeviceBuffer src, long srcOffset, Object dst, int dstOffset, int count) {
    ((HostBuffer) src).download(srcOffset, dst, dstOffset, count);
  }

  @Override
  public BackendQueue defaultQueue() {
    return queue;
  }

  @Override
  public BackendQueue newQueue() {
    return new CpuQueue();
  }

  @Override
  public void close() {
    workforce.close();
  }
}
