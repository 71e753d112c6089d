package org.recurrentops.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.recurrentops.Backends;
import org.recurrentops.MathMode;
import org.recurrentops.tck.backend.ReferenceBackend;
import org.recurrentops.tck.backend.ReferenceBackend.Modes;
import org.recurrentops.tck.reference.OperandRounding;

/** The kit in every mode: right backends pass, and what a mode must not touch is guarded. */
class MathModeKitTest {
  private static ConformanceReport run(Modes modes, String... groups) {
    return run(modes, c -> List.of(groups).contains(c.group()));
  }

  private static ConformanceReport run(Modes modes, Predicate<ConformanceCase> wanted) {
    return ConformanceKit.standard()
        .only(wanted)
        .run(() -> Backends.open(new ReferenceBackend(modes)), List.of());
  }

  private static Set<String> labels(ConformanceReport report, Outcome.Status status) {
    return report.outcomes().stream()
        .filter(o -> o.status() == status)
        .map(o -> o.item().label())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void everyModeIsForced() {
    ConformanceReport report = run(Modes.RIGHT, "shapes", "precision", "lengths");
    assertEquals(0, report.failures(), report::table);
    assertEquals(
        Set.of(
            "auto",
            "auto TF32",
            "auto BF16",
            "auto FP16",
            "reference",
            "reference TF32",
            "reference BF16",
            "reference FP16"),
        labels(report, Outcome.Status.PASSED));
  }

  /** More precision than asked for is within every bound, but for relu, whose derivative jumps. */
  @Test
  void morePreciseIsRight() {
    ConformanceReport report =
        run(Modes.TOO_PRECISE, c -> c.group().equals("shapes") && !c.name().contains("relu"));
    assertEquals(0, report.failures(), report::table);
  }

  @Test
  void roundedSumsAreFound() {
    ConformanceReport report = run(Modes.ROUNDS_OUTPUT, "precision");
    Set<String> red = labels(report, Outcome.Status.FAILED);
    assertEquals(
        Set.of(
            "auto TF32",
            "auto BF16",
            "auto FP16",
            "reference TF32",
            "reference BF16",
            "reference FP16"),
        red);
    assertTrue(report.table().contains("2^-24"), "compared with another bound than that of FP32");
  }

  @Test
  void aModeThatDoesNotRunIsFound() {
    ConformanceReport report = run(Modes.UNCOUNTED, "precision");
    assertTrue(labels(report, Outcome.Status.FAILED).contains("reference BF16"), report::table);
    assertTrue(report.table().contains("expected products counted as BF16"), report::table);
  }

  /** Values by hand: ties to even, overflow, numbers below the smallest normal one. */
  @ParameterizedTest
  @CsvSource({
    "BF16, 1.00390625, 1",
    "BF16, 1.01171875, 1.015625",
    "BF16, 1.005, 1.0078125",
    "BF16, 3e38, 3.00405e38",
    "TF32, 1.00048828125, 1",
    "TF32, 1.0005, 1.0009765625",
    "FP16, 1.00048828125, 1",
    "FP16, 65504, 65504",
    "FP16, 65519, 65504",
    "FP16, 65520, Infinity",
    "FP16, -1e9, -Infinity",
    "FP16, 5.9604645e-8, 5.9604645e-8",
    "FP16, 2.9e-8, 0",
    "FP16, 3.0e-8, 5.9604645e-8",
    "FP32, 0.1, 0.1"
  })
  void rounding(MathMode mode, double x, double expected) {
    double got = OperandRounding.of(mode).applyAsDouble(x);
    boolean near = got == expected || Math.abs(got - expected) <= 1e-4 * Math.abs(expected);
    assertTrue(expected == 1 || expected == 0 ? got == expected : near, x + " becomes " + got);
  }
}
