package org.recurrentops.formats;

import org.recurrentops.RecurrentOpsException;

/** A safetensors file that is malformed or does not fit: names the file and the tensor. */
public final class SafetensorsException extends RecurrentOpsException {
  private static final long serialVersionUID = 1L;

  /**
   * With a message.
   *
   * @param message file, tensor, expected, got
   */
  public SafetensorsException(String message) {
    super(message);
  }

  /**
   * With a message and a cause.
   *
   * @param message file, tensor, expected, got
   * @param cause the underlying error
   */
  public SafetensorsException(String message, Throwable cause) {
    super(message, cause);
  }
}
