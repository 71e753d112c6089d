package org.recurrentops.tck.cases;

import java.util.ArrayList;
import java.util.List;
import org.recurrentops.Direction;
import org.recurrentops.MaskingContract;
import org.recurrentops.RnnSpec;
import org.recurrentops.RnnSpecBuilder;
import org.recurrentops.tck.ConformanceCase;

/**
 * Rows of different lengths under the three contracts. All padding holds NaN and infinities, so
 * that a kernel that multiplies padding away instead of selecting it away is seen.
 */
final class LengthCases {
  private static final int T = 6;
  private static final int[] RAGGED = {4, 0, 6, 1, 5};
  private static final int[] NONE = {0, 0, 0, 0, 0};
  private static final int[] SHORT = {3, 2, 0, 1, 3};

  private LengthCases() {}

  static List<ConformanceCase> all() {
    List<ConformanceCase> cases = new ArrayList<>();
    for (Cells cell : Cells.all()) {
      for (MaskingContract masking : MaskingContract.values()) {
        for (Direction direction : Direction.values()) {
          String name = cell.label() + " " + masking + " " + direction;
          RnnSpecBuilder b = cell.spec(5, 7).masking(masking).direction(direction);
          RnnSpec one = b.build();
          RnnSpec two = b.layers(2).build();
          add(cases, name + " ragged", Trial.of(one, T, 5).lengths(RAGGED));
          add(cases, name + " ragged layers 2", Trial.of(two, T, 5).lengths(RAGGED));
          add(cases, name + " all rows empty", Trial.of(two, T, 5).lengths(NONE));
        }
      }
      addForCell(cases, cell);
    }
    return cases;
  }

  private static void addForCell(List<ConformanceCase> cases, Cells cell) {
    String name = cell.label();
    RnnSpec spec = cell.spec(5, 7).bidirectional().layers(2).build();
    add(cases, name + " no row is full", Trial.of(spec, T, 5).lengths(SHORT));
    add(cases, name + " all rows full", Trial.of(spec, T, 5).lengths(T, T, T, T, T));
    add(
        cases,
        name + " lengths in device memory",
        Trial.of(spec, T, 5).lengths(RAGGED).deviceLengths());
    add(
        cases,
        name + " ragged without states",
        Trial.of(spec, T, 5).lengths(RAGGED).withoutInitialState());
    add(cases, name + " ragged inference", Trial.of(spec, T, 5).lengths(RAGGED).inference());
    RnnSpec filled = cell.spec(5, 7).bidirectional().fillValue(-2.5f).build();
    add(cases, name + " fill −2.5", Trial.of(filled, T, 5).lengths(RAGGED));
    RnnSpec nan = cell.spec(5, 7).layers(2).fillValue(Float.NaN).build();
    add(cases, name + " fill NaN", Trial.of(nan, T, 5).lengths(RAGGED));
    RnnSpec wide = cell.spec(3, 33).build();
    add(
        cases,
        name + " many rows",
        Trial.of(wide, 9, 19).lengths(9, 1, 0, 8, 2, 7, 3, 6, 4, 5, 9, 0, 1, 2, 9, 3, 4, 5, 6));
  }

  private static void add(List<ConformanceCase> cases, String name, Trial trial) {
    cases.add(ConformanceCase.ofPlan("lengths", name, c -> trial.seed(c.seed()).run(c)));
  }
}
