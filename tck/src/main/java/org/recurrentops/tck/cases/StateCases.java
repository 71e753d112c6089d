package org.recurrentops.tck.cases;

import java.util.ArrayList;
import java.util.List;
import org.recurrentops.RnnSpec;
import org.recurrentops.tck.ConformanceCase;

/** Optional states and outputs: given or absent, wanted or not, carried in place. */
final class StateCases {
  private StateCases() {}

  static List<ConformanceCase> all() {
    List<ConformanceCase> cases = new ArrayList<>();
    for (Cells cell : Cells.all()) {
      RnnSpec spec = cell.spec(4, 6).layers(2).bidirectional().build();
      String name = cell.label();
      add(cases, name + " without h0, c0", spec, Trial::withoutInitialState);
      add(cases, name + " without hN, cN", spec, Trial::withoutFinalState);
      add(cases, name + " without y", spec, Trial::withoutY);
      add(cases, name + " without any output", spec, t -> t.withoutY().withoutFinalState());
      add(cases, name + " many to one", spec, t -> t.withoutInitialState().withoutY().withoutDy());
      add(
          cases,
          name + " without final gradient",
          spec,
          t -> t.withoutInitialState().withoutFinalGradient());
      add(cases, name + " hN in h0, cN in c0", spec, Trial::carriedInPlace);
      add(cases, name + " inference", spec, Trial::inference);
      add(cases, name + " inference in place", spec, t -> t.inference().carriedInPlace());
      add(cases, name + " ragged, in place", spec, t -> t.carriedInPlace().lengths(3, 0, 5));
    }
    return cases;
  }

  /** Changes a trial. */
  interface Change {
    Trial apply(Trial t);
  }

  private static void add(List<ConformanceCase> cases, String name, RnnSpec spec, Change change) {
    cases.add(
        ConformanceCase.ofPlan(
            "states", name, c -> change.apply(Trial.of(spec, 5, 3).seed(c.seed())).run(c)));
  }
}
