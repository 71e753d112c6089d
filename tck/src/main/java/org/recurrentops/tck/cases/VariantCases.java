package org.recurrentops.tck.cases;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.recurrentops.BiasMode;
import org.recurrentops.MaskingContract;
import org.recurrentops.RnnSpec;
import org.recurrentops.tck.ConformanceCase;

/** Peepholes, coupled gates and clips, in the situations in which a cell can get them wrong. */
final class VariantCases {
  private VariantCases() {}

  static List<ConformanceCase> all() {
    List<ConformanceCase> cases = new ArrayList<>();
    for (CellVariants variant : CellVariants.all()) {
      String name = variant.label();
      RnnSpec one = variant.spec(5, 7).build();
      RnnSpec both = variant.spec(5, 7).bidirectional().layers(2).build();
      add(cases, name + " one step", () -> Trial.of(one, 1, 1));
      add(cases, name, () -> Trial.of(one, 6, 5));
      add(cases, name + " odd sizes", () -> Trial.of(variant.spec(3, 33).build(), 4, 7));
      add(
          cases,
          name + " no bias",
          () -> Trial.of(variant.spec(4, 6).bias(BiasMode.NONE).build(), 5, 3));
      add(cases, name + " deep both ways", () -> Trial.of(both, 5, 4));
      for (MaskingContract masking : MaskingContract.values()) {
        RnnSpec masked = variant.spec(5, 7).bidirectional().masking(masking).build();
        add(
            cases,
            name + " ragged " + masking,
            () -> Trial.of(masked, 6, 5).lengths(6, 2, 0, 5, 3));
      }
      add(cases, name + " accumulate", () -> Trial.of(both, 4, 3).accumulate());
      add(cases, name + " without states", () -> Trial.of(one, 4, 3).withoutInitialState());
      add(
          cases,
          name + (variant.square() ? " packed" : " indices, packed"),
          () -> packed(Trial.of(one, 4, 3), variant));
      add(
          cases,
          name + " strided, batch-major",
          () -> Trial.of(one, 4, 3).placement(Placement.STRIDED).batchMajor());
      add(cases, name + " large inputs", () -> Trial.of(one, 5, 4).amplitude(30));
    }
    return cases;
  }

  private static Trial packed(Trial trial, CellVariants variant) {
    Trial t = trial.inference().packed();
    return variant.square() ? t : t.indexed();
  }

  private static void add(List<ConformanceCase> cases, String name, Supplier<Trial> trial) {
    cases.add(ConformanceCase.ofPlan("variants", name, c -> trial.get().seed(c.seed()).run(c)));
  }
}
