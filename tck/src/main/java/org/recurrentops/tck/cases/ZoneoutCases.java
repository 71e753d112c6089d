package org.recurrentops.tck.cases;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.recurrentops.Direction;
import org.recurrentops.MaskingContract;
import org.recurrentops.MergeMode;
import org.recurrentops.RnnSpec;
import org.recurrentops.RnnSpecBuilder;
import org.recurrentops.tck.ConformanceCase;

/** Units that keep their state by the masks of a seed, and the mean of that in inference. */
final class ZoneoutCases {
  private ZoneoutCases() {}

  static List<ConformanceCase> all() {
    List<ConformanceCase> cases = new ArrayList<>();
    for (Cells cell : Cells.all()) {
      add(cases, cell);
    }
    RnnSpec cellOnly = RnnSpec.lstm(4, 5).zoneout(0, 0.5).build();
    add(cases, "zoneout of c only", () -> Trial.of(cellOnly, 5, 3));
    RnnSpec independent = RnnSpec.vanilla(4, 5).relu().independent().zoneout(0.3, 0).build();
    add(cases, "zoneout, independent units", () -> Trial.of(independent, 5, 3));
    return cases;
  }

  private static void add(List<ConformanceCase> cases, Cells cell) {
    String name = "zoneout " + cell.label();
    RnnSpec one = spec(cell, 4, 7).build();
    RnnSpec both = spec(cell, 4, 5).layers(2).bidirectional().dropout(0.3).build();
    RnnSpec merged = spec(cell, 4, 5).bidirectional().merge(MergeMode.MULTIPLY).layers(2).build();
    RnnSpec zero =
        spec(cell, 4, 5).masking(MaskingContract.ZERO_STATE).direction(Direction.REVERSE).build();
    add(
        cases,
        name + " 64-bit seed, far offset",
        () -> Trial.of(one, 6, 3).dropout(0xFEDCBA9876543210L, (1L << 32) - 3));
    add(cases, name + " with dropout, both ways", () -> Trial.of(both, 5, 3).dropout(-5, 1000));
    add(
        cases,
        name + " merged, ragged, state sequences",
        () -> Trial.of(merged, 6, 4).lengths(4, 0, 6, 2).stateSequences());
    add(cases, name + " mask with gaps", () -> Trial.of(zero, 4, 2).mask(0, 1, 1, 0, 1, 1, 0, 1));
    add(cases, name + " inference", () -> Trial.of(both, 6, 3).inference());
  }

  private static RnnSpecBuilder spec(Cells cell, int inputSize, int hiddenSize) {
    double ofCell = cell.type().hasCellState() ? 0.2 : 0;
    return cell.spec(inputSize, hiddenSize).zoneout(0.4, ofCell);
  }

  private static void add(List<ConformanceCase> cases, String name, Supplier<Trial> trial) {
    cases.add(ConformanceCase.ofPlan("dropout", name, c -> trial.get().seed(c.seed()).run(c)));
  }
}
