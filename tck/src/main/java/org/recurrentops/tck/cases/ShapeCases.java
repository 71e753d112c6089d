package org.recurrentops.tck.cases;

import java.util.ArrayList;
import java.util.List;
import org.recurrentops.RnnSpec;
import org.recurrentops.tck.ConformanceCase;

/**
 * Every cell at awkward sizes: T = 1, N = 1, H in {1, 7, 33, 64, 257}, C no multiple of anything.
 */
final class ShapeCases {
  /** T, N, C, H. */
  private static final int[][] SIZES = {
    {1, 1, 1, 1},
    {5, 3, 1, 1},
    {7, 1, 13, 7},
    {33, 17, 3, 7},
    {1, 5, 4, 33},
    {9, 4, 65, 33},
    {4, 3, 33, 64},
    {3, 2, 5, 257},
    {1, 1, 130, 257},
    {6, 33, 2, 16},
    {17, 9, 20, 64},
    {65, 2, 3, 31},
    {2, 65, 8, 8}
  };

  private ShapeCases() {}

  static List<ConformanceCase> all() {
    List<ConformanceCase> cases = new ArrayList<>();
    for (Cells cell : Cells.all()) {
      for (int[] s : SIZES) {
        String name = cell.label() + " t" + s[0] + "n" + s[1] + "c" + s[2] + "h" + s[3];
        RnnSpec spec = cell.spec(s[2], s[3]).build();
        cases.add(
            ConformanceCase.ofPlan(
                "shapes", name, c -> Trial.of(spec, s[0], s[1]).seed(c.seed()).run(c)));
      }
    }
    return cases;
  }
}
