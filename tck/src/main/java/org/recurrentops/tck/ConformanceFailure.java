package org.recurrentops.tck;

/** A backend did something else than the contract says. */
public final class ConformanceFailure extends AssertionError {
  private static final long serialVersionUID = 1L;

  /**
   * With everything needed to repeat it.
   *
   * @param message what, expected, got, and the seed or data it was seen with
   */
  public ConformanceFailure(String message) {
    super(message);
  }
}
