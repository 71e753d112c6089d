package org.recurrentops.examples;

/** Ends a command with one line for the person who typed it; no stack trace is shown. */
public final class CommandException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int exitCode;

  private CommandException(int exitCode, String message, Throwable cause) {
    super(message, cause);
    this.exitCode = exitCode;
  }

  /**
   * What was asked for cannot be done; exit code 2.
   *
   * @param message what, expected, got, what to do
   * @return the exception
   */
  public static CommandException usage(String message) {
    return new CommandException(2, message, null);
  }

  /**
   * It was asked for rightly and went wrong; exit code 1.
   *
   * @param message what happened, what to do
   * @param cause the error below, or null
   * @return the exception
   */
  public static CommandException failure(String message, Throwable cause) {
    return new CommandException(1, message, cause);
  }

  /**
   * How the process ends.
   *
   * @return 2 for usage, 1 for failure
   */
  public int exitCode() {
    return exitCode;
  }
}
