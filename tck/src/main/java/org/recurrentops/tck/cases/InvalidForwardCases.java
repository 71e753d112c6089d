package org.recurrentops.tck.cases;

import java.util.ArrayList;
import java.util.List;
import org.recurrentops.DType;
import org.recurrentops.ForwardArgs;
import org.recurrentops.PackedWeights;
import org.recurrentops.RecurrentPlan;
import org.recurrentops.Reserve;
import org.recurrentops.RnnSpec;
import org.recurrentops.Tensor;
import org.recurrentops.tck.ConformanceCase;

/** Wrong forward calls: the documented exception, a message that helps, nothing written. */
final class InvalidForwardCases {
  private static final int T = InvalidCall.T;
  private static final int N = InvalidCall.N;
  private static final int C = InvalidCall.C;
  private static final int H = InvalidCall.H;
  private static final int[] FULL = null;

  private InvalidForwardCases() {}

  static List<ConformanceCase> all() {
    List<ConformanceCase> cases = new ArrayList<>();
    inputs(cases);
    parameters(cases);
    outputs(cases);
    states(cases);
    lengths(cases);
    masks(cases);
    cellSequences(cases);
    overlaps(cases);
    reserves(cases);
    return cases;
  }

  /** Makes wrong arguments out of right ones. */
  private interface Wrong {
    ForwardArgs args(InvalidCall c);
  }

  private static void bad(
      List<ConformanceCase> cases, String name, Wrong wrong, String... messageParts) {
    cases.add(
        InvalidCall.of(
            "invalid-forward",
            name,
            c -> c.refuses(() -> c.plan.forward(wrong.args(c), c.reserve), messageParts)));
  }

  private static ForwardArgs withX(InvalidCall c, Tensor x) {
    return ForwardArgs.of(c.call.params.view(), x, c.call.y.view());
  }

  private static void inputs(List<ConformanceCase> cases) {
    bad(cases, "x null", c -> withX(c, null), "x", "expected", "got null");
    bad(cases, "x rank 2", c -> withX(c, c.floats(T * N, C)), "x", "T≤4", "N≤3", "C=5", "got");
    bad(cases, "x too wide", c -> withX(c, c.floats(T, N, C + 1)), "x", "C=5", "got");
    bad(cases, "x too long", c -> withX(c, c.floats(T + 1, N, C)), "x", "T≤4", "got", "5");
    bad(cases, "x too many rows", c -> withX(c, c.floats(T, N + 1, C)), "x", "N≤3", "got");
    bad(cases, "x of int32, rank 3", c -> withX(c, c.ints(T, N, C)), "x", "expected", "got");
    bad(
        cases,
        "x of another ops",
        c -> withX(c, c.foreign(T, N, C)),
        "x",
        "expected",
        "another",
        "ops");
  }

  private static void parameters(List<ConformanceCase> cases) {
    bad(cases, "params null", c -> params(c, null), "params", "expected", "got null");
    bad(cases, "params too short", c -> params(c, c.floats(c.parameters() - 1)), "params", "got");
    bad(cases, "params rank 2", c -> params(c, c.floats(1, c.parameters())), "params", "got");
    bad(cases, "params of int32", c -> params(c, c.ints(c.parameters())), "params", "F32", "got");
    bad(cases, "params strided", c -> params(c, c.strided(c.parameters())), "params", "expected");
  }

  private static ForwardArgs params(InvalidCall c, Tensor params) {
    return ForwardArgs.of(params, c.call.x.view(), c.call.y.view());
  }

  private static ForwardArgs withY(InvalidCall c, Tensor y) {
    return ForwardArgs.of(c.call.params.view(), c.call.x.view(), y);
  }

  private static void outputs(List<ConformanceCase> cases) {
    bad(cases, "y too short", c -> withY(c, c.floats(T - 1, N, H)), "y", "T=4", "got");
    bad(cases, "y too wide", c -> withY(c, c.floats(T, N, 2 * H)), "y", "expected", "got");
    bad(cases, "y batch-major", c -> withY(c, c.floats(N, T, H)), "y", "expected", "got");
    bad(cases, "y rank 2", c -> withY(c, c.floats(T * N, H)), "y", "expected", "got");
    bad(cases, "y of int32", c -> withY(c, c.ints(T, N, H)), "y", "F32", "got");
    bad(cases, "y of another ops", c -> withY(c, c.foreign(T, N, H)), "y", "another");
  }

  private static void states(List<ConformanceCase> cases) {
    bad(
        cases,
        "h0 without layers",
        c -> c.right().initialState(c.floats(1, N, H), null),
        "h0",
        "L·D=2",
        "got");
    bad(
        cases,
        "c0 for another batch",
        c -> c.right().initialState(null, c.floats(2, N - 1, H)),
        "c0",
        "N=3",
        "got");
    bad(
        cases,
        "hN too narrow",
        c -> c.right().finalState(c.floats(2, N, H - 1), null),
        "hN",
        "expected",
        "got");
    bad(
        cases,
        "cN rank 2",
        c -> c.right().finalState(null, c.floats(2 * N, H)),
        "cN",
        "expected",
        "got");
    RnnSpec gru = RnnSpec.gru(C, H).layers(2).build();
    cases.add(
        InvalidCall.of(
            "invalid-forward",
            "c0 for a gru",
            gru,
            c ->
                c.refuses(
                    () ->
                        c.plan.forward(c.right().initialState(null, c.floats(2, N, H)), c.reserve),
                    "c0",
                    "gru",
                    "no cell state")));
    cases.add(
        InvalidCall.of(
            "invalid-forward",
            "cN for a gru",
            gru,
            c ->
                c.refuses(
                    () -> c.plan.forward(c.right().finalState(null, c.floats(2, N, H)), c.reserve),
                    "cN",
                    "gru")));
  }

  private static void lengths(List<ConformanceCase> cases) {
    bad(cases, "too few lengths", c -> c.right().lengths(1, 2), "lengths", "N=3", "got 2");
    bad(cases, "too many lengths", c -> c.right().lengths(1, 2, 3, 4), "lengths", "got 4");
    bad(cases, "negative length", c -> c.right().lengths(1, -1, 2), "lengths", "got -1", "row 1");
    bad(cases, "length past T", c -> c.right().lengths(1, 2, 5), "lengths", "T=4", "got 5");
    bad(
        cases,
        "device lengths of float32",
        c -> c.right().lengths(c.floats(N)),
        "lengths",
        "I32",
        "got");
    bad(cases, "device lengths too few", c -> c.right().lengths(c.ints(N - 1)), "lengths", "got");
    cases.add(
        InvalidCall.of(
            "invalid-forward",
            "wrong lengths for a bound call",
            c -> {
              try (var bound = c.plan.bindForward(c.right().lengths(FULL), c.reserve)) {
                c.refuses(() -> bound.lengths(1, 2), "lengths", "N=3", "got 2");
                c.refuses(() -> bound.lengths(1, 2, -3), "lengths", "got -3");
              }
            }));
  }

  private static void masks(List<ConformanceCase> cases) {
    byte[] valid = new byte[T * N];
    java.util.Arrays.fill(valid, (byte) 1);
    byte[] gap = valid.clone();
    gap[N + 2] = 0;
    bad(cases, "mask too short", c -> c.right().mask(new byte[T]), "mask", "T·N=4·3", "got 4");
    bad(
        cases,
        "mask with a gap",
        c -> c.right().mask(gap),
        "mask",
        "without a gap",
        "FREEZE_FILL",
        "t=1",
        "row 2",
        "CARRY");
    bad(
        cases,
        "mask and lengths",
        c -> c.right().mask(valid).lengths(1, 2, 3),
        "mask",
        "lengths",
        "got both");
    bad(
        cases,
        "mask and device lengths",
        c -> c.right().mask(valid).lengths(c.ints(N)),
        "mask",
        "got both");
    bad(cases, "device mask of int32", c -> c.right().mask(c.ints(T, N)), "mask", "U8", "got");
    bad(
        cases,
        "device mask batch-major",
        c -> c.right().mask(c.bytes(N, T)),
        "mask",
        "[T=4, N=3]",
        "got");
    cases.add(
        InvalidCall.of(
            "invalid-forward",
            "wrong mask for a bound call",
            c -> {
              try (var bound = c.plan.bindForward(c.right().lengths(FULL), c.reserve)) {
                c.refuses(() -> bound.mask(new byte[5]), "mask", "T·N=4·3", "got 5");
                c.refuses(() -> bound.mask(gap), "mask", "without a gap");
              }
              var args = c.right().mask(c.bytes(T, N));
              try (var bound = c.plan.bindForward(args, c.reserve)) {
                c.refusesState(() -> bound.mask(valid), "mask", "device tensor");
                c.refusesState(() -> bound.lengths(1, 2, 3), "lengths", "device tensor");
              }
            }));
  }

  private static void cellSequences(List<ConformanceCase> cases) {
    bad(
        cases,
        "cSequence without layers",
        c -> c.right().cellSequence(c.floats(1, T, N, H)),
        "cSequence",
        "L·D=2",
        "T=4",
        "got");
    bad(
        cases,
        "cSequence is cN",
        c -> {
          Tensor memory = c.floats(2 * T, N, H);
          Tensor cells = memory.reshape(2, T, N, H);
          return c.right().cellSequence(cells).finalState(null, memory.slice(0, 1, 3));
        },
        "overlaps");
    cases.add(
        InvalidCall.of(
            "invalid-forward",
            "cSequence for a gru",
            RnnSpec.gru(C, H).layers(2).build(),
            c ->
                c.refuses(
                    () -> c.plan.forward(c.right().cellSequence(c.floats(2, T, N, H)), c.reserve),
                    "cSequence",
                    "no cell state")));
  }

  private static void overlaps(List<ConformanceCase> cases) {
    bad(
        cases,
        "y overlaps x by one element",
        c -> {
          Tensor memory = c.floats(T * N * C + T * N * H - 1);
          Tensor x = memory.slice(0, 0, T * N * C).reshape(T, N, C);
          Tensor y = memory.slice(0, T * N * C - 1, memory.dim(0)).reshape(T, N, H);
          return ForwardArgs.of(c.call.params.view(), x, y);
        },
        "y",
        "overlaps",
        "x");
    bad(
        cases,
        "hN and cN are one",
        c -> {
          Tensor both = c.floats(2, N, H);
          return c.right().finalState(both, both);
        },
        "overlaps");
    bad(
        cases,
        "hN overlaps h0 shifted",
        c -> {
          Tensor memory = c.floats(3, N, H);
          return c.right()
              .initialState(memory.slice(0, 0, 2), null)
              .finalState(memory.slice(0, 1, 3), null);
        },
        "hN",
        "overlaps",
        "h0");
    bad(
        cases,
        "hN is c0",
        c -> {
          Tensor state = c.floats(2, N, H);
          return c.right().initialState(null, state).finalState(state, null);
        },
        "hN",
        "overlaps",
        "c0");
    bad(
        cases,
        "y is params",
        c -> {
          Tensor memory = c.floats(Math.max(c.parameters(), T * N * H));
          return ForwardArgs.of(
              memory.slice(0, 0, c.parameters()),
              c.call.x.view(),
              memory.slice(0, 0, T * N * H).reshape(T, N, H));
        },
        "y",
        "overlaps",
        "params");
  }

  private static void reserves(List<ConformanceCase> cases) {
    add(
        cases,
        "no reserve",
        c -> c.refuses(() -> c.plan.forward(c.right(), null), "reserve", "got null"));
    add(
        cases,
        "reserve of another plan",
        c -> {
          try (RecurrentPlan other = c.newPlan();
              Reserve foreign = other.newReserve()) {
            c.refusesState(() -> c.plan.forward(c.right(), foreign), "reserve", "another plan");
          }
        });
    add(
        cases,
        "closed reserve",
        c -> {
          Reserve closed = c.plan.newReserve();
          closed.close();
          c.refusesState(() -> c.plan.forward(c.right(), closed), "reserve", "closed");
        });
    add(
        cases,
        "closed tensor",
        c -> {
          Tensor closed = c.context.ops().allocate(DType.F32, T, N, C);
          closed.close();
          c.refusesState(() -> c.plan.forward(withX(c, closed), c.reserve), "x", "closed");
        });
    add(
        cases,
        "weights packed by another plan",
        c -> {
          try (RecurrentPlan other = c.newPlan();
              PackedWeights foreign = other.pack(c.call.params.view())) {
            ForwardArgs args = ForwardArgs.of(foreign, c.call.x.view(), c.call.y.view());
            c.refusesState(() -> c.plan.forward(args, c.reserve), "weights", "another plan");
          }
        });
  }

  private static void add(List<ConformanceCase> cases, String name, InvalidCall.Body body) {
    cases.add(InvalidCall.of("invalid-forward", name, body));
  }
}
