package org.recurrentops.gpu;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.recurrentops.DType;
import org.recurrentops.DeviceInfo;
import org.recurrentops.MathMode;
import org.recurrentops.NativeMemory;
import org.recurrentops.NativeQueue;
import org.recurrentops.PlanOptions;
import org.recurrentops.RnnSpec;
import org.recurrentops.UnsupportedSpecException;
import org.recurrentops.spi.BackendDevice;
import org.recurrentops.spi.BackendMath;
import org.recurrentops.spi.BackendPlan;
import org.recurrentops.spi.BackendQueue;
import org.recurrentops.spi.DeviceBuffer;
import org.recurrentops.spi.PlanMemory;
import org.recurrentops.spi.PlanRequest;

/** The backend device of every GPU backend: the host program over its {@link Device}. */
public final class GpuBackendDevice implements BackendDevice {
  private final Device device;
  private final GpuQueue defaultQueue;
  private final Residency residency;
  private final ProvedAlgorithms proved;

  /**
   * Over a driver's device, which it owns from now on.
   *
   * @param device the device
   */
  public GpuBackendDevice(Device device) {
    this(device, ProvedAlgorithms.packaged());
  }

  GpuBackendDevice(Device device, ProvedAlgorithms proved) {
    this.device = device;
    this.proved = proved;
    this.defaultQueue = new GpuQueue(device, device.defaultQueue());
    this.residency = new Residency(device);
  }

  @Override
  public DeviceInfo info() {
    return device.info();
  }

  @Override
  public List<String> algorithms() {
    return Algorithm.names(device);
  }

  @Override
  public List<String> measuringAlgorithms() {
    return List.of(WITHOUT_PRODUCTS);
  }

  @Override
  public Set<MathMode> mathModes() {
    return device.mathModes();
  }

  @Override
  public Optional<String> refusal(PlanRequest request) {
    PlanOptions o = request.options();
    Optional<String> types = typeRefusal(o);
    if (types.isPresent()) {
      return types;
    }
    if (!device.mathModes().contains(o.mathMode())) {
      return Optional.of("math mode " + o.mathMode() + ": the device offers " + device.mathModes());
    }
    Optional<String> options = SpecSupport.refusal(request.spec());
    if (options.isPresent()) {
      return options;
    }
    Optional<String> size = sizeRefusal(request);
    if (size.isPresent() || o.algorithm().equals(PlanOptions.AUTO)) {
      return size;
    }
    if (Algorithm.meets(o.algorithm())) {
      return Algorithm.meetingRefusal(o.algorithm(), request, device, residency);
    }
    return Algorithm.refusal(o.algorithm(), request, device, residency, proved(request));
  }

  private Optional<String> typeRefusal(PlanOptions o) {
    if (o.ioType() == DType.F32 && o.parameterType() == DType.F32) {
      return Optional.empty();
    }
    if (o.ioType() != DType.F64 || o.parameterType() != DType.F64) {
      return Optional.of(
          "ioType "
              + o.ioType()
              + ", parameterType "
              + o.parameterType()
              + ": the GPU backends compute in F32 or, throughout, in F64; use F32 or float64()");
    }
    if (o.mathMode() != MathMode.FP32) {
      return Optional.of("math mode " + o.mathMode() + ": float64 is not rounded; use FP32");
    }
    return device.float64Refusal().map(why -> "F64: " + why + "; use F32, or the cpu backend");
  }

  /** Whether auto may try a form of an algorithm that is by name only elsewhere, in one mode. */
  private Predicate<String> proved(PlanRequest request) {
    MathMode mode = request.options().mathMode();
    return form -> proved.has(device.architecture(), Algorithm.inMode(form, mode));
  }

  /** Two grids that wait for their own blocks must never wait for each other's, too. */
  private PlanLayout layout(PlanRequest request) {
    Roles roles = sharing(request, null);
    boolean alone = Algorithm.namesMeeting(request) || roles.isShared();
    return new PlanLayout(
        request,
        alone ? Overlap.inOneLaunch(roles) : Overlap.of(device, roles),
        Algorithm.productScratchBytes(request, device),
        alone
            || Algorithm.MEETING.stream().anyMatch(proved(request))
                && request.options().algorithm().equals(PlanOptions.AUTO),
        PersistentRecurrence.streamWords(request, device.limits()));
  }

  /** Which loops may share a launch; counted, where work-groups have to live at once, or not. */
  private Roles sharing(PlanRequest request, Residency counted) {
    return Algorithm.namesMeeting(request)
        ? Roles.of(request, device.limits(), counted)
        : ClusterRoles.of(request, device, counted);
  }

  /** Of those that the layout has memory for. */
  private Roles roles(PlanRequest request, PlanLayout layout) {
    Roles planned = layout.overlap.roles();
    return planned.isShared() ? sharing(request, residency) : planned;
  }

  private Optional<String> sizeRefusal(PlanRequest request) {
    PlanOptions o = request.options();
    RnnSpec spec = request.spec();
    long rows = (long) o.maxSteps() * o.maxBatch();
    if (rows > Integer.MAX_VALUE) {
      return Optional.of(
          "T·N = " + rows + ": a matrix product has at most 2^31-1 rows; split the sequence");
    }
    try {
      PlanMemory m = layout(request).memory();
      long most = device.limits().maxAllocationBytes();
      long bytes =
          Math.multiplyExact(Math.max(m.workspace(), m.reserve()), o.parameterType().bytes());
      if (most > 0 && bytes > most) {
        return Optional.of(
            "one allocation of "
                + bytes
                + " bytes: the device gives at most "
                + most
                + "; lower T or N, or split the sequence");
      }
      return Optional.empty();
    } catch (ArithmeticException e) {
      return Optional.of("sizes of " + spec.label() + " overflow 64 bits; lower T or N");
    }
  }

  @Override
  public PlanMemory estimate(PlanRequest request) {
    return layout(request).memory();
  }

  @Override
  public BackendPlan plan(PlanRequest request, BackendQueue queue) {
    GpuQueue q = (GpuQueue) queue;
    PlanLayout layout = layout(request);
    Device own = layout.wide ? new WideDevice(device) : device;
    GpuPlan.Choice choice = new Tuner(device, q, residency, proved(request)).choose(request);
    Grids grids =
        new Grids(
            () -> residency.limits(request),
            size -> residency.clustered(request, size),
            q::errors,
            proved(request),
            () -> roles(request, layout),
            name -> ClusterSize.of(name, request, device, residency, choice.form()::equals));
    return new GpuPlan(own, q, request, layout, choice, grids);
  }

  @Override
  public BackendMath math(BackendQueue queue) {
    return ((GpuQueue) queue).math();
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
  public DeviceBuffer wrap(Object memory, DType dtype) {
    throw new UnsupportedSpecException(
        info().id()
            + " cannot wrap a "
            + memory.getClass().getSimpleName()
            + ": it is not memory of the device; allocate a tensor and upload");
  }

  @Override
  public void upload(
      BackendQueue queue, DeviceBuffer dst, long dstOffset, Object src, int srcOffset, int count) {
    device.upload(((GpuQueue) queue).queue(), dst, dstOffset, src, srcOffset, count);
  }

  @Override
  public void download(
      BackendQueue queue, DeviceBuffer src, long srcOffset, Object dst, int dstOffset, int count) {
    GpuQueue q = (GpuQueue) queue;
    device.download(q.queue(), src, srcOffset, dst, dstOffset, count);
    q.check();
  }

  @Override
  public BackendQueue defaultQueue() {
    return defaultQueue;
  }

  @Override
  public BackendQueue newQueue() {
    return new GpuQueue(device, device.newQueue());
  }

  @Override
  public BackendQueue wrapQueue(NativeQueue queue) {
    return new GpuQueue(device, device.wrapQueue(queue));
  }

  @Override
  public void close() {
    defaultQueue.release();
    device.close();
  }
}
