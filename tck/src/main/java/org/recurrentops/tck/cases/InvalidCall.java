package org.recurrentops.tck.cases;

import java.util.ArrayList;
import java.util.List;
import org.recurrentops.DType;
import org.recurrentops.ForwardArgs;
import org.recurrentops.RecurrentOps;
import org.recurrentops.RecurrentPlan;
import org.recurrentops.Reserve;
import org.recurrentops.RnnSpec;
import org.recurrentops.Tensor;
import org.recurrentops.tck.ConformanceCase;
import org.recurrentops.tck.ConformanceContext;

/**
 * A right call, ready to be spoilt: a two-layer plan with its tensors, all outputs NaN. After each
 * refusal nothing may have been written, and after the case the right call must still work.
 */
final class InvalidCall implements AutoCloseable {
  static final int T = 4;
  static final int N = 3;
  static final int C = 5;
  static final int H = 7;

  final ConformanceContext context;
  final RecurrentPlan plan;
  final Reserve reserve;
  final DeviceCall call;
  private final Trial trial;
  private final List<AutoCloseable> extra = new ArrayList<>();

  /** What a case does with it. */
  interface Body {
    void run(InvalidCall call) throws Exception;
  }

  private InvalidCall(ConformanceContext context, RnnSpec spec) {
    this.context = context;
    trial = Trial.of(spec, T, N).seed(context.seed());
    plan = context.plan(spec, trial.options());
    reserve = plan.newReserve();
    call = new DeviceCall(context, plan, reserve, trial);
    call.upload();
  }

  static ConformanceCase of(String group, String name, Body body) {
    return of(group, name, RnnSpec.lstm(C, H).layers(2).build(), body);
  }

  static ConformanceCase of(String group, String name, RnnSpec spec, Body body) {
    return ConformanceCase.ofPlan(
        group,
        name,
        context -> {
          try (InvalidCall call = new InvalidCall(context, spec)) {
            body.run(call);
            call.worksStill();
          }
        });
  }

  private void worksStill() {
    call.upload();
    call.forward();
    call.backward();
    call.checkForward();
    call.checkBackward();
  }

  RecurrentPlan newPlan() {
    return context.plan(plan.spec(), trial.options());
  }

  ForwardArgs right() {
    return ForwardArgs.of(call.params.view(), call.x.view(), call.y.view());
  }

  int parameters() {
    return (int) plan.parameterLayout().elements();
  }

  private <V extends AutoCloseable> V keep(V resource) {
    extra.add(resource);
    return resource;
  }

  /** A tensor filled with NaN. */
  Tensor floats(long... dims) {
    Tensor t = keep(context.ops().allocate(DType.F32, dims));
    float[] values = new float[(int) t.shape().elements()];
    java.util.Arrays.fill(values, Float.NaN);
    t.upload(values);
    return t;
  }

  Tensor ints(long... dims) {
    return keep(context.ops().allocate(DType.I32, dims));
  }

  Tensor bytes(long... dims) {
    return keep(context.ops().allocate(DType.U8, dims));
  }

  /**
   * Rank 1 with stride 2, as far as the API lets one make it: a column of a matrix, or a matrix.
   */
  Tensor strided(long count) {
    return floats(count, 2).slice(1, 0, 1);
  }

  /** A tensor of another ops. */
  Tensor foreign(long... dims) {
    RecurrentOps other = keep(context.openAnother());
    return other.allocate(DType.F32, dims);
  }

  /** Expects IllegalArgumentException, and that nothing was written. */
  void refuses(Runnable wrong, String... messageParts) {
    refuses(IllegalArgumentException.class, wrong, messageParts);
  }

  /** Expects IllegalStateException, and that nothing was written. */
  void refusesState(Runnable wrong, String... messageParts) {
    refuses(IllegalStateException.class, wrong, messageParts);
  }

  private void refuses(
      Class<? extends RuntimeException> type, Runnable wrong, String... messageParts) {
    Expect.refusal("wrong call", type, wrong, messageParts);
    context.ops().synchronize();
    for (GuardedTensor out :
        new GuardedTensor[] {call.y, call.hN, call.cN, call.dx, call.dParams, call.dh0, call.dc0}) {
      if (out != null) {
        Expect.allNaN("output of a refused call", out.get());
      }
    }
  }

  @Override
  public void close() throws Exception {
    for (AutoCloseable e : extra) {
      e.close();
    }
    call.close();
    reserve.close();
    plan.close();
  }
}
