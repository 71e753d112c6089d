package org.recurrentops.tck.broken;

import org.recurrentops.RnnSpec;
import org.recurrentops.Tensor;
import org.recurrentops.spi.BackendDevice;
import org.recurrentops.spi.BackendPlan;
import org.recurrentops.spi.BackendQueue;
import org.recurrentops.spi.BackwardCall;
import org.recurrentops.spi.BoundCall;
import org.recurrentops.spi.ForwardCall;
import org.recurrentops.spi.PlanMemory;
import org.recurrentops.spi.PlanRequest;
import org.recurrentops.spi.RunState;

/** A right plan whose calls pass through the tampering. */
final class BrokenPlan implements BackendPlan {
  private final BackendPlan right;
  private final Tampering tampering;
  private final PlanRequest asked;
  private final BackendDevice device;
  private final BackendQueue queue;

  BrokenPlan(
      BackendPlan right,
      Tampering tampering,
      PlanRequest asked,
      BackendDevice device,
      BackendQueue queue) {
    this.right = right;
    this.tampering = tampering;
    this.asked = asked;
    this.device = device;
    this.queue = queue;
  }

  private Edits edits() {
    return new Edits(device, queue);
  }

  @Override
  public PlanMemory memory() {
    return right.memory();
  }

  @Override
  public String algorithm() {
    return tampering.algorithm(asked, right.algorithm());
  }

  @Override
  public String describe() {
    return right.describe();
  }

  @Override
  public String tuning() {
    return right.tuning();
  }

  @Override
  public BoundCall bindForward(ForwardCall call) {
    RnnSpec spec = asked.spec();
    return new BrokenCall(right.bindForward(tampering.bindForward(call, spec)), call, null);
  }

  @Override
  public BoundCall bindBackward(BackwardCall call) {
    RnnSpec spec = asked.spec();
    return new BrokenCall(right.bindBackward(tampering.bindBackward(call, spec)), null, call);
  }

  @Override
  public void pack(Tensor params, Tensor packed) {
    Edits edits = edits();
    tampering.beforePack(params, asked.spec(), edits);
    right.pack(params, packed);
    edits.undo();
    tampering.afterPack(params, packed, edits);
  }

  @Override
  public void close() {
    right.close();
    tampering.planClosed();
  }

  private final class BrokenCall implements BoundCall {
    private final BoundCall call;
    private final ForwardCall forward;
    private final BackwardCall backward;

    BrokenCall(BoundCall call, ForwardCall forward, BackwardCall backward) {
      this.call = call;
      this.forward = forward;
      this.backward = backward;
    }

    @Override
    public void run(RunState state) {
      RunState copy = new RunState(forward != null ? forward.batch() : backward.batch());
      copy.copyFrom(state);
      Edits edits = edits();
      Run run = new Run(asked.spec(), asked.parameters(), forward, backward, copy, edits);
      try {
        tampering.before(run);
        if (!tampering.skips(run)) {
          call.run(copy);
        }
      } finally {
        edits.undo();
      }
      tampering.after(run);
    }

    @Override
    public void close() {
      call.close();
    }
  }
}
