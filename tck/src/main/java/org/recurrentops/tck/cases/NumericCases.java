package org.recurrentops.tck.cases;

import java.util.ArrayList;
import java.util.List;
import org.recurrentops.CellType;
import org.recurrentops.Direction;
import org.recurrentops.RnnSpec;
import org.recurrentops.tck.ConformanceCase;

/** Saturated gates, long sequences, and non-finite numbers in valid data. */
final class NumericCases {
  private NumericCases() {}

  static List<ConformanceCase> all() {
    List<ConformanceCase> cases = new ArrayList<>();
    for (Cells cell : Cells.all()) {
      String name = cell.label();
      RnnSpec small = cell.spec(3, 5).build();
      RnnSpec wide = cell.spec(7, 33).build();
      RnnSpec both = cell.spec(4, 6).bidirectional().layers(2).build();
      add(cases, name + " saturation", Trial.of(wide, 6, 5).amplitude(50));
      add(cases, name + " T=500", Trial.of(small, 500, 2));
      // Only the last step is asked about, so gradients at early steps are many magnitudes smaller.
      add(cases, name + " vanishing gradient", Trial.of(small, 80, 3).withoutDy());
      add(
          cases,
          name + " vanishing gradient, ragged reverse",
          Trial.of(cell.spec(3, 5).direction(Direction.REVERSE).build(), 80, 3)
              .withoutDy()
              .lengths(80, 61, 70));
      add(cases, name + " T=200 ragged", Trial.of(small, 200, 3).lengths(200, 3, 150));
      add(
          cases,
          name + " NaN weight",
          Trial.of(both, 4, 3).inference().poison(Trial.Poison.NAN_WEIGHT));
      add(
          cases,
          name + " NaN input stays in its row",
          Trial.of(both, 4, 3).inference().poison(Trial.Poison.NAN_INPUT));
      if (cell.type() != CellType.VANILLA_RELU) { // there ∞ − ∞ depends on the order of summation
        add(
            cases,
            name + " infinite input saturates",
            Trial.of(wide, 4, 3).inference().poison(Trial.Poison.INFINITE_INPUT));
      }
    }
    return cases;
  }

  private static void add(List<ConformanceCase> cases, String name, Trial trial) {
    cases.add(ConformanceCase.ofPlan("numerics", name, c -> trial.seed(c.seed()).run(c)));
  }
}
