package org.recurrentops.tck.cases;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.recurrentops.CellType;
import org.recurrentops.RnnSpec;
import org.recurrentops.RnnSpecBuilder;
import org.recurrentops.tck.ConformanceCase;

/**
 * Layer normalisation with its usual ε at sizes that blocks of units and threads do not divide; the
 * situations of every other option are in {@link VariantCases}.
 */
final class LayerNormCases {
  private LayerNormCases() {}

  static List<ConformanceCase> all() {
    List<ConformanceCase> cases = new ArrayList<>();
    for (CellType cell : List.of(CellType.LSTM, CellType.GRU)) {
      String name = cell.label() + " layer norm ";
      add(cases, name + "H=1", () -> Trial.of(spec(cell, 3, 1).build(), 3, 2));
      add(cases, name + "H=65", () -> Trial.of(spec(cell, 9, 65).build(), 5, 3));
      add(cases, name + "H=257", () -> Trial.of(spec(cell, 1, 257).build(), 3, 9));
      RnnSpec deep = spec(cell, 7, 65).layers(2).bidirectional().dropout(0.25).build();
      add(cases, name + "with dropout", () -> Trial.of(deep, 4, 3).lengths(4, 0, 3));
      RnnSpec stack = spec(cell, 5, 7).layers(3).build();
      add(cases, name + "stack", () -> Trial.of(stack, 5, 3).lengths(4, 0, 5)); // may be a wave
      // the first step's R h₋ is a row of zeros, whose deviation is √ε
      add(
          cases,
          name + "from zero",
          () -> Trial.of(spec(cell, 9, 33).build(), 3, 4).withoutInitialState());
    }
    return cases;
  }

  private static RnnSpecBuilder spec(CellType cell, int inputSize, int hiddenSize) {
    return RnnSpec.of(cell, inputSize, hiddenSize).layerNorm();
  }

  private static void add(List<ConformanceCase> cases, String name, Supplier<Trial> trial) {
    cases.add(ConformanceCase.ofPlan("layer-norm", name, c -> trial.get().seed(c.seed()).run(c)));
  }
}
