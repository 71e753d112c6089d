package org.recurrentops;

/**
 * Weights in the form that a plan reads fastest, packed once and immutable; later changes of the
 * parameters do not reach it. May be shared by all calls of its plan.
 */
public final class PackedWeights implements AutoCloseable {
  private final RecurrentPlan plan;
  private final Tensor memory;

  PackedWeights(RecurrentPlan plan, Tensor memory) {
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
    return memory.shape().elements() * memory.dtype().bytes();
  }

  Tensor memory() {
    return memory;
  }

  /** Frees its memory. */
  @Override
  public void close() {
    memory.close();
  }
}
