package org.recurrentops.tck;

/**
 * A backend refused a plan: an outcome of its own, right or wrong by the list of expected refusals.
 */
public final class RefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * With the backend's reason.
   *
   * @param reason what {@link org.recurrentops.RecurrentOps#refusal} said
   */
  public RefusedException(String reason) {
    super(reason);
  }
}
