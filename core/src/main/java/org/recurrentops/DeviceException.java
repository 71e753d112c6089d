package org.recurrentops;

/**
 * The device reported an error. Outputs of the failing call are undefined. After a <em>sticky</em>
 * error (an illegal address, a lost device) the {@link RecurrentOps} is failed: every later call
 * throws this first error again, and only {@link RecurrentOps#close()} is useful.
 */
public class DeviceException extends RecurrentOpsException {
  private static final long serialVersionUID = 1L;

  /** Whether the device is unusable from now on. */
  private final boolean sticky;

  /**
   * An error after which the device remains usable.
   *
   * @param message the call, its sizes, what to do
   */
  public DeviceException(String message) {
    this(message, false, null);
  }

  /**
   * With all details.
   *
   * @param message the call, its sizes, what to do
   * @param sticky whether the device is unusable from now on
   * @param cause the underlying error, or null
   */
  public DeviceException(String message, boolean sticky, Throwable cause) {
    super(message, cause);
    this.sticky = sticky;
  }

  /**
   * Whether the device is unusable from now on.
   *
   * @return true if every later call will fail too
   */
  public boolean sticky() {
    return sticky;
  }
}
