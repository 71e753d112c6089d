package org.recurrentops.tck.broken;

import java.util.List;
import java.util.Optional;
import org.recurrentops.Counters;
import org.recurrentops.DType;
import org.recurrentops.DeviceInfo;
import org.recurrentops.DeviceKind;
import org.recurrentops.OutOfDeviceMemoryException;
import org.recurrentops.Tensor;
import org.recurrentops.spi.Backend;
import org.recurrentops.spi.BackendDevice;
import org.recurrentops.spi.BackendMath;
import org.recurrentops.spi.BackendPlan;
import org.recurrentops.spi.BackendQueue;
import org.recurrentops.spi.DeviceBuffer;
import org.recurrentops.spi.PlanMemory;
import org.recurrentops.spi.PlanRequest;
import org.recurrentops.spi.ProbeResult;

/**
 * The float64 reference behind the SPI, so that the kit can be tried without a backend. Beside the
 * recurrence it only fills, copies and adds.
 */
final class ReferenceBackend implements Backend {
  static final String ALGORITHM = "reference";
  private static final long MOST_ELEMENTS = 1 << 28;
  private static final DeviceInfo INFO =
      new DeviceInfo("reference", "reference", DeviceKind.SOFTWARE, "float64 reference", 0, "");

  @Override
  public String name() {
    return "reference";
  }

  @Override
  public ProbeResult probe() {
    return ProbeResult.available(List.of(INFO));
  }

  @Override
  public BackendDevice open(String deviceId, Counters counters) {
    return new Device(counters);
  }

  /** Java arrays as device memory. */
  private record ArrayBuffer(DType dtype, long elements, Object array) implements DeviceBuffer {
    @Override
    public Object memoryIdentity() {
      return array;
    }

    @Override
    public long baseAddress() {
      return 0;
    }

    @Override
    public void free() {}
  }

  static Object array(DeviceBuffer buffer) {
    return ((ArrayBuffer) buffer).array();
  }

  /** Work is done when it is enqueued. */
  private static final class Queue implements BackendQueue {
    @Override
    public void synchronize() {}

    @Override
    public Object record() {
      return this;
    }

    @Override
    public void waitFor(Object token) {}

    @Override
    public boolean isDone(Object token) {
      return true;
    }

    @Override
    public void close() {}
  }

  /** The operations that cases about memory and queues use; the others are not called. */
  private static final class ElementwiseMath extends RightMath {
    ElementwiseMath() {
      super(null);
    }

    @Override
    public void fill(Tensor t, float value) {
      double[] values = new double[(int) t.shape().elements()];
      java.util.Arrays.fill(values, value);
      ReferencePlan.write(t, values);
    }

    @Override
    public void copy(Tensor src, Tensor dst) {
      ReferencePlan.write(dst, ReferencePlan.read(src));
    }

    @Override
    public void addScaled(Tensor src, float scale, Tensor dst) {
      double[] sum = ReferencePlan.read(dst);
      double[] addend = ReferencePlan.read(src);
      for (int i = 0; i < sum.length; i++) {
        sum[i] += scale * addend[i];
      }
      ReferencePlan.write(dst, sum);
    }
  }

  private static final class Device implements BackendDevice {
    private final Counters counters;
    private final BackendQueue queue = new Queue();

    Device(Counters counters) {
      this.counters = counters;
    }

    @Override
    public DeviceInfo info() {
      return INFO;
    }

    @Override
    public List<String> algorithms() {
      return List.of(ALGORITHM);
    }

    @Override
    public Optional<String> refusal(PlanRequest request) {
      return Optional.empty();
    }

    @Override
    public PlanMemory estimate(PlanRequest request) {
      return ReferencePlan.memory(request);
    }

    @Override
    public BackendPlan plan(PlanRequest request, BackendQueue on) {
      return new ReferencePlan(request, counters);
    }

    @Override
    public BackendMath math(BackendQueue on) {
      return new ElementwiseMath();
    }

    @Override
    public DeviceBuffer allocate(DType dtype, long elements) {
      if (elements > MOST_ELEMENTS) {
        throw new OutOfDeviceMemoryException(
            "allocate: expected at most " + MOST_ELEMENTS + " elements, got " + elements, null);
      }
      int n = (int) elements;
      return new ArrayBuffer(dtype, n, dtype == DType.I32 ? new int[n] : new float[n]);
    }

    @Override
    public DeviceBuffer wrap(Object memory, DType dtype) {
      return new ArrayBuffer(dtype, java.lang.reflect.Array.getLength(memory), memory);
    }

    @Override
    public void upload(
        BackendQueue on, DeviceBuffer dst, long dstOffset, Object src, int srcOffset, int count) {
      System.arraycopy(src, srcOffset, array(dst), (int) dstOffset, count);
    }

    @Override
    public void download(
        BackendQueue on, DeviceBuffer src, long srcOffset, Object dst, int dstOffset, int count) {
      System.arraycopy(array(src), (int) srcOffset, dst, dstOffset, count);
    }

    @Override
    public BackendQueue defaultQueue() {
      return queue;
    }

    @Override
    public BackendQueue newQueue() {
      return new Queue();
    }

    @Override
    public void close() {}
  }
}
