package org.recurrentops;

import org.recurrentops.spi.BoundCall;
import org.recurrentops.spi.ForwardCall;
import org.recurrentops.spi.RunState;

/**
 * A forward call bound to its tensors: validated once, then run as often as their contents change.
 * {@link #run} allocates nothing and copies nothing, with one exception: a GPU backend prepares the
 * work that leaves out padding in the first run whose lengths are worth it.
 */
public final class Forward implements AutoCloseable {
  private final RecurrentPlan plan;
  private final BoundCall call;
  private final Tensor[] tensors;
  private final int steps;
  private final int batch;
  private final boolean index;
  private final boolean deviceLengths;
  private final boolean deviceMask;
  private final Reserve reserve;
  private final RunState state;

  Forward(
      RecurrentPlan plan,
      BoundCall call,
      ForwardCall resolved,
      Tensor[] tensors,
      Reserve reserve,
      RunState state) {
    this.plan = plan;
    this.call = call;
    this.tensors = tensors;
    this.steps = resolved.steps();
    this.batch = resolved.batch();
    this.index = resolved.x().dtype() == DType.I32;
    this.deviceLengths = resolved.deviceLengths() != null;
    this.deviceMask = resolved.deviceMask() != null;
    this.reserve = reserve;
    this.state = state;
  }

  /**
   * Changes the lengths of later runs, which then have no mask.
   *
   * @param perRow N values in 0 … T, copied; null for all T
   * @return this
   * @throws IllegalArgumentException if their number or one of them is out of range
   * @throws IllegalStateException if the call was bound to lengths or a mask in device memory
   */
  public Forward lengths(int... perRow) {
    requireHost("lengths");
    PaddingChecks.lengths(perRow, steps, batch);
    plan.exclusive(() -> state.lengths(perRow));
    return this;
  }

  /**
   * Changes the mask of later runs, which then have no lengths.
   *
   * @param valid T·N values as for {@link ForwardArgs#mask(byte...)}, copied
   * @return this
   * @throws IllegalArgumentException if their number is wrong, or a row has a gap under {@link
   *     MaskingContract#FREEZE_FILL}
   * @throws IllegalStateException if the call was bound to lengths or a mask in device memory
   */
  public Forward mask(byte... valid) {
    requireHost("mask");
    byte[] mask = new PaddingChecks(plan, steps, batch).timeMajor(valid);
    plan.exclusive(() -> state.mask(mask));
    return this;
  }

  private void requireHost(String what) {
    if (deviceLengths || deviceMask) {
      throw new IllegalStateException(
          what + ": bound to a device tensor; write into that tensor, or bind again");
    }
  }

  /**
   * Changes the random counters of later runs.
   *
   * @param key Philox key
   * @param stepOffset step number of t = 0
   * @return this
   */
  public Forward random(long key, long stepOffset) {
    plan.exclusive(() -> state.random(key, stepOffset));
    return this;
  }

  /**
   * Enqueues the call.
   *
   * @throws IllegalStateException if this call, the plan, a tensor or the reserve is closed, or
   *     another thread uses the plan
   * @throws DeviceException if the device reports an error; may surface only at synchronize
   */
  public void run() {
    plan.begin(tensors);
    try {
      plan.requireBound(this);
      if (reserve != null) {
        reserve.memory();
        reserve.beginFill();
      }
      call.run(state);
      if (reserve != null) {
        reserve.fill(steps, batch, index, deviceLengths, deviceMask, state);
      }
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
