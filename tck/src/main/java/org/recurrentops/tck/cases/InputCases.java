package org.recurrentops.tck.cases;

import java.util.ArrayList;
import java.util.List;
import org.recurrentops.RecurrentPlan;
import org.recurrentops.Reserve;
import org.recurrentops.RnnSpec;
import org.recurrentops.tck.ConformanceCase;
import org.recurrentops.tck.ConformanceContext;

/** Forms of input and output memory: indices, batch-major, windows, odd offsets, packed weights. */
final class InputCases {
  private static final int[] RAGGED = {4, 0, 6, 1, 5};

  private InputCases() {}

  static List<ConformanceCase> all() {
    List<ConformanceCase> cases = new ArrayList<>();
    for (Cells cell : Cells.all()) {
      RnnSpec spec = cell.spec(9, 7).layers(2).build();
      RnnSpec both = cell.spec(9, 7).bidirectional().build();
      String name = cell.label();
      add(cases, name + " indices", Trial.of(spec, 6, 5).indexed());
      add(cases, name + " indices bidirectional", Trial.of(both, 6, 5).indexed());
      add(
          cases,
          name + " indices ragged, batch-major",
          Trial.of(both, 6, 5).indexed().lengths(RAGGED).batchMajor());
      add(
          cases,
          name + " indices in a window",
          Trial.of(spec, 6, 5).indexed().placement(Placement.STRIDED));
      RnnSpec vocabulary = cell.spec(1009, 5).build();
      add(cases, name + " indices of a large vocabulary", Trial.of(vocabulary, 3, 4).indexed());
      add(cases, name + " batch-major", Trial.of(both, 6, 5).batchMajor());
      add(
          cases,
          name + " batch-major ragged",
          Trial.of(both, 6, 5).batchMajor().lengths(RAGGED).placement(Placement.STRIDED));
      add(cases, name + " odd offsets", Trial.of(both, 6, 5).placement(Placement.OFFSET));
      add(cases, name + " windows", Trial.of(spec, 6, 5).placement(Placement.STRIDED));
      add(
          cases,
          name + " windows ragged",
          Trial.of(both, 6, 5).placement(Placement.STRIDED).lengths(RAGGED));
      add(cases, name + " packed weights", Trial.of(both, 6, 5).packed());
      add(cases, name + " packed, indices", Trial.of(spec, 6, 5).packed().indexed());
      cases.add(
          ConformanceCase.ofPlan(
              "inputs",
              name + " packed weights change no bit",
              c -> packedIsTheSame(c, Trial.of(spec, 6, 5).seed(c.seed()))));
    }
    return cases;
  }

  private static void add(List<ConformanceCase> cases, String name, Trial trial) {
    cases.add(ConformanceCase.ofPlan("inputs", name, c -> trial.seed(c.seed()).run(c)));
  }

  private static void packedIsTheSame(ConformanceContext context, Trial trial) {
    try (RecurrentPlan plan = context.plan(trial.spec, trial.options());
        Reserve reserve = plan.newReserve();
        DeviceCall call = new DeviceCall(context, plan, reserve, trial)) {
      call.upload();
      call.forward();
      Results plain = Results.of(call);
      trial.packed();
      call.upload();
      call.forward();
      plain.checkSame("packed weights", Results.of(call), call.where());
    }
  }
}
