package org.recurrentops.formats;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A result judged as the cases' own judge does: a tensor passes if max|got − ref| ≤ tolerance·scale
 * with the scale that the case gives; NaN, infinity, wrong extents and absent tensors fail.
 *
 * @param name of the case
 * @param worstOutput largest error of an output, in scales
 * @param worstGradient largest error of a gradient, in scales; 0 if there are none
 * @param failures one line per tensor that failed
 */
public record CaseVerdict(
    String name, double worstOutput, double worstGradient, List<String> failures) {
  /** Tolerance of outputs in float32 arithmetic. */
  public static final double OUTPUT_TOLERANCE = 1e-5;

  /** Tolerance of gradients in float32 arithmetic. */
  public static final double GRADIENT_TOLERANCE = 1e-4;

  /** Copies the list. */
  public CaseVerdict {
    failures = List.copyOf(failures);
  }

  /**
   * Judges by the standard tolerances.
   *
   * @param expected the case
   * @param got in the case's layout
   * @return the verdict
   */
  public static CaseVerdict of(CaseFile expected, CaseResult got) {
    return of(expected, got, OUTPUT_TOLERANCE, GRADIENT_TOLERANCE);
  }

  /**
   * Judges.
   *
   * @param file the case
   * @param got in the case's layout
   * @param outputTolerance in scales
   * @param gradientTolerance in scales
   * @return the verdict
   */
  public static CaseVerdict of(
      CaseFile file, CaseResult got, double outputTolerance, double gradientTolerance) {
    List<String> failures = new ArrayList<>();
    CaseResult expected = file.expected();
    double output =
        worst(file, "outputs.", expected.outputs(), got.outputs(), outputTolerance, failures);
    double gradient =
        worst(file, "grads.", expected.grads(), got.grads(), gradientTolerance, failures);
    return new CaseVerdict(file.name(), output, gradient, failures);
  }

  private static double worst(
      CaseFile file,
      String group,
      Map<String, CaseTensor> expected,
      Map<String, CaseTensor> got,
      double tolerance,
      List<String> failures) {
    double worst = 0;
    for (Map.Entry<String, CaseTensor> e : expected.entrySet()) {
      String key = group + e.getKey();
      CaseTensor t = got.get(e.getKey());
      if (t == null || !t.shape().equals(e.getValue().shape())) {
        failures.add(
            key + ": expected " + e.getValue().shape() + ", got " + (t == null ? null : t.shape()));
        worst = Double.POSITIVE_INFINITY;
        continue;
      }
      int at = worstIndex(t.values(), e.getValue().values());
      if (at < 0) {
        continue;
      }
      double error = distance(t.values()[at], e.getValue().values()[at]) / file.scales().get(key);
      worst = Math.max(worst, error);
      if (!(error <= tolerance)) {
        failures.add(
            String.format(
                Locale.ROOT,
                "%s: expected %.9g, got %.9g at flat index %d of %s, off by %.3g scales, allowed"
                    + " %.3g",
                key,
                e.getValue().values()[at],
                t.values()[at],
                at,
                t.shape(),
                error,
                tolerance));
      }
    }
    return worst;
  }

  /** Index of the largest distance, −1 for an empty tensor. */
  private static int worstIndex(double[] got, double[] expected) {
    int worst = got.length == 0 ? -1 : 0;
    for (int i = 1; i < got.length; i++) {
      if (distance(got[i], expected[i]) > distance(got[worst], expected[worst])) {
        worst = i;
      }
    }
    return worst;
  }

  /** |got − expected|, infinite if got is not finite. */
  private static double distance(double got, double expected) {
    double d = Math.abs(got - expected);
    return Double.isNaN(d) ? Double.POSITIVE_INFINITY : d;
  }

  /**
   * Whether every tensor passed.
   *
   * @return true if so
   */
  public boolean passed() {
    return failures.isEmpty();
  }

  @Override
  public String toString() {
    return String.format(
            Locale.ROOT,
            "%s: outputs off by %.2e, gradients by %.2e of their scale",
            name,
            worstOutput,
            worstGradient)
        + (passed() ? "" : "; " + String.join("; ", failures));
  }
}
