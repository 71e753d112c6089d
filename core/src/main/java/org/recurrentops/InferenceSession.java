package org.recurrentops;

import java.util.Arrays;

/**
 * A sequence that is fed in pieces, with its state kept on the device between them: streaming, text
 * generation, beam search. Several sessions may share one inference plan and its packed weights;
 * all of them are used by one thread at a time, as the plan is.
 *
 * <p>T steps fed one by one give what one feed of T steps gives, within rounding. Everything is
 * enqueued on the plan's queue. Made by {@link RecurrentPlan#newSession}.
 */
public final class InferenceSession implements AutoCloseable {
  private final RecurrentPlan plan;
  private final PackedWeights weights;
  private final SessionRows rows;
  private final SessionCalls calls;
  private boolean closed;
  private int batch;

  InferenceSession(RecurrentPlan plan, PackedWeights weights) {
    this.plan = plan;
    this.weights = weights;
    this.rows = new SessionRows(plan);
    this.calls = new SessionCalls(plan, weights, rows);
  }

  /**
   * The plan it runs on.
   *
   * @return the plan
   */
  public RecurrentPlan plan() {
    return plan;
  }

  /**
   * Number of sequences now.
   *
   * @return N, 0 before {@link #start}
   */
  public int batch() {
    return batch;
  }

  /**
   * Begins N new sequences with states of zero; those fed so far are forgotten.
   *
   * @param n 0 ≤ N ≤ the plan's largest batch
   * @return this
   */
  public InferenceSession start(int n) {
    requireOpen();
    int max = plan.options().maxBatch();
    if (n < 0 || n > max) {
      throw new IllegalArgumentException(
          "start: expected 0 ≤ N ≤ " + max + " for " + plan.label() + ", got " + n);
    }
    rows.zero(0, n);
    batch = n;
    return this;
  }

  /**
   * Feeds T steps to every sequence. A call with the same tensors as one of the last few allocates
   * nothing.
   *
   * @param x [T,N,C] F32 or [T,N] I32, in the plan's layout; T ≤ the plan's largest T
   * @param y [T,N,H] output (P instead of H with a projection), or null
   */
  public void feed(Tensor x, Tensor y) {
    requireOpen();
    requireBatch("feed", x, plan.options().layout() == SequenceLayout.BATCH_MAJOR ? 0 : 1);
    calls.sequence(x, y).run();
  }

  /**
   * Feeds one step to every sequence. A call with the same tensors as one of the last few allocates
   * nothing.
   *
   * @param x [N,C] F32 or [N] I32
   * @param y [N,H] output (P instead of H with a projection), or null
   */
  public void step(Tensor x, Tensor y) {
    requireOpen();
    requireBatch("step", x, 0);
    calls.step(x, y).run();
  }

  private void requireBatch(String call, Tensor x, int axis) {
    if (x == null || x.rank() <= axis || x.dim(axis) != batch) {
      throw new IllegalArgumentException(
          call
              + ": x: expected N="
              + batch
              + " rows, as started, on axis "
              + axis
              + " for "
              + plan.label()
              + ", got "
              + x);
    }
  }

  /**
   * Sets the states of some sequences to zero, as for a new one; the others go on.
   *
   * @param which rows, each in [0, N)
   */
  public void resetRows(int... which) {
    requireOpen();
    requireRows("resetRows", which);
    for (int row : which) {
      rows.zero(row, row + 1);
    }
  }

  /**
   * Row i continues what row {@code from[i]} was; N becomes their number. For beam search: rows may
   * be dropped, repeated and reordered.
   *
   * @param from at most the plan's largest batch many rows, each in [0, N)
   */
  public void gatherRows(int... from) {
    requireOpen();
    int max = plan.options().maxBatch();
    if (from.length > max) {
      throw new IllegalArgumentException(
          "gatherRows: expected at most N=" + max + " rows, got " + from.length);
    }
    requireRows("gatherRows", from);
    rows.gather(batch, from);
    batch = from.length;
  }

  private void requireRows(String call, int[] which) {
    for (int i = 0; i < which.length; i++) {
      if (which[i] < 0 || which[i] >= batch) {
        throw new IllegalArgumentException(
            call + ": expected rows in [0, N=" + batch + "), got " + which[i] + " at " + i);
      }
    }
  }

  /**
   * Copies the states out.
   *
   * @param h [L,N,H] output (P instead of H with a projection), or null
   * @param c [L,N,H] output, LSTM only, or null
   */
  public void exportState(Tensor h, Tensor c) {
    requireOpen();
    rows.copyOut(batch, h, c);
  }

  /**
   * Continues from given states; N becomes theirs.
   *
   * @param h [L,N,H] (P instead of H with a projection)
   * @param c [L,N,H]; exactly for an LSTM, else null
   */
  public void importState(Tensor h, Tensor c) {
    requireOpen();
    batch = rows.copyIn(h, c);
  }

  /**
   * A copy of all states to come back to.
   *
   * @return an owned copy of the state of now
   */
  public Snapshot snapshot() {
    requireOpen();
    Snapshot s = new Snapshot(this, batch);
    try {
      rows.copyOut(batch, s.h, s.c);
      return s;
    } catch (RuntimeException e) {
      s.close();
      throw e;
    }
  }

  /**
   * Goes back to a snapshot, with its N; it stays valid.
   *
   * @param snapshot of this or another session of a plan with the same spec
   */
  public void restore(Snapshot snapshot) {
    requireOpen();
    if (!snapshot.spec.equals(plan.spec())) {
      throw new IllegalArgumentException(
          "restore: expected a snapshot of "
              + plan.spec().label()
              + ", got one of "
              + snapshot.spec.label());
    }
    batch = rows.copyIn(snapshot.h, snapshot.c);
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException(
          "session: expected an open one, got a closed one of " + plan.label());
    }
    plan.requireOpen();
    weights.memory();
  }

  /** Frees the states and bound calls; plan and weights stay. Harmless when repeated. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      calls.close();
      rows.close();
    }
  }

  /** The states of one moment. */
  public static final class Snapshot implements AutoCloseable {
    private final RnnSpec spec;
    private final Tensor h;
    private final Tensor c;

    private Snapshot(InferenceSession session, int n) {
      spec = session.plan.spec();
      RecurrentOps ops = session.plan.ops();
      h = ops.allocate(spec.stateCount(), n, spec.stateSize());
      c = spec.cell().hasCellState() ? cell(ops, n) : null;
    }

    private Tensor cell(RecurrentOps ops, int n) {
      try {
        return ops.allocate(spec.stateCount(), n, spec.hiddenSize());
      } catch (RuntimeException e) {
        h.close();
        throw e;
      }
    }

    /**
     * Number of sequences.
     *
     * @return N
     */
    public int batch() {
      return (int) h.dim(1);
    }

    /** Frees the copy. */
    @Override
    public void close() {
      h.close();
      if (c != null) {
        c.close();
      }
    }

    /** Names spec and N. */
    @Override
    public String toString() {
      return "snapshot of " + spec.label() + ", shape " + Arrays.toString(h.shape().dims());
    }
  }
}
