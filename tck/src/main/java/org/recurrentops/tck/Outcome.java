package org.recurrentops.tck;

/**
 * How one case ended with one algorithm.
 *
 * @param item what ran
 * @param status how it ended
 * @param detail message of the failure, or the refusal's reason; empty if it passed
 * @param failure what was thrown, or null
 * @param nanos how long it took
 */
public record Outcome(
    ConformanceSession.Item item, Status status, String detail, Throwable failure, long nanos) {

  /** The three ends. */
  public enum Status {
    /** The statement holds. */
    PASSED,
    /** It does not, or an unexpected refusal. */
    FAILED,
    /** The backend refused, as its list says. */
    REFUSED
  }
}
