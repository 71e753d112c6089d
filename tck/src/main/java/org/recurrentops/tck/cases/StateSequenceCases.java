package org.recurrentops.tck.cases;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.recurrentops.MaskingContract;
import org.recurrentops.RnnSpec;
import org.recurrentops.tck.ConformanceCase;

/** Every c as output, its gradient as input, the total gradient of every h as output. */
final class StateSequenceCases {
  private static final int T = 6;
  private static final int N = 4;
  private static final int[] LENGTHS = {4, 0, 6, 1};

  private StateSequenceCases() {}

  static List<ConformanceCase> all() {
    List<ConformanceCase> cases = new ArrayList<>();
    for (Cells cell : Cells.all()) {
      String name = cell.label();
      RnnSpec one = cell.spec(5, 7).build();
      RnnSpec both = cell.spec(5, 7).bidirectional().layers(2).build();
      RnnSpec dropped = cell.spec(5, 33).layers(3).dropout(0.4).build();
      add(cases, name, one, t -> t);
      add(cases, name + " layers 2, bidirectional", both, t -> t);
      add(cases, name + " dropout", dropped, t -> t);
      add(cases, name + " batch-major", both, t -> t.batchMajor().placement(Placement.STRIDED));
      add(cases, name + " inference", both, Trial::inference);
      add(cases, name + " without dy", both, Trial::withoutDy);
      add(
          cases,
          name + " alone",
          both,
          t -> t.withoutDy().withoutFinalGradient().withoutDx().withoutY().withoutFinalState());
      for (MaskingContract masking : MaskingContract.values()) {
        RnnSpec ragged = cell.spec(5, 7).bidirectional().layers(2).masking(masking).build();
        add(cases, name + " ragged " + masking, ragged, t -> t.lengths(LENGTHS));
      }
    }
    return cases;
  }

  private static void add(
      List<ConformanceCase> cases, String name, RnnSpec spec, UnaryOperator<Trial> change) {
    cases.add(
        ConformanceCase.ofPlan(
            "state-sequences",
            name,
            c -> change.apply(Trial.of(spec, T, N).stateSequences().seed(c.seed())).run(c)));
  }
}
