package org.recurrentops.tck.cases;

import java.util.ArrayList;
import java.util.List;
import org.recurrentops.CellType;
import org.recurrentops.MaskingContract;
import org.recurrentops.PlanOptions;
import org.recurrentops.RecurrentPlan;
import org.recurrentops.RnnSpec;
import org.recurrentops.tck.ConformanceCase;

/** Plans of float64: far more digits than float32 has, and good enough for gradient checks. */
final class Float64Cases {
  private static final int T = 6;
  private static final int N = 4;
  private static final int[] LENGTHS = {6, 0, 3, 5};

  private Float64Cases() {}

  static List<ConformanceCase> all() {
    List<ConformanceCase> cases = new ArrayList<>();
    for (Cells cell : Cells.all()) {
      String name = cell.label();
      RnnSpec one = cell.spec(5, 7).build();
      RnnSpec both = cell.spec(5, 7).bidirectional().layers(2).dropout(0.3).build();
      RnnSpec wide = cell.spec(3, 33).masking(MaskingContract.ZERO_STATE).build();
      add(cases, name, one, null, 0);
      add(cases, name + " layers 2, bidirectional, ragged", both, LENGTHS, 0);
      add(cases, name + " wide, ragged", wide, LENGTHS, 0);
      add(cases, name + " recompute", both, LENGTHS, 2);
      if (cell.type() != CellType.VANILLA_RELU) { // which has kinks
        cases.add(
            ConformanceCase.ofDevice(
                "float64",
                name + " gradient check",
                c -> {
                  try (RecurrentPlan plan = c.plan(both, options(0));
                      Float64Run run = new Float64Run(plan, T, N, LENGTHS, c.seed())) {
                    run.checkSlopes();
                  }
                }));
      }
    }
    for (CellVariants variant : CellVariants.all()) {
      RnnSpec spec = variant.spec(5, 7).bidirectional().layers(2).build();
      add(cases, variant.label(), spec, LENGTHS, 0);
    }
    return cases;
  }

  private static PlanOptions options(int every) {
    return PlanOptions.training(T, N).float64().recompute(every);
  }

  private static void add(
      List<ConformanceCase> cases, String name, RnnSpec spec, int[] lengths, int every) {
    cases.add(
        ConformanceCase.ofDevice(
            "float64",
            name,
            c -> {
              try (RecurrentPlan plan = c.plan(spec, options(every));
                  Float64Run run = new Float64Run(plan, T, N, lengths, c.seed())) {
                run.checkAll();
              }
            }));
  }
}
