package org.recurrentops.bench.conformance;

import java.util.List;
import java.util.Locale;
import org.recurrentops.formats.CaseFile;
import org.recurrentops.formats.CaseVerdict;

/**
 * What became of one case.
 *
 * @param name suite and name
 * @param optional whether the case need not pass
 * @param gradients whether it expects gradients
 * @param verdict the judge's, null if the case did not run
 * @param reason why it did not run, or null
 * @param error whether it did not run because of an error instead of a refusal
 */
record CaseOutcome(
    String name,
    boolean optional,
    boolean gradients,
    CaseVerdict verdict,
    String reason,
    boolean error) {

  static CaseOutcome judged(CaseFile file, CaseVerdict verdict) {
    return of(file, verdict, null, false);
  }

  static CaseOutcome refused(CaseFile file, String reason) {
    return of(file, null, reason, false);
  }

  static CaseOutcome failed(CaseFile file, String reason) {
    return of(file, null, reason, true);
  }

  private static CaseOutcome of(CaseFile file, CaseVerdict verdict, String reason, boolean error) {
    return new CaseOutcome(
        file.suite() + "/" + file.name(),
        file.features().contains("optional"),
        !file.expected().grads().isEmpty(),
        verdict,
        reason,
        error);
  }

  boolean passed() {
    return verdict != null && verdict.passed();
  }

  boolean refused() {
    return verdict == null && !error;
  }

  /** Whether this case alone makes the run fail. */
  boolean counts(boolean strict) {
    return refused() ? strict : !passed() && (strict || !optional);
  }

  String status() {
    String status = passed() ? "PASS" : refused() ? "REFUSED" : "FAIL";
    return optional && !passed() && !refused() ? "FAIL*" : status;
  }

  /** One row of the table, then one line per tensor that failed. */
  String row(int width) {
    StringBuilder row =
        new StringBuilder(
            String.format(
                Locale.ROOT,
                "%-" + width + "s  %-7s  %9s  %9s",
                name,
                status(),
                error(verdict != null, verdict == null ? 0 : verdict.worstOutput()),
                error(
                    verdict != null && gradients, verdict == null ? 0 : verdict.worstGradient())));
    if (reason != null) {
      row.append("  ").append(reason.replaceAll("\\s+", " "));
    }
    List<String> failures = verdict == null ? List.of() : verdict.failures();
    failures.forEach(f -> row.append(System.lineSeparator()).append("    ").append(f));
    return row.toString();
  }

  private static String error(boolean present, double scales) {
    return present ? String.format(Locale.ROOT, "%.2e", scales) : "-";
  }
}
