package org.recurrentops.tck.cases;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.recurrentops.Backward;
import org.recurrentops.Counters;
import org.recurrentops.Forward;
import org.recurrentops.PackedWeights;
import org.recurrentops.RecurrentPlan;
import org.recurrentops.Reserve;
import org.recurrentops.RnnSpec;
import org.recurrentops.tck.ConformanceCase;
import org.recurrentops.tck.ConformanceContext;

/** One plan, many calls: other sizes, other data, several reserves, bound calls. */
final class ReuseCases {
  /** T, N; the first and last are the same, so nothing in between may leave a trace. */
  private static final int[][] SIZES = {
    {7, 6}, {1, 1}, {5, 6}, {7, 2}, {0, 3}, {3, 0}, {2, 5}, {0, 0}, {7, 6}
  };

  private ReuseCases() {}

  static List<ConformanceCase> all() {
    List<ConformanceCase> cases = new ArrayList<>();
    for (Cells cell : Cells.all()) {
      String name = cell.label();
      RnnSpec both = cell.spec(5, 7).bidirectional().layers(2).build();
      RnnSpec dropped = cell.spec(5, 7).layers(2).dropout(0.3).build();
      add(cases, name + " shrinking and growing", c -> sizes(c, both, false));
      add(cases, name + " shrinking and growing, batch-major", c -> sizes(c, both, true));
      add(cases, name + " repetition is bit-identical", c -> repetition(c, dropped));
      add(cases, name + " bound calls", c -> bound(c, dropped, t -> t));
      add(
          cases,
          name + " bound calls, lengths in device memory",
          c -> bound(c, both, Trial::deviceLengths));
      add(cases, name + " bound calls, indices", c -> bound(c, dropped, Trial::indexed));
      add(cases, name + " lengths are copied", c -> lengthsAreCopied(c, both));
      add(cases, name + " two reserves in flight", c -> twoReserves(c, dropped));
      add(cases, name + " packed weights keep their values", c -> packed(c, both));
    }
    return cases;
  }

  private static void add(List<ConformanceCase> cases, String name, ConformanceCase.Body body) {
    cases.add(ConformanceCase.ofPlan("reuse", name, body));
  }

  private static void sizes(ConformanceContext context, RnnSpec spec, boolean batchMajor) {
    Trial largest = Trial.of(spec, 7, 6);
    if (batchMajor) {
      largest.batchMajor();
    }
    try (RecurrentPlan plan = context.plan(spec, largest.options());
        Reserve reserve = plan.newReserve()) {
      for (int[] size : SIZES) {
        Trial t = Trial.of(spec, size[0], size[1]).seed(context.seed());
        (batchMajor ? t.batchMajor() : t).runOn(context, plan, reserve);
      }
    }
  }

  private static void repetition(ConformanceContext context, RnnSpec spec) {
    Trial trial = Trial.of(spec, 6, 5).lengths(6, 2, 0, 5, 3).seed(context.seed());
    Trial between = Trial.of(spec, 3, 2).seed(context.seed() + 1);
    try (RecurrentPlan plan = context.plan(spec, trial.options());
        Reserve reserve = plan.newReserve();
        DeviceCall call = new DeviceCall(context, plan, reserve, trial)) {
      Results first = null;
      for (int i = 0; i < 3; i++) {
        call.upload();
        call.forward();
        call.backward();
        Results now = Results.of(call);
        first = first == null ? now : first;
        first.checkSame("repetition " + i, now, call.where());
        between.runOn(context, plan, reserve);
      }
    }
  }

  private static void twoReserves(ConformanceContext context, RnnSpec spec) {
    Trial one = Trial.of(spec, 6, 5).lengths(6, 2, 0, 5, 3).dropout(1, 0).seed(context.seed());
    Trial two = Trial.of(spec, 4, 3).dropout(2, 6).seed(context.seed() + 1);
    try (RecurrentPlan plan = context.plan(spec, one.options());
        Reserve first = plan.newReserve();
        Reserve second = plan.newReserve();
        DeviceCall a = new DeviceCall(context, plan, first, one);
        DeviceCall b = new DeviceCall(context, plan, second, two)) {
      a.upload();
      b.upload();
      a.forward();
      b.forward();
      a.backward();
      b.backward();
      a.checkForward();
      b.checkForward();
      a.checkBackward();
      b.checkBackward();
    }
  }

  private static void packed(ConformanceContext context, RnnSpec spec) {
    Trial trial = Trial.of(spec, 5, 4).seed(context.seed()).inference();
    try (RecurrentPlan plan = context.plan(spec, trial.options());
        DeviceCall call = new DeviceCall(context, plan, null, trial)) {
      call.upload();
      try (PackedWeights weights = plan.pack(call.params.view())) {
        call.params.setNaN();
        for (int i = 0; i < 2; i++) {
          call.clearOutputs();
          plan.forward(call.forwardArgs(weights), null);
          call.checkForward();
        }
      }
    }
  }

  /** Four trials of one shape that differ in everything else. */
  private static Trial[] variations(RnnSpec spec, long seed) {
    return new Trial[] {
      Trial.of(spec, 6, 4).seed(seed).lengths(6, 6, 6, 6),
      Trial.of(spec, 6, 4).seed(seed + 1).lengths(6, 0, 2, 5).dropout(5, 0),
      Trial.of(spec, 6, 4).seed(seed + 2).lengths(1, 6, 6, 3).dropout(5, 6),
      Trial.of(spec, 6, 4).seed(seed + 3).lengths(6, 5, 4, 3).dropout(-1, 2)
    };
  }

  /** Bound once; then data, weights, lengths and seed change from run to run. */
  private static void bound(ConformanceContext context, RnnSpec spec, UnaryOperator<Trial> form) {
    Trial[] trials = variations(spec, context.seed());
    Trial first = form.apply(trials[0]);
    try (RecurrentPlan plan = context.plan(spec, first.options());
        Reserve reserve = plan.newReserve();
        DeviceCall call = new DeviceCall(context, plan, reserve, first)) {
      call.upload();
      try (Forward forward = plan.bindForward(call.forwardArgs(), reserve)) {
        forward.run(); // fills the reserve, so that backward can be bound
        try (Backward backward = plan.bindBackward(call.backwardArgs(), reserve)) {
          for (Trial t : trials) {
            call.use(t == first ? t : form.apply(t));
            if (!t.deviceLengths) {
              forward.lengths(t.lengths);
            }
            forward.random(t.dropoutSeed, t.stepOffset);
            call.counted("forward", forward::run);
            call.counted("backward", backward::run);
            call.checkForward();
            call.checkBackward();
          }
          steady(context, forward, backward);
        }
      }
    }
  }

  /** The caller's array is copied when the call is bound. */
  private static void lengthsAreCopied(ConformanceContext context, RnnSpec spec) {
    int[] mine = {6, 0, 2, 5};
    Trial trial = Trial.of(spec, 6, 4).seed(context.seed()).lengths(mine.clone());
    try (RecurrentPlan plan = context.plan(spec, trial.options());
        Reserve reserve = plan.newReserve();
        DeviceCall call = new DeviceCall(context, plan, reserve, trial)) {
      call.upload();
      try (Forward forward = plan.bindForward(call.forwardArgs().lengths(mine), reserve)) {
        Arrays.fill(mine, 1);
        forward.run();
        call.checkForward();
        int[] again = trial.lengths.clone();
        forward.lengths(again);
        Arrays.fill(again, 1);
        forward.run();
        call.checkForward();
        call.backward();
        call.checkBackward();
      }
    }
  }

  /** In a steady loop nothing is allocated, copied or waited for. */
  private static void steady(ConformanceContext context, Forward forward, Backward backward) {
    Counters counters = context.ops().counters();
    Counters.Snapshot before = counters.snapshot();
    for (int i = 0; i < 3; i++) {
      forward.run();
      backward.run();
    }
    Counters.Snapshot after = counters.snapshot();
    Expect.equal("allocations in bound runs", before.allocations(), after.allocations());
    Expect.equal("uploads in bound runs", before.uploads(), after.uploads());
    Expect.equal("downloads in bound runs", before.downloads(), after.downloads());
    Expect.equal(
        "synchronisations in bound runs", before.synchronisations(), after.synchronisations());
    context.ops().synchronize();
  }
}
