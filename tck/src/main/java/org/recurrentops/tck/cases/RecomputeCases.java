package org.recurrentops.tck.cases;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.recurrentops.MaskingContract;
import org.recurrentops.MergeMode;
import org.recurrentops.RecurrentPlan;
import org.recurrentops.RnnSpec;
import org.recurrentops.tck.ConformanceCase;

/** Backward that computes steps again: the results of a plan that keeps everything. */
final class RecomputeCases {
  private static final int T = 7;
  private static final int N = 4;
  private static final int[] EVERY = {1, 3, T + 2};

  private RecomputeCases() {}

  static List<ConformanceCase> all() {
    List<ConformanceCase> cases = new ArrayList<>();
    for (Cells cell : Cells.all()) {
      addForCell(cases, cell.label(), cell);
    }
    for (CellVariants variant : CellVariants.all()) {
      RnnSpec spec = variant.spec(5, 7).bidirectional().layers(2).build();
      add(cases, variant.label(), spec, 2, t -> t.lengths(7, 0, 4, 1));
    }
    return cases;
  }

  private static void addForCell(List<ConformanceCase> cases, String name, Cells cell) {
    RnnSpec both = cell.spec(5, 7).bidirectional().layers(2).build();
    RnnSpec dropped = cell.spec(5, 7).layers(3).dropout(0.4).build();
    RnnSpec zero = cell.spec(5, 7).bidirectional().masking(MaskingContract.ZERO_STATE).build();
    RnnSpec product =
        cell.spec(5, 7)
            .bidirectional()
            .merge(MergeMode.MULTIPLY)
            .layers(2)
            .dropConnect(0.4)
            .build();
    RnnSpec sum = cell.spec(5, 7).bidirectional().merge(MergeMode.SUM).layers(2).build();
    for (int every : EVERY) {
      String label = name + " every " + every;
      add(cases, label, both, every, t -> t);
      add(cases, label + " dropout", dropped, every, t -> t.dropout(3, 8));
    }
    add(cases, name + " ragged", both, 2, t -> t.lengths(7, 0, 4, 1));
    add(cases, name + " masked", zero, 3, t -> t.mask(alternating()));
    add(cases, name + " indices", both, 3, t -> t.indexed().accumulate());
    add(cases, name + " state sequences, merged", sum, 3, Trial::stateSequences);
    add(cases, name + " multiplied, ragged", product, 3, t -> t.lengths(7, 0, 4, 1));
    add(cases, name + " batch-major", both, 3, t -> t.batchMajor().placement(Placement.STRIDED));
    add(cases, name + " fewer steps than the plan allows", both, 3, t -> t);
  }

  private static int[] alternating() {
    int[] mask = new int[T * N];
    for (int i = 0; i < mask.length; i++) {
      mask[i] = (i / N + i % N) % 3 == 0 ? 0 : 1;
    }
    return mask;
  }

  private static void add(
      List<ConformanceCase> cases,
      String name,
      RnnSpec spec,
      int every,
      UnaryOperator<Trial> change) {
    cases.add(
        ConformanceCase.ofPlan(
            "recompute",
            name,
            c -> {
              Trial trial = change.apply(Trial.of(spec, T, N).seed(c.seed()));
              int more = name.contains("fewer") ? 5 : 0;
              try (RecurrentPlan plan =
                  c.plan(spec, trial.options(T + more, N + more).recompute(every))) {
                trial.runOn(c, plan);
              }
            }));
  }
}
