package org.recurrentops.tck.cases;

import java.util.ArrayList;
import java.util.List;
import org.recurrentops.CellType;
import org.recurrentops.MaskingContract;
import org.recurrentops.MergeMode;
import org.recurrentops.PlanOptions;
import org.recurrentops.RecurrentPlan;
import org.recurrentops.RnnSpec;
import org.recurrentops.tck.ConformanceCase;
import org.recurrentops.tck.ConformanceContext;

/** Plans of float64: far more digits than float32 has, and good enough for gradient checks. */
final class Float64Cases {
  private static final int T = 6;
  private static final int N = 4;
  private static final Float64Situation RAGGED = Float64Situation.ragged(6, 0, 3, 5);

  private Float64Cases() {}

  static List<ConformanceCase> all() {
    List<ConformanceCase> cases = new ArrayList<>();
    for (Cells cell : Cells.all()) {
      addForCell(cases, cell);
    }
    for (CellVariants variant : CellVariants.all()) {
      RnnSpec spec = variant.spec(5, 7).bidirectional().layers(2).build();
      add(cases, variant.label(), spec, RAGGED, 0);
    }
    addSituations(cases);
    RnnSpec deep = RnnSpec.gru(5, 9).layers(2).build();
    cases.add(ConformanceCase.ofDevice("float64", "every algorithm", c -> everyAlgorithm(c, deep)));
    return cases;
  }

  private static void addForCell(List<ConformanceCase> cases, Cells cell) {
    String name = cell.label();
    RnnSpec one = cell.spec(5, 7).build();
    RnnSpec both = cell.spec(5, 7).bidirectional().layers(2).dropout(0.3).build();
    RnnSpec wide = cell.spec(3, 33).masking(MaskingContract.ZERO_STATE).build();
    add(cases, name, one, Float64Situation.ragged((int[]) null), 0);
    add(cases, name + " layers 2, bidirectional, ragged", both, RAGGED, 0);
    add(cases, name + " wide, ragged", wide, RAGGED, 0);
    add(cases, name + " recompute", both, RAGGED, 2);
    if (cell.type() != CellType.VANILLA_RELU) { // which has kinks
      cases.add(
          ConformanceCase.ofDevice(
              "float64",
              name + " gradient check",
              c -> {
                try (RecurrentPlan plan = c.plan(both, options(0));
                    Float64Run run = new Float64Run(plan, T, N, RAGGED, c.seed())) {
                  run.checkSlopes();
                }
              }));
    }
  }

  /** What has kernels of its own beside the cells'. */
  private static void addSituations(List<ConformanceCase> cases) {
    RnnSpec both = RnnSpec.lstm(5, 7).bidirectional().layers(2).build();
    add(cases, "indices, state sequences", both, RAGGED.withIndices().withSequences(), 0);
    RnnSpec product = RnnSpec.gru(5, 7).bidirectional().merge(MergeMode.MULTIPLY).layers(2).build();
    add(cases, "product of directions", product, RAGGED.withSequences(), 3);
    RnnSpec gaps = RnnSpec.gru(5, 7).bidirectional().masking(MaskingContract.ZERO_STATE).build();
    add(cases, "masked", gaps, Float64Situation.masked(gaps(), false), 0);
    RnnSpec zero = RnnSpec.vanilla(5, 7).masking(MaskingContract.ZERO_STATE).build();
    add(cases, "masked in device memory", zero, Float64Situation.masked(gaps(), true), 0);
  }

  private static byte[] gaps() {
    byte[] mask = new byte[T * N];
    for (int i = 0; i < mask.length; i++) {
      mask[i] = (byte) ((i / N + 2 * (i % N)) % 3 == 0 ? 0 : 1);
    }
    return mask;
  }

  /** Of one with products in several forms each may take another kernel. */
  private static void everyAlgorithm(ConformanceContext c, RnnSpec spec) {
    int ran = 0;
    for (String algorithm : c.ops().algorithms()) {
      PlanOptions options = options(0).algorithm(algorithm);
      if (c.ops().supports(spec, options)) {
        try (RecurrentPlan plan = c.ops().plan(spec, options);
            Float64Run run = new Float64Run(plan, T, N, RAGGED, c.seed())) {
          run.checkAll();
        }
        ran++;
      }
    }
    Expect.that(ran > 0, "float64: expected some of " + c.ops().algorithms() + " to have it");
  }

  private static PlanOptions options(int every) {
    return PlanOptions.training(T, N).float64().recompute(every);
  }

  private static void add(
      List<ConformanceCase> cases,
      String name,
      RnnSpec spec,
      Float64Situation situation,
      int every) {
    cases.add(
        ConformanceCase.ofDevice(
            "float64",
            name,
            c -> {
              try (RecurrentPlan plan = c.plan(spec, options(every));
                  Float64Run run = new Float64Run(plan, T, N, situation, c.seed())) {
                run.checkAll();
              }
            }));
  }
}
