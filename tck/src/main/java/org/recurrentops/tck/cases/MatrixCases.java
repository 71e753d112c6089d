package org.recurrentops.tck.cases;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.recurrentops.CellType;
import org.recurrentops.PlanOptions;
import org.recurrentops.RnnSpec;
import org.recurrentops.SpecOption;
import org.recurrentops.tck.ConformanceCase;
import org.recurrentops.tck.ConformanceContext;
import org.recurrentops.tck.OptionCombination;
import org.recurrentops.tck.SupportTable;

/**
 * Every combination of options with every algorithm: run forward and backward and compared with the
 * reference, or refused with a reason that names an option. Algorithms that differ only in the form
 * of their products (the name after the slash) share the combinations of more than two options,
 * since options do not touch products. For backends of this project which of both is committed in
 * {@link SupportTable}.
 */
final class MatrixCases {
  private static final System.Logger LOG = System.getLogger(MatrixCases.class.getName());
  private static final int STEPS = 3;
  private static final int BATCH = 2;

  private MatrixCases() {}

  static List<ConformanceCase> all() {
    List<ConformanceCase> cases = new ArrayList<>();
    for (CellType cell : CellType.values()) {
      cases.add(
          ConformanceCase.ofPlan(
              "matrix", cell.label() + " with all combinations of options", c -> run(cell, c)));
    }
    return cases;
  }

  private static void run(CellType cell, ConformanceContext c) throws Exception {
    int ran = 0;
    int refused = 0;
    int contradictions = 0;
    int left = 0;
    for (OptionCombination combination : OptionCombination.all(cell)) {
      if (combination.spec().isEmpty()) {
        contradictions++;
        checkContradiction(combination);
      } else if (isRefused(combination, c)) {
        refused++;
      } else if (!isTurn(combination, c)) {
        left++;
      } else {
        ran++;
        // tuning thousands of plans takes minutes, and what auto takes is run under its own name
        if (!c.algorithm().equals(PlanOptions.AUTO)) {
          trial(combination.spec().get(), c).run(c);
        }
      }
    }
    LOG.log(
        System.Logger.Level.INFO,
        String.format(
            Locale.ROOT,
            "matrix %s %s %s: %d combinations of options, %d contradictory, %d refused, %d %s, %d"
                + " left to other forms",
            c.ops().device().id(),
            c.algorithm(),
            cell.label(),
            contradictions + refused + ran + left,
            contradictions,
            refused,
            ran,
            c.algorithm().equals(PlanOptions.AUTO) ? "accepted" : "right",
            left));
  }

  /** Whether it is this algorithm that runs a combination, of those with its kind of loop. */
  private static boolean isTurn(OptionCombination combination, ConformanceContext c) {
    List<String> forms = new ArrayList<>(c.ops().algorithms());
    forms.removeIf(name -> !kind(name).equals(kind(c.algorithm())));
    int turn = combination.options().stream().mapToInt(SpecOption::ordinal).sum();
    return combination.options().size() <= 2
        || forms.size() < 2
        || forms.get(turn % forms.size()).equals(c.algorithm());
  }

  private static String kind(String algorithm) {
    return algorithm.replaceFirst("/.*", "");
  }

  private static Trial trial(RnnSpec spec, ConformanceContext c) {
    return Trial.of(spec, STEPS, BATCH).seed(c.seed()).lengths(STEPS, STEPS - 1);
  }

  /** Core says which choice does not fit. */
  private static void checkContradiction(OptionCombination combination) {
    String said = combination.contradiction().toLowerCase(Locale.ROOT);
    boolean named =
        combination.options().stream()
            .map(o -> o.name().replace("_", "").toLowerCase(Locale.ROOT))
            .anyMatch(said.replace("-", "")::contains);
    Expect.that(named, "expected one of " + combination.options() + " to be named, got: " + said);
  }

  private static boolean isRefused(OptionCombination combination, ConformanceContext c) {
    RnnSpec spec = combination.spec().get();
    String where = spec.label() + " on " + c.ops().device().id() + " " + c.algorithm();
    Expect.that(
        spec.options().equals(combination.options()),
        "options: expected " + combination.options() + ", got " + spec.options() + "; " + where);
    PlanOptions options = trial(spec, c).options().algorithm(c.algorithm()).mathMode(c.mathMode());
    Optional<String> reason = c.ops().refusal(spec, options);
    String backend = c.ops().device().id().replaceFirst(":.*", "");
    SupportTable table = SupportTable.committed();
    boolean lacksCell = table.lacks(backend, c.algorithm(), spec.cell());
    if (table.knows(backend)) {
      boolean expected = !lacksCell && table.has(backend, c.algorithm(), combination.options());
      Expect.that(
          expected == reason.isEmpty(),
          "support.txt: expected "
              + combination.options()
              + (expected ? " to be supported" : " to be refused")
              + ", got "
              + reason.orElse("no refusal")
              + "; "
              + where);
    }
    reason.ifPresent(
        r ->
            Expect.that(
                lacksCell && r.contains(spec.cell().label())
                    || combination.options().stream().anyMatch(o -> names(r, o)),
                "reason: expected one of " + combination.options() + ", got: " + r));
    return reason.isPresent();
  }

  private static boolean names(String reason, SpecOption option) {
    String stem = option == SpecOption.PROJECTION ? "project" : option.label();
    return reason.contains(stem);
  }
}
