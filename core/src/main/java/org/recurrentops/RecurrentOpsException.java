package org.recurrentops;

/**
 * Root of this library's own exceptions. Each message says what, expected, got, where, what to do.
 */
public class RecurrentOpsException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * With a message.
   *
   * @param message what happened and what to do
   */
  public RecurrentOpsException(String message) {
    super(message);
  }

  /**
   * With a message and a cause.
   *
   * @param message what happened and what to do
   * @param cause the underlying error
   */
  public RecurrentOpsException(String message, Throwable cause) {
    super(message, cause);
  }
}
