package org.recurrentops;

import org.recurrentops.spi.RunState;

/**
 * What one forward call keeps for its backward call: activations, states, lengths or mask, seed.
 * Several may be in flight for one plan; each remembers the T, N and lengths of its own call.
 * Backward does not change it and may run twice.
 */
public final class Reserve implements AutoCloseable {
  private final RecurrentPlan plan;
  private final PlanStorage memory;
  private RunState state = new RunState(0);
  private boolean filled;
  private int steps;
  private int batch;
  private boolean indexInput;
  private boolean deviceLengths;
  private boolean deviceMask;

  Reserve(RecurrentPlan plan, PlanStorage memory) {
    this.plan = plan;
    this.memory = memory;
  }

  /**
   * The plan it belongs to.
   *
   * @return the plan
   */
  public RecurrentPlan plan() {
    return plan;
  }

  /**
   * Its size.
   *
   * @return bytes of device memory
   */
  public long bytes() {
    return memory.tensor().shape().elements() * memory.tensor().dtype().bytes();
  }

  /**
   * Whether a forward call has filled it.
   *
   * @return true after forward
   */
  public boolean isFilled() {
    return filled;
  }

  /** The memory, while it is open. */
  Tensor memory() {
    if (memory.isReleased()) {
      throw new IllegalStateException(
          "reserve: expected an open one, got a closed one of " + plan.label());
    }
    return memory.tensor();
  }

  /** Called just before the backend fills the memory; a failed forward leaves it unfilled. */
  void beginFill() {
    filled = false;
  }

  void fill(
      int t, int n, boolean index, boolean lengthsOnDevice, boolean maskOnDevice, RunState run) {
    steps = t;
    batch = n;
    indexInput = index;
    deviceLengths = lengthsOnDevice;
    deviceMask = maskOnDevice;
    state.copyFrom(run);
    filled = true;
  }

  int steps() {
    return steps;
  }

  int batch() {
    return batch;
  }

  boolean indexInput() {
    return indexInput;
  }

  boolean deviceLengths() {
    return deviceLengths;
  }

  boolean deviceMask() {
    return deviceMask;
  }

  RunState state() {
    return state;
  }

  /** Frees its memory. */
  @Override
  public void close() {
    memory.close();
  }
}
