package org.recurrentops;

import org.recurrentops.spi.BoundCall;

/**
 * A backward call bound to its tensors and to a reserve: validated once, then run after each
 * forward run into that reserve with the same T and N. {@link #run} allocates nothing and copies
 * nothing, with the exception that {@link Forward} names.
 */
public final class Backward implements AutoCloseable {
  private final RecurrentPlan plan;
  private final BoundCall call;
  private final Tensor[] tensors;
  private final Reserve reserve;
  private final int steps;
  private final int batch;
  private final boolean index;
  private final boolean deviceLengths;
  private final boolean deviceMask;

  Backward(RecurrentPlan plan, BoundCall call, Tensor[] tensors, Reserve reserve) {
    this.plan = plan;
    this.call = call;
    this.tensors = tensors;
    this.reserve = reserve;
    this.steps = reserve.steps();
    this.batch = reserve.batch();
    this.index = reserve.indexInput();
    this.deviceLengths = reserve.deviceLengths();
    this.deviceMask = reserve.deviceMask();
  }

  /**
   * Enqueues the call.
   *
   * @throws IllegalStateException if this call, the plan, a tensor or the reserve is closed, the
   *     reserve was filled by a forward call of another shape since, or another thread uses the
   *     plan
   * @throws DeviceException if the device reports an error; may surface only at synchronize
   */
  public void run() {
    plan.begin(tensors);
    try {
      plan.requireBound(this);
      reserve.memory();
      if (!reserve.isFilled()
          || reserve.steps() != steps
          || reserve.batch() != batch
          || reserve.indexInput() != index
          || reserve.deviceLengths() != deviceLengths
          || reserve.deviceMask() != deviceMask) {
        throw new IllegalStateException(
            "reserve: expected one filled by a forward call with T="
                + steps
                + ", N="
                + batch
                + ", got "
                + (reserve.isFilled()
                    ? "T=" + reserve.steps() + ", N=" + reserve.batch()
                    : "an unfilled one")
                + "; bind backward again");
      }
      call.run(reserve.state());
    } catch (DeviceException e) {
      throw plan.ops().noteFailure(e);
    } finally {
      plan.end(tensors);
    }
  }

  /** Releases launch arguments after the run in flight; also done when the plan is closed. */
  @Override
  public void close() {
    plan.unbind(this, call);
  }
}
