package org.recurrentops.bench.layers;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;

/**
 * Takes what a fork prints, so that no warning comes between the lines of the runner; its last
 * words are told if it fails.
 */
public final class ForkLog implements AutoCloseable {
  private static final int LAST_WORDS = 3;

  private final Path file;

  private ForkLog(Path file) {
    this.file = file;
  }

  /**
   * Begins, in a temporary file.
   *
   * @return the log of one fork
   * @throws IOException if there is no room for it
   */
  public static ForkLog begin() throws IOException {
    return new ForkLog(Files.createTempFile("recurrent-bench", ".log"));
  }

  /**
   * Sends what JMH and its fork print here.
   *
   * @param options of the run
   */
  public void take(ChainedOptionsBuilder options) {
    options.output(file.toString());
  }

  /**
   * What went wrong, in one line.
   *
   * @param e as JMH throws it: wrapped several times over, the cause among the suppressed
   * @return the first cause and the last lines that the fork printed
   */
  public String failure(RunnerException e) {
    Throwable t = e;
    while (t.getCause() != null || t.getSuppressed().length > 0) {
      t = t.getCause() != null ? t.getCause() : t.getSuppressed()[0];
    }
    String message = t.getMessage() == null ? t.toString() : t.getMessage();
    return message.contains("exit code") ? message + lastWords() : message;
  }

  /** Of a JVM that ended without an exception; the JDK's own warnings say nothing about that. */
  private String lastWords() {
    try {
      List<String> lines =
          new String(Files.readAllBytes(file), StandardCharsets.UTF_8)
              .lines()
              .map(String::strip)
              .filter(l -> !l.isEmpty() && !l.startsWith("WARNING:") && !l.startsWith("<"))
              .toList();
      List<String> last = lines.subList(Math.max(0, lines.size() - LAST_WORDS), lines.size());
      return last.isEmpty() ? "" : "; it said: " + String.join(" / ", last);
    } catch (IOException e) {
      return "";
    }
  }

  @Override
  public void close() throws IOException {
    Files.deleteIfExists(file);
  }
}
