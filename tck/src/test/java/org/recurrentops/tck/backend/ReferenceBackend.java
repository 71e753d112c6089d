package org.recurrentops.tck.backend;

import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.recurrentops.Counters;
import org.recurrentops.DType;
import org.recurrentops.DeviceInfo;
import org.recurrentops.DeviceKind;
import org.recurrentops.MathMode;
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
 * The reference behind the SPI: right by definition, so that whatever the kit finds wrong with it
 * is wrong with the kit. Refuses one thing, so that refusals are seen.
 */
public final class ReferenceBackend implements Backend {
  /** The only algorithm. */
  public static final String ALGORITHM = "reference";

  /** How it treats modes other than FP32. */
  public enum Modes {
    /** Does not offer them. */
    NONE,
    /** Rounds operands. */
    RIGHT,
    /** Rounds nothing. */
    TOO_PRECISE,
    /** Rounds operands, and y as well. */
    ROUNDS_OUTPUT,
    /** Does what FP32 does and counts nothing. */
    UNCOUNTED
  }

  private final String refusedCell;
  private final Modes modes;

  /** Refuses nothing. */
  public ReferenceBackend() {
    this("none");
  }

  /** Refuses one cell by its label. */
  public ReferenceBackend(String refusedCell) {
    this(refusedCell, Modes.NONE);
  }

  /** Refuses nothing, with modes. */
  public ReferenceBackend(Modes modes) {
    this("none", modes);
  }

  private ReferenceBackend(String refusedCell, Modes modes) {
    this.refusedCell = refusedCell;
    this.modes = modes;
  }

  /**
   * Writes one float relative to the start of a view, within it or not, as a faulty kernel would.
   */
  public static void poke(Tensor view, int element, float value) {
    ((HostMemory) view.buffer()).floats[(int) view.offset() + element] = value;
  }

  @Override
  public String name() {
    return "reference";
  }

  @Override
  public ProbeResult probe() {
    return ProbeResult.available(List.of(info()));
  }

  private static DeviceInfo info() {
    return new DeviceInfo("reference", "reference", DeviceKind.CPU, "float64 loops", 0, "slow");
  }

  @Override
  public BackendDevice open(String deviceId, Counters counters) {
    return new Device(counters, refusedCell, modes);
  }

  private static final class Device implements BackendDevice {
    private final Counters counters;
    private final String refusedCell;
    private final Modes modes;
    private final BackendQueue queue = new Queue();

    Device(Counters counters, String refusedCell, Modes modes) {
      this.modes = modes;
      this.counters = counters;
      this.refusedCell = refusedCell;
    }

    @Override
    public DeviceInfo info() {
      return ReferenceBackend.info();
    }

    @Override
    public List<String> algorithms() {
      return List.of(ALGORITHM);
    }

    @Override
    public Set<MathMode> mathModes() {
      return modes == Modes.NONE ? Set.of(MathMode.FP32) : EnumSet.allOf(MathMode.class);
    }

    @Override
    public Optional<String> refusal(PlanRequest request) {
      boolean refused = request.spec().cell().label().equals(refusedCell);
      return refused ? Optional.of("no " + refusedCell + " here") : Optional.empty();
    }

    @Override
    public PlanMemory estimate(PlanRequest request) {
      return ReferencePlan.memory(request);
    }

    @Override
    public BackendPlan plan(PlanRequest request, BackendQueue onQueue) {
      return new ReferencePlan(request, counters, modes);
    }

    @Override
    public BackendMath math(BackendQueue onQueue) {
      return new ReferenceBackendMath();
    }

    @Override
    public DeviceBuffer allocate(DType dtype, long elements) {
      return new HostMemory(dtype, elements);
    }

    @Override
    public void upload(
        BackendQueue onQueue, DeviceBuffer dst, long at, Object src, int from, int count) {
      System.arraycopy(src, from, ((HostMemory) dst).array(), (int) at, count);
    }

    @Override
    public void download(
        BackendQueue onQueue, DeviceBuffer src, long from, Object dst, int at, int count) {
      System.arraycopy(((HostMemory) src).array(), (int) from, dst, at, count);
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

  /** The calling thread. */
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
}
