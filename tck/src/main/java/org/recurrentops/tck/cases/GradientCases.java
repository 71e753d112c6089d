package org.recurrentops.tck.cases;

import java.util.ArrayList;
import java.util.List;
import org.recurrentops.RecurrentPlan;
import org.recurrentops.Reserve;
import org.recurrentops.RnnSpec;
import org.recurrentops.tck.ConformanceCase;
import org.recurrentops.tck.ConformanceContext;

/** What backward writes, and what it leaves alone. */
final class GradientCases {
  private GradientCases() {}

  static List<ConformanceCase> all() {
    List<ConformanceCase> cases = new ArrayList<>();
    for (Cells cell : Cells.all()) {
      RnnSpec spec = cell.spec(5, 7).layers(2).bidirectional().build();
      String name = cell.label();
      for (int wanted = 0; wanted < 7; wanted++) { // 7, everything, is what all other cases do
        int w = wanted;
        String outputs =
            ((w & 1) > 0 ? " dx" : "")
                + ((w & 2) > 0 ? " dParams" : "")
                + ((w & 4) > 0 ? " dh0" : "");
        add(
            cases,
            name + (w == 0 ? " no output" : " only" + outputs),
            () -> only(Trial.of(spec, 4, 3), w));
      }
      add(cases, name + " accumulate", () -> Trial.of(spec, 4, 3).accumulate());
      add(
          cases,
          name + " accumulate ragged indices",
          () -> Trial.of(spec, 4, 3).accumulate().indexed().lengths(0, 4, 2));
      add(
          cases,
          name + " accumulate with all rows empty",
          () -> Trial.of(spec, 4, 3).accumulate().lengths(0, 0, 0));
      add(
          cases,
          name + " no gradient comes in",
          () -> Trial.of(spec, 4, 3).withoutDy().withoutFinalGradient());
      RnnSpec dropped = cell.spec(5, 7).layers(2).dropout(0.3).build();
      cases.add(
          ConformanceCase.ofPlan("gradients", name + " backward twice", c -> twice(c, dropped)));
    }
    return cases;
  }

  private static Trial only(Trial trial, int wanted) {
    Trial t = (wanted & 1) > 0 ? trial : trial.withoutDx();
    t = (wanted & 2) > 0 ? t : t.withoutDParams();
    return (wanted & 4) > 0 ? t : t.withoutInitialGradient();
  }

  private static void add(
      List<ConformanceCase> cases, String name, java.util.function.Supplier<Trial> trial) {
    cases.add(ConformanceCase.ofPlan("gradients", name, c -> trial.get().seed(c.seed()).run(c)));
  }

  /** Backward does not modify the reserve: the second time gives the same bits. */
  private static void twice(ConformanceContext context, RnnSpec spec) {
    Trial trial = Trial.of(spec, 5, 4).lengths(5, 2, 0, 4).seed(context.seed());
    try (RecurrentPlan plan = context.plan(spec, trial.options());
        Reserve reserve = plan.newReserve();
        DeviceCall call = new DeviceCall(context, plan, reserve, trial)) {
      call.upload();
      call.forward();
      GuardedTensor kept = trial.scratch.latest();
      float[] before = kept.get();
      call.clearOutputs(); // backward reads params, x, gradients and the reserve, never y
      call.backward();
      Results first = Results.of(call);
      call.clearOutputs();
      call.backward();
      first.checkSame("backward twice", Results.of(call), call.where());
      Expect.sameBits("reserve after backward", before, kept.get(), call.where());
      call.checkBackward();
    }
  }
}
