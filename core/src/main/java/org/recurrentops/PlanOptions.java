package org.recurrentops;

import java.util.Objects;

/**
 * How a spec is computed: the largest T and N, purpose, arithmetic, layout, algorithm and queue.
 * Immutable; each setter returns a changed copy.
 */
public final class PlanOptions {
  /** Value of {@link #algorithm()} that lets the backend choose. */
  public static final String AUTO = "auto";

  private int maxSteps;
  private int maxBatch;
  private boolean training;
  private MathMode mathMode = MathMode.FP32;
  private DType ioType = DType.F32;
  private DType parameterType = DType.F32;
  private SequenceLayout layout = SequenceLayout.TIME_MAJOR;
  private String algorithm = AUTO;
  private String tuning;
  private boolean deterministic;
  private int recompute;
  private ExecutionQueue queue;
  private WorkspaceAllocator allocator = WorkspaceAllocator.DEVICE;

  private PlanOptions() {}

  private static PlanOptions of(int maxSteps, int maxBatch, boolean training) {
    if (maxSteps < 0 || maxBatch < 0) {
      throw new IllegalArgumentException(
          "plan options: expected T ≥ 0 and N ≥ 0, got T=" + maxSteps + ", N=" + maxBatch);
    }
    PlanOptions o = new PlanOptions();
    o.maxSteps = maxSteps;
    o.maxBatch = maxBatch;
    o.training = training;
    return o;
  }

  /**
   * For forward and backward.
   *
   * @param maxSteps largest T of any call
   * @param maxBatch largest N of any call
   * @return the options
   */
  public static PlanOptions training(int maxSteps, int maxBatch) {
    return of(maxSteps, maxBatch, true);
  }

  /**
   * For forward only, without a {@link Reserve} and without dropout.
   *
   * @param maxSteps largest T of any call
   * @param maxBatch largest N of any call
   * @return the options
   */
  public static PlanOptions inference(int maxSteps, int maxBatch) {
    return of(maxSteps, maxBatch, false);
  }

  private PlanOptions copy() {
    PlanOptions o = of(maxSteps, maxBatch, training);
    o.mathMode = mathMode;
    o.ioType = ioType;
    o.parameterType = parameterType;
    o.layout = layout;
    o.algorithm = algorithm;
    o.tuning = tuning;
    o.deterministic = deterministic;
    o.recompute = recompute;
    o.queue = queue;
    o.allocator = allocator;
    return o;
  }

  /**
   * Sets the arithmetic of the matrix products.
   *
   * @param mode FP32 by default
   * @return a changed copy
   */
  public PlanOptions mathMode(MathMode mode) {
    PlanOptions o = copy();
    o.mathMode = Objects.requireNonNull(mode, "mathMode");
    return o;
  }

  /**
   * Computes in float64 throughout: every tensor but indices, lengths and masks is F64. For
   * gradient checks; the CPU backend does it in plain Java.
   *
   * @return a changed copy
   */
  public PlanOptions float64() {
    return ioType(DType.F64).parameterType(DType.F64);
  }

  /**
   * Sets the element type of x, y, states and their gradients.
   *
   * @param type F32 by default
   * @return a changed copy
   */
  public PlanOptions ioType(DType type) {
    PlanOptions o = copy();
    o.ioType = Objects.requireNonNull(type, "ioType");
    return o;
  }

  /**
   * Sets the element type of parameters and their gradients.
   *
   * @param type F32 by default
   * @return a changed copy
   */
  public PlanOptions parameterType(DType type) {
    PlanOptions o = copy();
    o.parameterType = Objects.requireNonNull(type, "parameterType");
    return o;
  }

  /**
   * Sets the order of the first two axes of sequence tensors.
   *
   * @param order time-major by default
   * @return a changed copy
   */
  public PlanOptions layout(SequenceLayout order) {
    PlanOptions o = copy();
    o.layout = Objects.requireNonNull(order, "layout");
    return o;
  }

  /**
   * Forces one of {@link RecurrentOps#algorithms()}.
   *
   * @param name the algorithm, or {@link #AUTO}
   * @return a changed copy
   */
  public PlanOptions algorithm(String name) {
    PlanOptions o = copy();
    o.algorithm = Objects.requireNonNull(name, "algorithm");
    return o;
  }

  /**
   * Hands back an earlier decision, so that nothing is measured again.
   *
   * @param decision what {@link RecurrentPlan#tuning()} returned, or null
   * @return a changed copy
   */
  public PlanOptions tuning(String decision) {
    PlanOptions o = copy();
    o.tuning = decision;
    return o;
  }

  /**
   * Lets a static model choose instead of a measurement, so that every run on one kind of device
   * takes the same algorithm.
   *
   * @param on false by default
   * @return a changed copy
   */
  public PlanOptions deterministic(boolean on) {
    PlanOptions o = copy();
    o.deterministic = on;
    return o;
  }

  /**
   * Trades arithmetic for memory: forward keeps the states before every k-th step only, and
   * backward computes k steps again at a time. A {@link Reserve} then holds ⌈T/k⌉ states of each
   * layer and direction and the inputs of inner layers; k steps of gates live in the workspace.
   * Gradients and dropout masks are those of a plan without it. Where directions are multiplied,
   * backward computes the second one twice, since the gradient of each reads the output of the
   * other.
   *
   * @param everySteps k ≥ 1, or 0 to keep everything (default)
   * @return a changed copy
   * @throws IllegalArgumentException if k is negative
   * @throws IllegalStateException for inference options, which keep nothing
   */
  public PlanOptions recompute(int everySteps) {
    if (everySteps < 0) {
      throw new IllegalArgumentException(
          "recompute: expected k ≥ 1 steps, or 0 to keep everything, got " + everySteps);
    }
    if (!training && everySteps > 0) {
      throw new IllegalStateException(
          "recompute: expected options made by PlanOptions.training, got inference options, which"
              + " keep nothing for backward");
    }
    PlanOptions o = copy();
    o.recompute = everySteps;
    return o;
  }

  /**
   * Sets the queue on which the plan's work is enqueued.
   *
   * @param q a queue of the same ops, or null for its default one
   * @return a changed copy
   */
  public PlanOptions queue(ExecutionQueue q) {
    PlanOptions o = copy();
    o.queue = q;
    return o;
  }

  /**
   * Sets where workspace, reserves and packed weights come from.
   *
   * @param source the caller's allocator; {@link WorkspaceAllocator#DEVICE} by default
   * @return a changed copy
   */
  public PlanOptions allocator(WorkspaceAllocator source) {
    PlanOptions o = copy();
    o.allocator = Objects.requireNonNull(source, "allocator");
    return o;
  }

  /**
   * Largest T.
   *
   * @return timesteps
   */
  public int maxSteps() {
    return maxSteps;
  }

  /**
   * Largest N.
   *
   * @return batch rows
   */
  public int maxBatch() {
    return maxBatch;
  }

  /**
   * Whether backward is possible.
   *
   * @return true for {@link #training(int, int)}
   */
  public boolean isTraining() {
    return training;
  }

  /**
   * Arithmetic of the matrix products.
   *
   * @return the mode
   */
  public MathMode mathMode() {
    return mathMode;
  }

  /**
   * Element type of x, y and states.
   *
   * @return the type
   */
  public DType ioType() {
    return ioType;
  }

  /**
   * Element type of parameters.
   *
   * @return the type
   */
  public DType parameterType() {
    return parameterType;
  }

  /**
   * Element type of workspace, reserves and packed weights.
   *
   * @return F64 if parameters are F64, else F32
   */
  public DType memoryType() {
    return parameterType == DType.F64 ? DType.F64 : DType.F32;
  }

  /**
   * Order of the first two axes.
   *
   * @return the layout
   */
  public SequenceLayout layout() {
    return layout;
  }

  /**
   * Forced algorithm.
   *
   * @return its name, or {@link #AUTO}
   */
  public String algorithm() {
    return algorithm;
  }

  /**
   * Earlier decision.
   *
   * @return the string, or null
   */
  public String tuning() {
    return tuning;
  }

  /**
   * Whether a static model chooses.
   *
   * @return the flag
   */
  public boolean isDeterministic() {
    return deterministic;
  }

  /**
   * Steps between the states that forward keeps.
   *
   * @return k, or 0 if everything is kept
   */
  public int recompute() {
    return recompute;
  }

  /**
   * Where scratch comes from.
   *
   * @return the allocator
   */
  public WorkspaceAllocator allocator() {
    return allocator;
  }

  /**
   * Queue asked for.
   *
   * @return the queue, or null for the default one
   */
  public ExecutionQueue queue() {
    return queue;
  }
}
