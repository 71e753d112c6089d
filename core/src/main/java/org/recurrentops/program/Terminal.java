package org.recurrentops.program;

import java.io.Console;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Knows whether a person watches, so that no control characters get into files and pipes. */
public final class Terminal {
  private static final Path STDERR = Path.of("/proc/self/fd/2");

  private Terminal() {}

  /**
   * Whether standard error is a terminal that can redraw a line.
   *
   * @return false if in doubt
   */
  public static boolean canRedraw() {
    String term = System.getenv("TERM");
    if ("dumb".equals(term)) {
      return false;
    }
    if (Files.isSymbolicLink(STDERR)) {
      return isTerminalDevice();
    }
    Console console = System.console();
    return console != null && isTerminal(console);
  }

  private static boolean isTerminalDevice() {
    try {
      String target = Files.readSymbolicLink(STDERR).toString();
      return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
    } catch (IOException | UnsupportedOperationException e) {
      return false;
    }
  }

  /** From Java 22 on there is a console even without a terminal; it can be asked. */
  private static boolean isTerminal(Console console) {
    try {
      return (boolean) Console.class.getMethod("isTerminal").invoke(console);
    } catch (NoSuchMethodException e) {
      return true;
    } catch (ReflectiveOperationException e) {
      return false;
    }
  }
}
