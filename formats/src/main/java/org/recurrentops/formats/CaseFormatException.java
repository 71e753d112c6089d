package org.recurrentops.formats;

import org.recurrentops.RecurrentOpsException;

/** A file that does not keep to its format: says which file, which key, expected, got. */
public final class CaseFormatException extends RecurrentOpsException {
  private static final long serialVersionUID = 1L;

  /**
   * With a message.
   *
   * @param message file, key, expected, got
   */
  public CaseFormatException(String message) {
    super(message);
  }

  /**
   * With a message and a cause.
   *
   * @param message file, key, expected, got
   * @param cause the underlying error
   */
  public CaseFormatException(String message, Throwable cause) {
    super(message, cause);
  }
}
