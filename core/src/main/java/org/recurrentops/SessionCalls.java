package org.recurrentops;

/**
 * The forward calls that a session bound last, so that a loop over the same tensors binds once. The
 * state is both initial and final state of each.
 */
final class SessionCalls implements AutoCloseable {
  private static final int KEPT = 4;

  private record Key(Tensor x, Tensor y, boolean step) {
    /** By identity: another view needs another binding. */
    boolean is(Tensor otherX, Tensor otherY, boolean otherStep) {
      return x == otherX && y == otherY && step == otherStep;
    }
  }

  private final RecurrentPlan plan;
  private final PackedWeights weights;
  private final SessionRows rows;
  private final Key[] keys = new Key[KEPT];
  private final Forward[] calls = new Forward[KEPT];
  private int next;

  SessionCalls(RecurrentPlan plan, PackedWeights weights, SessionRows rows) {
    this.plan = plan;
    this.weights = weights;
    this.rows = rows;
  }

  Forward sequence(Tensor x, Tensor y) {
    Forward known = known(x, y, false);
    return known != null ? known : keep(x, y, false, bind(x, y));
  }

  Forward step(Tensor x, Tensor y) {
    Forward known = known(x, y, true);
    return known != null ? known : keep(x, y, true, bind(oneStep(x), oneStep(y)));
  }

  private Forward known(Tensor x, Tensor y, boolean step) {
    for (int i = 0; i < KEPT; i++) {
      if (keys[i] != null && keys[i].is(x, y, step)) {
        return calls[i];
      }
    }
    return null;
  }

  private Forward keep(Tensor x, Tensor y, boolean step, Forward call) {
    int slot = next;
    next = (next + 1) % KEPT;
    if (calls[slot] != null) {
      calls[slot].close();
    }
    keys[slot] = new Key(x, y, step);
    calls[slot] = call;
    return call;
  }

  private Tensor oneStep(Tensor t) {
    if (t == null) {
      return null;
    }
    boolean batchMajor = plan.options().layout() == SequenceLayout.BATCH_MAJOR;
    return t.expand(batchMajor ? 1 : 0);
  }

  private Forward bind(Tensor x, Tensor y) {
    boolean batchMajor = plan.options().layout() == SequenceLayout.BATCH_MAJOR;
    int n = x.rank() < 2 ? 0 : (int) x.dim(batchMajor ? 0 : 1);
    Tensor h = rows.h(n);
    Tensor c = rows.c(n);
    ForwardArgs args = ForwardArgs.of(weights, x, y).initialState(h, c).finalState(h, c);
    return plan.bindForward(args, null);
  }

  @Override
  public void close() {
    for (Forward call : calls) {
      if (call != null) {
        call.close();
      }
    }
  }
}
