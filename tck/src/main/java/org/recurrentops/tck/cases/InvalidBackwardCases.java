package org.recurrentops.tck.cases;

import java.util.ArrayList;
import java.util.List;
import org.recurrentops.Backward;
import org.recurrentops.BackwardArgs;
import org.recurrentops.ForwardArgs;
import org.recurrentops.PlanOptions;
import org.recurrentops.RecurrentPlan;
import org.recurrentops.Reserve;
import org.recurrentops.RnnSpec;
import org.recurrentops.Tensor;
import org.recurrentops.tck.ConformanceCase;

/** Wrong backward calls: the documented exception, a message that helps, nothing written. */
final class InvalidBackwardCases {
  private static final String GROUP = "invalid-backward";
  private static final int T = InvalidCall.T;
  private static final int N = InvalidCall.N;
  private static final int C = InvalidCall.C;
  private static final int H = InvalidCall.H;

  private InvalidBackwardCases() {}

  static List<ConformanceCase> all() {
    List<ConformanceCase> cases = new ArrayList<>();
    arguments(cases);
    overlaps(cases);
    reserves(cases);
    return cases;
  }

  /** Makes wrong arguments out of right ones. */
  private interface Wrong {
    BackwardArgs args(InvalidCall c);
  }

  /** Forward first, so that only the backward call is wrong. */
  private static void bad(
      List<ConformanceCase> cases, String name, Wrong wrong, String... messageParts) {
    cases.add(
        InvalidCall.of(
            GROUP,
            name,
            c -> {
              fill(c);
              c.refuses(() -> c.plan.backward(wrong.args(c), c.reserve), messageParts);
            }));
  }

  private static void fill(InvalidCall c) {
    ForwardArgs args = ForwardArgs.of(c.call.params.view(), c.call.x.view(), null);
    c.plan.forward(args, c.reserve);
  }

  private static BackwardArgs right(InvalidCall c) {
    return BackwardArgs.of(
        c.call.params.view(),
        c.call.x.view(),
        c.call.dy.view(),
        c.call.dx.view(),
        c.call.dParams.view());
  }

  private static BackwardArgs args(InvalidCall c, Tensor x, Tensor dy, Tensor dx, Tensor dParams) {
    return BackwardArgs.of(c.call.params.view(), x, dy, dx, dParams);
  }

  private static void arguments(List<ConformanceCase> cases) {
    bad(cases, "x null", c -> args(c, null, c.call.dy.view(), null, null), "x", "got null");
    bad(
        cases,
        "x of another T",
        c -> args(c, c.call.x.view().slice(0, 0, T - 1), null, null, null),
        "x",
        "T=4",
        "got");
    bad(
        cases,
        "x is indices, forward's was not",
        c -> args(c, c.ints(T, N), null, null, null),
        "x",
        "expected",
        "got");
    bad(
        cases,
        "params null",
        c -> BackwardArgs.of(null, c.call.x.view(), c.call.dy.view(), null, null),
        "params",
        "got null");
    bad(
        cases,
        "dy too short",
        c -> args(c, c.call.x.view(), c.floats(T - 1, N, H), null, null),
        "dy",
        "T=4",
        "got");
    bad(
        cases,
        "dx too wide",
        c -> args(c, c.call.x.view(), null, c.floats(T, N, C + 2), null),
        "dx",
        "expected",
        "got");
    bad(
        cases,
        "dParams too long",
        c -> args(c, c.call.x.view(), null, null, c.floats(c.parameters() + 1)),
        "dParams",
        "expected",
        "got");
    bad(
        cases,
        "dhN of another shape",
        c -> right(c).finalStateGradient(c.floats(2, N, H + 1), null),
        "dhN",
        "expected",
        "got");
    bad(
        cases,
        "dc0 without layers",
        c -> right(c).initialStateGradient(null, c.floats(1, N, H)),
        "dc0",
        "L·D=2",
        "got");
    bad(
        cases,
        "dy of int32",
        c -> args(c, c.call.x.view(), c.ints(T, N, H), null, null),
        "dy",
        "F32");
    bad(
        cases,
        "dcSequence without time",
        c -> right(c).cellSequenceGradient(c.floats(2, N, H)),
        "dcSequence",
        "[L·D=2, T=4, N=3, 7]",
        "got");
    bad(
        cases,
        "dhSequence too wide",
        c -> right(c).hiddenGradientSequence(c.floats(2, T, N, H + 1)),
        "dhSequence",
        "expected",
        "got");
    cases.add(
        InvalidCall.of(
            GROUP,
            "dcSequence for a gru",
            RnnSpec.gru(C, H).layers(2).build(),
            c -> {
              fill(c);
              BackwardArgs wrong = right(c).cellSequenceGradient(c.floats(2, T, N, H));
              c.refuses(() -> c.plan.backward(wrong, c.reserve), "dcSequence", "no cell state");
            }));
    cases.add(
        InvalidCall.of(
            GROUP,
            "dcN for a gru",
            RnnSpec.gru(C, H).layers(2).build(),
            c -> {
              fill(c);
              BackwardArgs wrong = right(c).finalStateGradient(null, c.floats(2, N, H));
              c.refuses(() -> c.plan.backward(wrong, c.reserve), "dcN", "gru");
            }));
    cases.add(
        InvalidCall.of(
            GROUP,
            "dx for index input",
            c -> {
              Tensor x = c.ints(T, N);
              x.upload(new int[T * N]);
              c.plan.forward(ForwardArgs.of(c.call.params.view(), x, null), c.reserve);
              BackwardArgs wrong = args(c, x, c.call.dy.view(), c.call.dx.view(), null);
              c.refuses(() -> c.plan.backward(wrong, c.reserve), "dx", "index");
            }));
  }

  private static void overlaps(List<ConformanceCase> cases) {
    bad(
        cases,
        "dx is x",
        c -> args(c, c.call.x.view(), c.call.dy.view(), c.call.x.view(), null),
        "dx",
        "overlaps",
        "x");
    bad(
        cases,
        "dParams is params",
        c -> args(c, c.call.x.view(), null, null, c.call.params.view()),
        "dParams",
        "overlaps",
        "params");
    bad(
        cases,
        "dh0 is dhN",
        c -> {
          Tensor state = c.floats(2, N, H);
          return right(c).finalStateGradient(state, null).initialStateGradient(state, null);
        },
        "dh0",
        "overlaps",
        "dhN");
    bad(
        cases,
        "dhSequence is dcSequence",
        c -> {
          Tensor all = c.floats(2, T, N, H);
          return right(c).cellSequenceGradient(all).hiddenGradientSequence(all);
        },
        "dhSequence",
        "overlaps",
        "dcSequence");
    bad(
        cases,
        "dh0 and dc0 are one",
        c -> {
          Tensor state = c.floats(2, N, H);
          return right(c).initialStateGradient(state, state);
        },
        "overlaps");
  }

  private static void reserves(List<ConformanceCase> cases) {
    add(
        cases,
        "before forward",
        c -> c.refusesState(() -> c.plan.backward(right(c), c.reserve), "reserve", "unfilled"));
    add(
        cases,
        "reserve null",
        c -> c.refuses(() -> c.plan.backward(right(c), null), "reserve", "got null"));
    add(
        cases,
        "reserve of another plan",
        c -> {
          try (RecurrentPlan other = c.newPlan();
              Reserve foreign = other.newReserve()) {
            fill(c);
            c.refusesState(() -> c.plan.backward(right(c), foreign), "reserve", "another plan");
          }
        });
    add(
        cases,
        "closed reserve",
        c -> {
          Reserve closed = c.plan.newReserve();
          c.plan.forward(c.right().finalState(null, null), closed);
          c.call.y.setNaN();
          closed.close();
          c.refusesState(() -> c.plan.backward(right(c), closed), "reserve", "closed");
        });
    add(cases, "on an inference plan", InvalidBackwardCases::inference);
    add(cases, "bound, then forward of another size", InvalidBackwardCases::otherSize);
  }

  private static void add(List<ConformanceCase> cases, String name, InvalidCall.Body body) {
    cases.add(InvalidCall.of(GROUP, name, body));
  }

  private static void inference(InvalidCall c) {
    try (RecurrentPlan plan = c.context.plan(c.plan.spec(), PlanOptions.inference(T, N))) {
      c.refusesState(plan::newReserve, "reserve", "inference", "training");
      c.refusesState(() -> plan.backward(right(c), c.reserve), "backward", "inference");
      c.refuses(() -> plan.forward(c.right(), c.reserve), "reserve", "expected null");
    }
  }

  private static void otherSize(InvalidCall c) {
    fill(c);
    try (Backward bound = c.plan.bindBackward(right(c), c.reserve)) {
      Tensor shorter = c.call.x.view().slice(0, 0, T - 1);
      c.plan.forward(ForwardArgs.of(c.call.params.view(), shorter, null), c.reserve);
      c.refusesState(bound::run, "reserve", "T=4", "T=3", "bind backward again");
    }
  }
}
