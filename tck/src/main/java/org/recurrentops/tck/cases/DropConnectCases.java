package org.recurrentops.tck.cases;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.recurrentops.PackedWeights;
import org.recurrentops.RecurrentPlan;
import org.recurrentops.Reserve;
import org.recurrentops.RnnSpec;
import org.recurrentops.RnnSpecBuilder;
import org.recurrentops.tck.ConformanceCase;
import org.recurrentops.tck.ConformanceContext;

/** Recurrent weights that are dropped by the masks of a seed. */
final class DropConnectCases {
  private DropConnectCases() {}

  static List<ConformanceCase> all() {
    List<ConformanceCase> cases = new ArrayList<>();
    for (Cells cell : Cells.all()) {
      add(cases, cell);
    }
    RnnSpec masked = RnnSpec.gru(4, 5).dropConnect(0.5).build();
    cases.add(
        ConformanceCase.ofPlan(
            "dropout", "drop-connect refuses packed weights in training", c -> refuse(c, masked)));
    return cases;
  }

  private static void add(List<ConformanceCase> cases, Cells cell) {
    String name = "drop-connect " + cell.label();
    RnnSpec one = spec(cell, 4, 7).build();
    RnnSpec both = spec(cell, 4, 5).layers(2).bidirectional().dropout(0.3).zoneout(0.2, 0).build();
    add(
        cases,
        name + " 64-bit seed, no effect of the step",
        () -> Trial.of(one, 6, 3).dropout(0xFEDCBA9876543210L, 12345));
    add(cases, name + " odd sizes", () -> Trial.of(spec(cell, 3, 33).build(), 5, 7));
    add(
        cases,
        name + " ragged, strided, accumulate",
        () ->
            Trial.of(both, 6, 4)
                .dropout(-5, 1000)
                .accumulate()
                .lengths(4, 0, 6, 2)
                .placement(Placement.STRIDED));
    add(cases, name + " inference", () -> Trial.of(both, 6, 3).inference());
  }

  private static RnnSpecBuilder spec(Cells cell, int inputSize, int hiddenSize) {
    return cell.spec(inputSize, hiddenSize).dropConnect(0.4);
  }

  private static void add(List<ConformanceCase> cases, String name, Supplier<Trial> trial) {
    cases.add(ConformanceCase.ofPlan("dropout", name, c -> trial.get().seed(c.seed()).run(c)));
  }

  private static void refuse(ConformanceContext context, RnnSpec spec) {
    Trial trial = Trial.of(spec, 4, 3).seed(context.seed());
    try (RecurrentPlan plan = context.plan(spec, trial.options());
        Reserve reserve = plan.newReserve();
        DeviceCall call = new DeviceCall(context, plan, reserve, trial)) {
      call.upload();
      try (PackedWeights weights = plan.pack(call.params.view())) {
        plan.forward(call.forwardArgs(weights), reserve);
      } catch (IllegalArgumentException e) {
        Expect.that(
            e.getMessage().contains("masked by the call's seed"),
            "packed weights: expected to hear of the mask, got: " + e.getMessage());
        return;
      }
      Expect.that(false, "packed weights: expected a refusal in training, got none");
    }
  }
}
