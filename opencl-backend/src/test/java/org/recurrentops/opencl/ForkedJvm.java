package org.recurrentops.opencl;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Another JVM with this class path, an environment and a temporary folder of its own. */
final class ForkedJvm {
  private static final int MINUTES = 15;

  private final Process process;
  private final Path out;
  private final Path err;

  private ForkedJvm(Process process, Path out, Path err) {
    this.process = process;
    this.out = out;
    this.err = err;
  }

  /**
   * Starts one.
   *
   * @param folder where its output goes
   * @param environment added to this one's
   * @param options of the JVM
   * @param main main class and arguments
   */
  static ForkedJvm start(
      Path folder, Map<String, String> environment, List<String> options, String... main)
      throws IOException {
    Path out = Files.createTempFile(folder, "out", ".txt");
    Path err = Files.createTempFile(folder, "err", ".txt");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    if (Runtime.version().feature() >= 24) {
      command.add("--enable-native-access=ALL-UNNAMED");
    }
    command.addAll(options);
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.addAll(List.of(main));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(environment);
    builder.redirectOutput(out.toFile()).redirectError(err.toFile());
    return new ForkedJvm(builder.start(), out, err);
  }

  /** Waits for its end and returns what it printed; fails if it did not end with 0. */
  String succeed() throws IOException, InterruptedException {
    return fail(0);
  }

  /** Waits for its end and returns what it printed; fails if it did not end with that code. */
  String fail(int code) throws IOException, InterruptedException {
    boolean ended = process.waitFor(MINUTES, TimeUnit.MINUTES);
    if (!ended) {
      process.destroyForcibly();
    }
    assertTrue(ended && process.exitValue() == code, () -> "expected code " + code + ": " + both());
    return output();
  }

  String output() throws IOException {
    return Files.readString(out, StandardCharsets.UTF_8);
  }

  String errors() throws IOException {
    return Files.readString(err, StandardCharsets.UTF_8);
  }

  private String both() {
    try {
      return "out:\n" + output() + "\nerr:\n" + errors();
    } catch (IOException e) {
      return e.toString();
    }
  }
}
