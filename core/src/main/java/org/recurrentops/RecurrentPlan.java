package org.recurrentops;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.recurrentops.spi.BackendPlan;
import org.recurrentops.spi.BackwardCall;
import org.recurrentops.spi.BoundCall;
import org.recurrentops.spi.ForwardCall;
import org.recurrentops.spi.PlanRequest;
import org.recurrentops.spi.RunState;

/**
 * Everything decided once for one spec: algorithm, workspace, packed layouts. One thread at a time;
 * many plans may run in parallel. A plan never keeps the contents of a caller's tensor.
 */
public final class RecurrentPlan implements AutoCloseable {
  private final RecurrentOps ops;
  private final PlanRequest request;
  private final BackendPlan backend;
  private final PlanStorage workspace;
  private final ExecutionQueue queue;
  private final Gate gate = new Gate(1);
  private final Map<AutoCloseable, BoundCall> bound =
      Collections.synchronizedMap(new IdentityHashMap<>());

  RecurrentPlan(
      RecurrentOps ops,
      PlanRequest request,
      BackendPlan backend,
      PlanStorage workspace,
      ExecutionQueue queue) {
    this.ops = ops;
    this.request = request;
    this.backend = backend;
    this.workspace = workspace;
    this.queue = queue;
  }

  /**
   * The device.
   *
   * @return the ops that made the plan
   */
  public RecurrentOps ops() {
    return ops;
  }

  /**
   * What is computed.
   *
   * @return the spec
   */
  public RnnSpec spec() {
    return request.spec();
  }

  /**
   * How.
   *
   * @return the options it was made with
   */
  public PlanOptions options() {
    return request.options();
  }

  /**
   * Where its work is enqueued.
   *
   * @return the queue
   */
  public ExecutionQueue queue() {
    return queue;
  }

  /**
   * Where each weight lies.
   *
   * @return the layout of parameters and gradients
   */
  public ParameterLayout parameterLayout() {
    return request.parameters();
  }

  /**
   * Algorithm in use.
   *
   * @return one of {@link RecurrentOps#algorithms()}
   */
  public String algorithm() {
    return backend.algorithm();
  }

  /**
   * The decision in a form that {@link PlanOptions#tuning(String)} takes back.
   *
   * @return the decision
   */
  public String tuning() {
    return backend.tuning();
  }

  /**
   * What was chosen and why, with memory sizes; for people.
   *
   * @return several lines
   */
  public String describe() {
    MemoryEstimate m = memory();
    return label()
        + " on "
        + ops.device().id()
        + "\n"
        + backend.describe().stripTrailing()
        + "\nparameters "
        + m.parameterBytes()
        + " B, workspace "
        + m.workspaceBytes()
        + " B, reserve "
        + m.reserveBytes()
        + " B, packed "
        + m.packedBytes()
        + " B";
  }

  /**
   * Name such as {@code lstm t32n8c64h128}, part of every message.
   *
   * @return spec and sizes
   */
  public String label() {
    String s = spec().label();
    int space = s.indexOf(' ');
    return s.substring(0, space + 1)
        + "t"
        + options().maxSteps()
        + "n"
        + options().maxBatch()
        + s.substring(space + 1);
  }

  /**
   * Memory it takes.
   *
   * @return sizes in bytes
   */
  public MemoryEstimate memory() {
    return RecurrentOps.bytes(request, backend.memory());
  }

  /**
   * Scratch it holds.
   *
   * @return bytes
   */
  public long workspaceBytes() {
    return memory().workspaceBytes();
  }

  /**
   * Size of each {@link Reserve}.
   *
   * @return bytes, 0 for inference
   */
  public long reserveBytes() {
    return memory().reserveBytes();
  }

  /**
   * Allocates what forward keeps for backward.
   *
   * @return an owned, unfilled reserve
   * @throws IllegalStateException if the plan was made for inference
   */
  public Reserve newReserve() {
    requireOpen();
    if (!options().isTraining()) {
      throw new IllegalStateException(
          "reserve: "
              + label()
              + " was made by PlanOptions.inference, which keeps nothing; use"
              + " PlanOptions.training");
    }
    return new Reserve(this, storage(backend.memory().reserve()));
  }

  private PlanStorage storage(long elements) {
    return PlanStorage.of(ops, options().allocator(), options().memoryType(), elements);
  }

  /**
   * Makes a session that feeds sequences in pieces.
   *
   * @param weights packed by this plan; shared, and closed by the caller after the session
   * @return an owned session of no sequences; call {@link InferenceSession#start}
   * @throws IllegalStateException if the plan is for training, or the weights are another plan's
   * @throws UnsupportedSpecException if the spec is not forward in time: reading backwards needs
   *     the end of the sequence first; or if its tensors are not F32
   */
  public InferenceSession newSession(PackedWeights weights) {
    requireOpen();
    if (options().isTraining()) {
      throw new IllegalStateException(
          "session: " + label() + " was made by PlanOptions.training; use PlanOptions.inference");
    }
    if (spec().direction() != Direction.FORWARD) {
      throw new UnsupportedSpecException(
          "session: expected a spec of direction FORWARD, got "
              + spec().direction()
              + " for "
              + label()
              + "; a reverse direction starts at the end of the whole sequence");
    }
    if (options().ioType() != DType.F32) {
      throw new UnsupportedSpecException(
          "session: expected a plan of F32, got one of " + options().ioType() + ": " + label());
    }
    new Checks(this).packed(weights);
    return new InferenceSession(this, weights);
  }

  /**
   * Packs weights once for many forward calls.
   *
   * @param params flat parameters in {@link #parameterLayout()}
   * @return owned, immutable weights
   */
  public PackedWeights pack(Tensor params) {
    Checks checks = new Checks(this);
    checks.parameters("params", params);
    Tensor[] tensors = checks.tensors();
    begin(tensors);
    try {
      return pack(params, storage(backend.memory().packed()));
    } finally {
      end(tensors);
    }
  }

  private PackedWeights pack(Tensor params, PlanStorage memory) {
    try {
      backend.pack(params, memory.tensor());
      return new PackedWeights(this, memory);
    } catch (RuntimeException e) {
      memory.close();
      throw e instanceof DeviceException ? ops.noteFailure((DeviceException) e) : e;
    }
  }

  /**
   * Validates a forward call once, for many runs.
   *
   * @param args its tensors
   * @param reserve where to keep what backward needs; null exactly if the plan is for inference
   * @return the bound call
   * @throws IllegalArgumentException if a shape, type or length is wrong or an output overlaps
   *     another tensor; nothing has been written then
   * @throws IllegalStateException if something is closed, or the reserve belongs to another plan
   */
  public Forward bindForward(ForwardArgs args, Reserve reserve) {
    requireOpen();
    Checks checks = new Checks(this);
    ForwardCall call = checks.forward(args, reserve, workspace.tensor());
    RunState state = new RunState(call.batch());
    state.lengths(args.lengths);
    state.mask(new PaddingChecks(this, call.steps(), call.batch()).timeMajor(args.mask));
    state.random(args.seed, args.stepOffset);
    BoundCall b = bind(() -> backend.bindForward(call), checks.tensors());
    Forward f = new Forward(this, b, call, checks.tensors(), reserve, state);
    bound.put(f, b);
    return f;
  }

  /**
   * Validates a backward call once, for many runs after forward runs into the same reserve.
   *
   * @param args its tensors
   * @param reserve filled by a forward call of this plan
   * @return the bound call
   * @throws IllegalArgumentException if a shape or type is wrong or differs from the forward
   *     call's, or an output overlaps another tensor; nothing has been written then
   * @throws IllegalStateException if something is closed, the plan is for inference, or the reserve
   *     is unfilled or belongs to another plan
   */
  public Backward bindBackward(BackwardArgs args, Reserve reserve) {
    requireOpen();
    Checks checks = new Checks(this);
    BackwardCall call = checks.backward(args, reserve, workspace.tensor());
    BoundCall b = bind(() -> backend.bindBackward(call), checks.tensors());
    Backward f = new Backward(this, b, checks.tensors(), reserve);
    bound.put(f, b);
    return f;
  }

  private BoundCall bind(Supplier<BoundCall> binder, Tensor[] tensors) {
    begin(tensors);
    try {
      return binder.get();
    } catch (DeviceException e) {
      throw ops.noteFailure(e);
    } finally {
      end(tensors);
    }
  }

  /**
   * Runs the layers over a sequence: {@link #bindForward} and one run.
   *
   * @param args its tensors
   * @param reserve where to keep what backward needs; null exactly if the plan is for inference
   * @throws IllegalArgumentException as {@link #bindForward}
   * @throws IllegalStateException as {@link #bindForward}
   * @throws DeviceException if the device reports an error; may surface only at synchronize
   */
  public void forward(ForwardArgs args, Reserve reserve) {
    try (Forward f = bindForward(args, reserve)) {
      f.run();
    }
  }

  /**
   * Runs an inference plan over a sequence.
   *
   * @param args its tensors
   */
  public void forward(ForwardArgs args) {
    forward(args, null);
  }

  /**
   * Back-propagates through time over the sequence last given to {@link #forward} with this
   * reserve: {@link #bindBackward} and one run.
   *
   * @param args its tensors
   * @param reserve filled by that forward call; it is not modified
   * @throws IllegalArgumentException as {@link #bindBackward}
   * @throws IllegalStateException as {@link #bindBackward}
   * @throws DeviceException if the device reports an error; may surface only at synchronize
   */
  public void backward(BackwardArgs args, Reserve reserve) {
    try (Backward b = bindBackward(args, reserve)) {
      b.run();
    }
  }

  /** Waits for the call in flight, then frees workspace and bound calls. Harmless when repeated. */
  @Override
  public void close() {
    if (!gate.close()) {
      return;
    }
    ops.release(this);
    synchronized (bound) {
      bound.values().forEach(BoundCall::close);
      bound.clear();
    }
    backend.close();
    workspace.close();
  }

  /**
   * Whether the plan is closed.
   *
   * @return true after close
   */
  public boolean isClosed() {
    return gate.isClosed();
  }

  /** Releases a bound call, once, after the call in flight; it must not run again. */
  void unbind(AutoCloseable key, BoundCall call) {
    if (!gate.enter()) {
      return; // the plan is closed, and has released it
    }
    try {
      if (bound.remove(key) != null) {
        call.close();
      }
    } finally {
      gate.exit();
    }
  }

  /** The bound call, between begin and end. */
  void requireBound(AutoCloseable key) {
    if (!bound.containsKey(key)) {
      throw new IllegalStateException(
          "run: expected an open bound call of " + label() + ", got a closed one; bind again");
    }
  }

  void requireOpen() {
    if (gate.isClosed()) {
      throw closedError();
    }
  }

  private IllegalStateException closedError() {
    return new IllegalStateException(
        "plan: expected an open plan, got closed " + label() + "; make a new one");
  }

  /** Enters exclusively and keeps every tensor of the call open until {@link #end(Tensor[])}. */
  void begin(Tensor[] tensors) {
    begin();
    Tensor closed = Held.hold(tensors);
    if (closed != null) {
      end();
      throw new IllegalStateException(
          "run: expected the tensors bound to "
              + label()
              + " to be open, got a closed one of shape "
              + closed.shape()
              + "; bind again with open tensors");
    }
  }

  void end(Tensor[] tensors) {
    Held.letGo(tensors);
    end();
  }

  void begin() {
    ops.enter();
    if (!gate.tryEnter()) {
      ops.exit();
      if (gate.isClosed()) {
        throw closedError();
      }
      throw new IllegalStateException(
          "plan: "
              + label()
              + " is in use by another thread; a plan serves one thread at a time, make one per"
              + " thread");
    }
  }

  void end() {
    gate.exit();
    ops.exit();
  }

  void exclusive(Runnable body) {
    begin();
    try {
      body.run();
    } finally {
      end();
    }
  }
}
