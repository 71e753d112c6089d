package org.recurrentops.formats;

import org.recurrentops.RecurrentOpsException;

/**
 * A well-formed case that {@link org.recurrentops.RnnSpec} cannot express; the message says why.
 */
public final class UnsupportedCaseException extends RecurrentOpsException {
  private static final long serialVersionUID = 1L;

  /**
   * With a reason.
   *
   * @param name the case
   * @param reason the feature that is missing
   */
  public UnsupportedCaseException(String name, String reason) {
    super("case " + name + " is unsupported: " + reason);
  }
}
