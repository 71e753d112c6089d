package org.recurrentops;

/** A valid spec or option that this backend, device or algorithm does not implement. */
public class UnsupportedSpecException extends RecurrentOpsException {
  private static final long serialVersionUID = 1L;

  /**
   * With a message.
   *
   * @param message which spec or option, which backend, why, what to do
   */
  public UnsupportedSpecException(String message) {
    super(message);
  }
}
