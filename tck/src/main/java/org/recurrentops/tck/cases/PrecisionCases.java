package org.recurrentops.tck.cases;

import java.util.ArrayList;
import java.util.List;
import org.recurrentops.CellType;
import org.recurrentops.RnnSpec;
import org.recurrentops.tck.ConformanceCase;

/**
 * What a {@link org.recurrentops.MathMode} must not touch. All operands of the products are numbers
 * that every mode holds, so the results are those of FP32, within its tolerance: sums, biases,
 * gates, states and outputs are float32. One step, because the state after it is no such number.
 */
final class PrecisionCases {
  /** N, C, H: short and long sums. */
  private static final int[][] SIZES = {{3, 5, 7}, {2, 300, 33}, {5, 40, 257}};

  private PrecisionCases() {}

  static List<ConformanceCase> all() {
    List<ConformanceCase> cases = new ArrayList<>();
    for (CellType type : CellType.values()) {
      if (type == CellType.GRU_RESET_BEFORE) {
        continue; // multiplies r∘h₋, which every mode rounds
      }
      for (int[] s : SIZES) {
        RnnSpec spec = RnnSpec.of(type, s[1], s[2]).build();
        String name = type.label() + " n" + s[0] + "c" + s[1] + "h" + s[2] + " exact operands";
        cases.add(
            ConformanceCase.ofPlan(
                "precision",
                name,
                c -> Trial.of(spec, 1, s[0]).seed(c.seed()).exactOperands().inference().run(c)));
        cases.add(
            ConformanceCase.ofPlan(
                "precision",
                name + " packed",
                c ->
                    Trial.of(spec, 1, s[0])
                        .seed(c.seed())
                        .exactOperands()
                        .inference()
                        .packed()
                        .run(c)));
      }
    }
    return cases;
  }
}
