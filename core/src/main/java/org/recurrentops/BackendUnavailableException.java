package org.recurrentops;

/** A backend or device that was asked for cannot be used here. */
public class BackendUnavailableException extends RecurrentOpsException {
  private static final long serialVersionUID = 1L;

  /**
   * With a message.
   *
   * @param message what was asked for and by whom, why not, what is available
   */
  public BackendUnavailableException(String message) {
    super(message);
  }

  /**
   * With a message and a cause.
   *
   * @param message what was asked for and by whom, why not, what is available
   * @param cause the underlying error
   */
  public BackendUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
