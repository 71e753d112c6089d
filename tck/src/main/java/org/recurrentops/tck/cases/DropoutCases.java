package org.recurrentops.tck.cases;

import java.util.ArrayList;
import java.util.List;
import org.recurrentops.RnnSpec;
import org.recurrentops.tck.ConformanceCase;

/** Dropout between layers: the very masks of the reference, for forward and backward. */
final class DropoutCases {
  private DropoutCases() {}

  static List<ConformanceCase> all() {
    List<ConformanceCase> cases = new ArrayList<>();
    for (Cells cell : Cells.all()) {
      String name = cell.label();
      RnnSpec three = cell.spec(4, 7).layers(3).dropout(0.3).build();
      RnnSpec both = cell.spec(4, 5).layers(2).bidirectional().dropout(0.3).build();
      RnnSpec full = cell.spec(4, 7).layers(2).dropout(1).build();
      RnnSpec single = cell.spec(4, 7).dropout(0.5).build();
      add(cases, name + " p=0.3 layers 3", Trial.of(three, 6, 3).dropout(1, 0));
      add(
          cases,
          name + " 64-bit seed, far offset",
          Trial.of(three, 6, 3).dropout(0xFEDCBA9876543210L, (1L << 32) - 3));
      add(cases, name + " negative seed", Trial.of(both, 6, 3).dropout(-5, 1000));
      add(
          cases,
          name + " bidirectional ragged",
          Trial.of(both, 6, 4).dropout(7, 0).lengths(4, 0, 6, 2));
      add(cases, name + " p=1", Trial.of(full, 4, 3));
      add(cases, name + " one layer drops nothing", Trial.of(single, 4, 3));
      add(cases, name + " inference drops nothing", Trial.of(three, 6, 3).inference());
      add(cases, name + " batch-major", Trial.of(three, 5, 3).dropout(3, 2).batchMajor());
    }
    return cases;
  }

  private static void add(List<ConformanceCase> cases, String name, Trial trial) {
    cases.add(ConformanceCase.ofPlan("dropout", name, c -> trial.seed(c.seed()).run(c)));
  }
}
