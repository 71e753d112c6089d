package org.recurrentops.tck.cases;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.recurrentops.Activation;
import org.recurrentops.MaskingContract;
import org.recurrentops.MergeMode;
import org.recurrentops.RnnSpec;
import org.recurrentops.RnnSpecBuilder;
import org.recurrentops.tck.ConformanceCase;

/** Directions that become one output by sum, average or product, or that have other activations. */
final class MergeCases {
  private MergeCases() {}

  static List<ConformanceCase> all() {
    List<ConformanceCase> cases = new ArrayList<>();
    for (MergeMode mode : MergeMode.values()) {
      for (Cells cell : mode == MergeMode.CONCAT ? List.<Cells>of() : Cells.all()) {
        add(cases, mode, cell);
      }
    }
    Activation elu = Activation.of(Activation.Function.ELU, 0.5, 0);
    add(
        cases,
        "other activations per direction, vanilla",
        () ->
            Trial.of(
                RnnSpec.vanilla(5, 7)
                    .layers(2)
                    .bidirectional()
                    .activations(Activation.TANH, Activation.RELU)
                    .build(),
                4,
                3));
    add(
        cases,
        "other activations per direction, lstm",
        () ->
            Trial.of(
                RnnSpec.lstm(5, 7)
                    .bidirectional()
                    .activations(
                        Activation.SIGMOID,
                        Activation.TANH,
                        Activation.TANH,
                        Activation.SIGMOID,
                        elu,
                        Activation.RELU)
                    .build(),
                4,
                3));
    return cases;
  }

  private static void add(List<ConformanceCase> cases, MergeMode mode, Cells cell) {
    String name = "merge " + mode + " " + cell.label();
    RnnSpec one = spec(mode, cell, 5, 7).build();
    RnnSpec deep = spec(mode, cell, 5, 7).layers(3).dropout(0.3).build();
    add(cases, name, () -> Trial.of(one, 4, 3));
    add(cases, name + " odd sizes", () -> Trial.of(spec(mode, cell, 3, 33).build(), 5, 7));
    add(cases, name + " deep", () -> Trial.of(deep, 4, 3));
    add(cases, name + " batch-major", () -> Trial.of(one, 4, 3).batchMajor().withoutFinalState());
    add(cases, name + " without states", () -> Trial.of(one, 4, 3).withoutInitialState());
    add(cases, name + " without y and dy", () -> Trial.of(one, 4, 3).withoutY().withoutDy());
    add(
        cases,
        name + " strided indices, packed",
        () -> Trial.of(one, 4, 3).indexed().inference().packed().placement(Placement.STRIDED));
    add(cases, name + " strided", () -> Trial.of(one, 4, 3).placement(Placement.STRIDED));
    for (MaskingContract masking : MaskingContract.values()) {
      RnnSpecBuilder b = spec(mode, cell, 5, 7).layers(2).masking(masking);
      if (masking == MaskingContract.FREEZE_FILL) {
        b.fillValue(0.75f);
      }
      RnnSpec masked = b.build();
      add(cases, name + " ragged " + masking, () -> Trial.of(masked, 6, 5).lengths(6, 2, 0, 5, 3));
    }
  }

  private static RnnSpecBuilder spec(MergeMode mode, Cells cell, int inputSize, int hiddenSize) {
    return cell.spec(inputSize, hiddenSize).bidirectional().merge(mode);
  }

  private static void add(List<ConformanceCase> cases, String name, Supplier<Trial> trial) {
    cases.add(ConformanceCase.ofPlan("variants", name, c -> trial.get().seed(c.seed()).run(c)));
  }
}
