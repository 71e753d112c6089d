package org.recurrentops;

/**
 * Weights in the form that a plan reads fastest, packed once and immutable; later changes of the
 * parameters do not reach it. May be shared by all calls of its plan.
 */
public final class PackedWeights implements AutoCloseable {
  private final RecurrentPlan plan;
  private final PlanStorage memory;

  PackedWeights(RecurrentPlan plan, PlanStorage memory) {
    this.plan = plan;
    this.memory = memory;
  }

  /**
   * The plan that packed it.
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

  /** The memory, while it is open. */
  Tensor memory() {
    if (memory.isReleased()) {
      throw new IllegalStateException(
          "weights: expected open ones, got closed ones of " + plan.label());
    }
    return memory.tensor();
  }

  /** Frees its memory. */
  @Override
  public void close() {
    memory.close();
  }
}
