package org.recurrentops.tck.cases;

import java.util.ArrayList;
import java.util.List;
import org.recurrentops.BiasMode;
import org.recurrentops.Direction;
import org.recurrentops.RnnSpec;
import org.recurrentops.tck.ConformanceCase;

/** Every cell by direction, number of layers and bias mode. */
final class StructureCases {
  private static final int C = 4;
  private static final int H = 6;
  private static final int T = 5;
  private static final int N = 3;

  private StructureCases() {}

  static List<ConformanceCase> all() {
    List<ConformanceCase> cases = new ArrayList<>();
    for (Cells cell : Cells.all()) {
      for (Direction direction : Direction.values()) {
        for (int layers = 1; layers <= 3; layers++) {
          RnnSpec spec = cell.spec(C, H).direction(direction).layers(layers).build();
          cases.add(of(cell.label() + " " + direction + " layers " + layers, spec));
        }
      }
      for (BiasMode bias : BiasMode.values()) {
        RnnSpec spec = cell.spec(C, H).bias(bias).layers(2).build();
        cases.add(of(cell.label() + " bias " + bias, spec));
        cases.add(
            of(
                cell.label() + " bias " + bias + " bidirectional",
                cell.spec(C, 1).bias(bias).bidirectional().build()));
      }
    }
    return cases;
  }

  private static ConformanceCase of(String name, RnnSpec spec) {
    return ConformanceCase.ofPlan(
        "structure", name, c -> Trial.of(spec, T, N).seed(c.seed()).run(c));
  }
}
