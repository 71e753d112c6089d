package org.recurrentops.tck.cases;

import java.util.ArrayList;
import java.util.List;
import org.recurrentops.RecurrentPlan;
import org.recurrentops.RnnSpec;
import org.recurrentops.formats.BundledCases;
import org.recurrentops.formats.CaseFile;
import org.recurrentops.formats.CaseVerdict;
import org.recurrentops.formats.LayerCase;
import org.recurrentops.tck.ConformanceCase;
import org.recurrentops.tck.ConformanceContext;

/**
 * Results computed by others: ONNX's own node tests, an ONNX-semantics float64 reference and
 * PyTorch, judged by the tolerance that comes with them.
 */
public final class FixtureCases {
  private FixtureCases() {}

  /**
   * One case per bundled fixture that {@link RnnSpec} can express.
   *
   * @return a new list
   */
  public static List<ConformanceCase> all() {
    List<ConformanceCase> cases = new ArrayList<>();
    for (LayerCase fixture : Bundled.FIXTURES) {
      String name = fixture.file().suite() + " " + fixture.file().name();
      cases.add(ConformanceCase.ofPlan("fixtures", name, c -> check(c, fixture)));
    }
    return cases;
  }

  /** Read once: the kit's list is made often. */
  private static final class Bundled {
    static final List<LayerCase> FIXTURES = read();

    private static List<LayerCase> read() {
      List<LayerCase> fixtures = new ArrayList<>();
      for (String path : BundledCases.paths()) {
        CaseFile file = BundledCases.read(path);
        if (file.refusal().isEmpty()) {
          fixtures.add(file.toLayer());
        }
      }
      return List.copyOf(fixtures);
    }
  }

  private static void check(ConformanceContext context, LayerCase fixture) {
    CaseVerdict verdict;
    try (RecurrentPlan plan = context.plan(fixture.spec(), FixtureRun.options(fixture))) {
      verdict = CaseVerdict.of(fixture.file(), fixture.toFileLayout(FixtureRun.run(plan, fixture)));
    }
    Expect.that(
        verdict.passed(),
        "fixture " + verdict + " on " + context.ops().device().id() + " " + context.algorithm());
  }
}
