package org.recurrentops;

import java.util.List;
import java.util.Optional;
import org.recurrentops.spi.Backend;
import org.recurrentops.spi.BackendDevice;
import org.recurrentops.spi.BackendMath;
import org.recurrentops.spi.BackendPlan;
import org.recurrentops.spi.BackendQueue;
import org.recurrentops.spi.BackwardCall;
import org.recurrentops.spi.BoundCall;
import org.recurrentops.spi.DeviceBuffer;
import org.recurrentops.spi.ForwardCall;
import org.recurrentops.spi.PlanMemory;
import org.recurrentops.spi.PlanRequest;
import org.recurrentops.spi.ProbeResult;

/** Heap memory and calls that only run a hook: enough to test what the façade does by itself. */
final class FakeBackend implements Backend {
  final String name;
  final DeviceKind kind;
  final String reason;

  /** What every bound call runs. */
  Runnable onRun = () -> {};

  int probes;
  int buffersFreed;
  int callsClosed;
  int plansClosed;
  int devicesClosed;
  long refuseAllocationsOver = Long.MAX_VALUE;

  private FakeBackend(String name, DeviceKind kind, String reason) {
    this.name = name;
    this.kind = kind;
    this.reason = reason;
  }

  static FakeBackend of(String name, DeviceKind kind) {
    return new FakeBackend(name, kind, null);
  }

  static FakeBackend unavailable(String name, String reason) {
    return new FakeBackend(name, DeviceKind.GPU, reason);
  }

  RecurrentOps open() {
    return Backends.open(this);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public ProbeResult probe() {
    probes++;
    if (reason != null) {
      return ProbeResult.unavailable(reason);
    }
    return ProbeResult.available(List.of(info(0), info(1)));
  }

  private DeviceInfo info(int i) {
    return new DeviceInfo(name + ":" + i, name, kind, "fake " + i, 0, "");
  }

  @Override
  public BackendDevice open(String deviceId, Counters counters) {
    return new Device(info(deviceId.endsWith(":1") ? 1 : 0));
  }

  private record Heap(DType dtype, Object array, long elements, Runnable onFree)
      implements DeviceBuffer {
    @Override
    public Object memoryIdentity() {
      return array;
    }

    @Override
    public long baseAddress() {
      return 0;
    }

    @Override
    public void free() {
      onFree.run();
    }
  }

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

  private final class Device implements BackendDevice {
    private final DeviceInfo info;
    private final Queue queue = new Queue();

    Device(DeviceInfo info) {
      this.info = info;
    }

    @Override
    public DeviceInfo info() {
      return info;
    }

    @Override
    public List<String> algorithms() {
      return List.of("fake");
    }

    @Override
    public Optional<String> refusal(PlanRequest request) {
      return request.options().mathMode() == MathMode.FP32
          ? Optional.empty()
          : Optional.of("math mode " + request.options().mathMode() + ": fake computes in FP32");
    }

    @Override
    public PlanMemory estimate(PlanRequest request) {
      return new PlanMemory(10, request.options().isTraining() ? 20 : 0, 5);
    }

    @Override
    public BackendPlan plan(PlanRequest request, BackendQueue q) {
      return new Plan(estimate(request));
    }

    @Override
    public BackendMath math(BackendQueue q) {
      return null;
    }

    @Override
    public DeviceBuffer allocate(DType dtype, long elements) {
      if (elements > refuseAllocationsOver) {
        throw new OutOfDeviceMemoryException("fake: " + elements + " elements", null);
      }
      Object array =
          dtype == DType.I32 ? new int[(int) elements] : (Object) new float[(int) elements];
      return new Heap(dtype, array, elements, () -> buffersFreed++);
    }

    @Override
    public DeviceBuffer wrap(Object memory, DType dtype) {
      int n = memory instanceof float[] f ? f.length : ((int[]) memory).length;
      return new Heap(dtype, memory, n, () -> {});
    }

    @Override
    public void upload(
        BackendQueue q, DeviceBuffer dst, long dstOffset, Object src, int srcOffset, int count) {
      System.arraycopy(src, srcOffset, ((Heap) dst).array(), (int) dstOffset, count);
    }

    @Override
    public void download(
        BackendQueue q, DeviceBuffer src, long srcOffset, Object dst, int dstOffset, int count) {
      System.arraycopy(((Heap) src).array(), (int) srcOffset, dst, dstOffset, count);
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
    public void close() {
      devicesClosed++;
    }
  }

  private final class Plan implements BackendPlan {
    private final PlanMemory memory;

    Plan(PlanMemory memory) {
      this.memory = memory;
    }

    @Override
    public PlanMemory memory() {
      return memory;
    }

    @Override
    public String algorithm() {
      return "fake";
    }

    @Override
    public String describe() {
      return "fake";
    }

    @Override
    public String tuning() {
      return "fake";
    }

    @Override
    public BoundCall bindForward(ForwardCall call) {
      return call();
    }

    @Override
    public BoundCall bindBackward(BackwardCall call) {
      return call();
    }

    private BoundCall call() {
      return new BoundCall() {
        @Override
        public void run(org.recurrentops.spi.RunState state) {
          onRun.run();
        }

        @Override
        public void close() {
          callsClosed++;
        }
      };
    }

    @Override
    public void pack(Tensor params, Tensor packed) {}

    @Override
    public void close() {
      plansClosed++;
    }
  }
}
