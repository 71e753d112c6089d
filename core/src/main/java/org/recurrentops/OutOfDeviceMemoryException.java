package org.recurrentops;

/** The device has not enough memory for an allocation; nothing was allocated. */
public class OutOfDeviceMemoryException extends DeviceException {
  private static final long serialVersionUID = 1L;

  /**
   * With a message.
   *
   * @param message what was to be allocated, how much, what to do
   * @param cause the underlying error, or null
   */
  public OutOfDeviceMemoryException(String message, Throwable cause) {
    super(message, false, cause);
  }
}
