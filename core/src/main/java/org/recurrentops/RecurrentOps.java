package org.recurrentops;

import java.nio.Buffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.recurrentops.spi.BackendDevice;
import org.recurrentops.spi.BackendPlan;
import org.recurrentops.spi.DeviceBuffer;
import org.recurrentops.spi.PlanMemory;
import org.recurrentops.spi.PlanRequest;

/**
 * One opened device, and the checked façade of its backend: everything is validated here, before a
 * backend is called. Made by {@link Backends#open()}. Thread-safe; several may be open at once.
 */
public final class RecurrentOps implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger("org.recurrentops");

  private final BackendDevice backend;
  private final Counters counters;
  private final Gate gate = new Gate(Integer.MAX_VALUE);
  private final Set<AutoCloseable> live =
      Collections.synchronizedSet(Collections.newSetFromMap(new IdentityHashMap<>()));
  private final ExecutionQueue defaultQueue;
  private final DeviceMath defaultMath;
  private volatile DeviceException failure;

  RecurrentOps(BackendDevice backend, Counters counters) {
    this.backend = backend;
    this.counters = counters;
    this.defaultQueue = new ExecutionQueue(this, backend.defaultQueue(), false);
    this.defaultMath = new DeviceMath(this, backend.math(backend.defaultQueue()));
  }

  /**
   * What is open.
   *
   * @return the device
   */
  public DeviceInfo device() {
    return backend.info();
  }

  /**
   * Algorithms that {@link PlanOptions#algorithm} accepts on this device.
   *
   * @return their names, such as {@code stepped}
   */
  public List<String> algorithms() {
    return backend.algorithms();
  }

  /**
   * Arithmetic that {@link PlanOptions#mathMode} accepts on this device with some algorithm.
   *
   * @return the modes, {@link MathMode#FP32} among them
   */
  public java.util.Set<MathMode> mathModes() {
    return backend.mathModes();
  }

  /**
   * What the device has done so far.
   *
   * @return live counters
   */
  public Counters counters() {
    return counters;
  }

  /**
   * Whether a plan can be made.
   *
   * @param spec what is computed
   * @param options how
   * @return the reason why not, or empty if it can
   */
  public Optional<String> refusal(RnnSpec spec, PlanOptions options) {
    String algorithm = options.algorithm();
    if (!algorithm.equals(PlanOptions.AUTO)
        && !algorithms().contains(algorithm)
        && !backend.measuringAlgorithms().contains(algorithm)) {
      return Optional.of(
          "algorithm '"
              + algorithm
              + "': not offered by "
              + device().id()
              + "; it offers "
              + algorithms()
              + " and 'auto'");
    }
    return backend.refusal(request(spec, options));
  }

  /**
   * Whether a plan can be made.
   *
   * @param spec what is computed
   * @param options how
   * @return true if {@link #plan} would accept them
   */
  public boolean supports(RnnSpec spec, PlanOptions options) {
    return refusal(spec, options).isEmpty();
  }

  /**
   * Memory that a plan will take, without allocating any.
   *
   * @param spec what is computed
   * @param options how
   * @return sizes in bytes
   * @throws UnsupportedSpecException if the device refuses them, with the reason
   */
  public MemoryEstimate estimate(RnnSpec spec, PlanOptions options) {
    requireSupported(spec, options);
    PlanRequest request = request(spec, options);
    return bytes(request, backend.estimate(request));
  }

  static MemoryEstimate bytes(PlanRequest request, PlanMemory m) {
    long size = request.options().memoryType().bytes();
    return new MemoryEstimate(
        request.parameters().elements() * request.options().parameterType().bytes(),
        m.workspace() * size,
        m.reserve() * size,
        m.packed() * size);
  }

  /**
   * Decides algorithm and layouts for a spec and allocates its workspace.
   *
   * @param spec what is computed
   * @param options how, with the largest T and N
   * @return the plan
   * @throws UnsupportedSpecException if the device refuses them, with the reason
   * @throws OutOfDeviceMemoryException if the workspace does not fit; nothing is left allocated
   */
  public RecurrentPlan plan(RnnSpec spec, PlanOptions options) {
    requireSupported(spec, options);
    ExecutionQueue queue = options.queue() == null ? defaultQueue : options.queue();
    requireOwn("plan", queue);
    PlanRequest request = request(spec, options);
    return call(() -> track(makePlan(request, queue)));
  }

  private RecurrentPlan makePlan(PlanRequest request, ExecutionQueue queue) {
    BackendPlan made = backend.plan(request, queue.backend());
    PlanStorage workspace;
    try {
      PlanOptions o = request.options();
      workspace = PlanStorage.of(this, o.allocator(), o.memoryType(), made.memory().workspace());
    } catch (RuntimeException e) {
      made.close();
      throw e;
    }
    return new RecurrentPlan(this, request, made, workspace, queue);
  }

  private PlanRequest request(RnnSpec spec, PlanOptions options) {
    return new PlanRequest(spec, options, ParameterLayout.of(spec));
  }

  private void requireSupported(RnnSpec spec, PlanOptions options) {
    Optional<String> reason = refusal(spec, options);
    if (reason.isPresent()) {
      throw new UnsupportedSpecException(
          spec.label() + " on " + device().id() + " is refused: " + reason.get());
    }
  }

  /**
   * Allocates uninitialised float32 memory.
   *
   * @param dims extents
   * @return an owned tensor
   * @throws OutOfDeviceMemoryException if there is not enough
   */
  public Tensor allocate(long... dims) {
    return allocate(Shape.of(dims));
  }

  /**
   * Allocates uninitialised float32 memory.
   *
   * @param shape extents
   * @return an owned tensor
   * @throws OutOfDeviceMemoryException if there is not enough
   */
  public Tensor allocate(Shape shape) {
    return allocate(DType.F32, shape.dims());
  }

  /**
   * Allocates uninitialised memory.
   *
   * @param type element type
   * @param dims extents
   * @return an owned tensor
   * @throws OutOfDeviceMemoryException if there is not enough
   */
  public Tensor allocate(DType type, long... dims) {
    Shape shape = Shape.of(dims);
    return call(
        () -> {
          Allocation a = new Allocation(this, backend.allocate(type, shape.elements()), true);
          counters.countAllocation(a.bytes());
          return Tensor.root(track(a), shape);
        });
  }

  /**
   * Borrows a Java array as float32 memory without copying, where the device reads it in place.
   *
   * @param array the caller's memory
   * @param dims extents with as many elements as the array; none for [length]
   * @return a borrowed tensor
   * @throws UnsupportedSpecException if the device cannot
   */
  public Tensor wrap(float[] array, long... dims) {
    return wrapMemory(array, array.length, DType.F32, dims);
  }

  /**
   * Borrows a Java array as int32 memory without copying, where the device reads it in place.
   *
   * @param array the caller's memory
   * @param dims extents with as many elements as the array; none for [length]
   * @return a borrowed tensor
   * @throws UnsupportedSpecException if the device cannot
   */
  public Tensor wrap(int[] array, long... dims) {
    return wrapMemory(array, array.length, DType.I32, dims);
  }

  /**
   * Borrows a Java array as float64 memory without copying, where the device reads it in place.
   *
   * @param array the caller's memory
   * @param dims extents with as many elements as the array; none for [length]
   * @return a borrowed tensor
   * @throws UnsupportedSpecException if the device cannot
   */
  public Tensor wrap(double[] array, long... dims) {
    return wrapMemory(array, array.length, DType.F64, dims);
  }

  /**
   * Borrows a direct buffer in native byte order without copying, where the device reads it in
   * place. Its position is element 0.
   *
   * @param buffer a direct FloatBuffer or IntBuffer
   * @param dims extents with as many elements as remain in the buffer; none for [remaining]
   * @return a borrowed tensor
   * @throws UnsupportedSpecException if the device cannot
   */
  public Tensor wrap(Buffer buffer, long... dims) {
    DType type = buffer instanceof java.nio.IntBuffer ? DType.I32 : DType.F32;
    if (!buffer.isDirect()
        || !(buffer instanceof java.nio.FloatBuffer || buffer instanceof java.nio.IntBuffer)) {
      throw new IllegalArgumentException(
          "wrap: expected a direct FloatBuffer or IntBuffer, got " + buffer);
    }
    return wrapMemory(buffer, buffer.remaining(), type, dims);
  }

  /**
   * Borrows native device memory without copying.
   *
   * @param memory its handle
   * @param type element type
   * @param dims extents that fit into it
   * @return a borrowed tensor
   * @throws UnsupportedSpecException if the device has no such memory
   */
  public Tensor wrap(NativeMemory memory, DType type, long... dims) {
    Shape shape = Shape.of(dims);
    if (shape.elements() > memory.bytes() / type.bytes()) {
      throw new IllegalArgumentException(
          "wrap: expected at least "
              + shape.elements() * type.bytes()
              + " bytes for "
              + type
              + shape
              + ", got "
              + memory.bytes());
    }
    return call(() -> borrowed(backend.wrap(memory, type), shape));
  }

  private Tensor wrapMemory(Object memory, long elements, DType type, long[] dims) {
    Shape shape = dims.length == 0 ? Shape.of(elements) : Shape.of(dims);
    if (shape.elements() != elements) {
      throw new IllegalArgumentException(
          "wrap: expected " + shape.elements() + " elements for " + shape + ", got " + elements);
    }
    return call(() -> borrowed(backend.wrap(memory, type), shape));
  }

  private Tensor borrowed(DeviceBuffer buffer, Shape shape) {
    return Tensor.root(track(new Allocation(this, buffer, false)), shape);
  }

  /**
   * Operations beside the recurrence, on the default queue.
   *
   * @return the operations
   */
  public DeviceMath math() {
    return defaultMath;
  }

  /**
   * Operations beside the recurrence, on another queue.
   *
   * @param queue a queue of this ops
   * @return the operations
   */
  public DeviceMath math(ExecutionQueue queue) {
    requireOwn("math", queue);
    return call(() -> new DeviceMath(this, backend.math(queue.backend())));
  }

  /**
   * The queue used when none is named.
   *
   * @return one and the same queue
   */
  public ExecutionQueue queue() {
    return defaultQueue;
  }

  /**
   * Another in-order queue.
   *
   * @return an owned queue
   */
  public ExecutionQueue newQueue() {
    return call(() -> track(new ExecutionQueue(this, backend.newQueue(), true)));
  }

  /**
   * Borrows the caller's stream or command queue.
   *
   * @param queue its handle
   * @return a borrowed queue
   * @throws UnsupportedSpecException if the device has none, or it is not in order
   */
  public ExecutionQueue wrap(NativeQueue queue) {
    return call(() -> new ExecutionQueue(this, backend.wrapQueue(queue), false));
  }

  /** Blocks until the default queue is empty; throws pending device errors. */
  public void synchronize() {
    defaultQueue.synchronize();
  }

  /**
   * Waits for calls in flight, frees everything still open, and closes the device. Harmless when
   * repeated.
   */
  @Override
  public void close() {
    if (!gate.close()) {
      return;
    }
    List<AutoCloseable> rest;
    synchronized (live) {
      rest = new ArrayList<>(live);
    }
    long bytes = counters.snapshot().liveBytes();
    if (bytes > 0) {
      LOG.log(
          failure == null ? System.Logger.Level.DEBUG : System.Logger.Level.WARNING,
          "{0} closed with {1} open objects, {2} bytes of device memory; {3}",
          device().id(),
          rest.size(),
          bytes,
          failure == null ? "they are freed now" : "abandoned after " + failure.getMessage());
    }
    for (int pass = 0; pass < 2; pass++) {
      for (AutoCloseable r : rest) {
        if ((pass == 0) == (r instanceof RecurrentPlan)) {
          closeQuietly(r);
        }
      }
    }
    backend.close();
  }

  private static void closeQuietly(AutoCloseable r) {
    try {
      r.close();
    } catch (Exception e) {
      LOG.log(System.Logger.Level.WARNING, "close failed: " + e.getMessage(), e);
    }
  }

  // ---- for the other classes of this package ----

  BackendDevice backendDevice() {
    return backend;
  }

  <T extends AutoCloseable> T track(T resource) {
    live.add(resource);
    return resource;
  }

  void release(AutoCloseable resource) {
    live.remove(resource);
  }

  void enter() {
    DeviceException f = failure;
    if (f != null) {
      throw f;
    }
    if (!gate.tryEnter()) {
      throw new IllegalStateException(
          "ops: expected open " + device().id() + ", got a closed one; call Backends.open again");
    }
  }

  void exit() {
    gate.exit();
  }

  /**
   * Runs host code of the backend between enter and exit, with the tensors held open; remembers
   * sticky errors.
   */
  void call(Runnable body, Tensor... tensors) {
    call(
        () -> {
          body.run();
          return null;
        },
        tensors);
  }

  private <T> T call(Supplier<T> body, Tensor... tensors) {
    enter();
    try {
      Tensor closed = Held.hold(tensors);
      if (closed != null) {
        closed.requireOpen("call");
      }
      try {
        return body.get();
      } finally {
        Held.letGo(tensors);
      }
    } catch (DeviceException e) {
      throw noteFailure(e);
    } finally {
      exit();
    }
  }

  void requireOwn(String name, ExecutionQueue queue) {
    if (queue.ops() != this) {
      throw new IllegalArgumentException(
          name
              + ": expected a queue of this "
              + device().id()
              + " ops, got one of another "
              + queue.ops().device().id()
              + " ops");
    }
  }

  DeviceException noteFailure(DeviceException e) {
    if (e.sticky() && failure == null) {
      failure = e;
    }
    return failure != null ? failure : e;
  }
}
