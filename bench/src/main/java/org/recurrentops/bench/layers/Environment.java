package org.recurrentops.bench.layers;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * What a result was measured with. Holds no name of a host, a user or a folder.
 *
 * @param date in UTC
 * @param command that measures it again, from the root of a checkout
 * @param commit of the working folder, with {@code -dirty} where it has changes; unknown outside
 *     git
 * @param jdk version and vendor
 * @param jvmOptions that each fork got
 * @param system operating system and architecture
 * @param cpu model
 * @param processors that the JVM may use
 */
public record Environment(
    String date,
    String command,
    String commit,
    String jdk,
    List<String> jvmOptions,
    String system,
    String cpu,
    int processors) {

  /**
   * Looks at this machine.
   *
   * @param command that measures the result again
   * @return what is known
   */
  public static Environment of(String command) {
    return new Environment(
        LocalDate.now(ZoneOffset.UTC).toString(),
        command,
        headCommit(),
        System.getProperty("java.version") + " (" + System.getProperty("java.vendor") + ")",
        ForkOptions.all(),
        System.getProperty("os.name") + " " + System.getProperty("os.arch"),
        cpuModel(),
        Runtime.getRuntime().availableProcessors());
  }

  /**
   * The class of machine.
   *
   * @return such as {@code linux-amd64-2cpu}
   */
  public String machineClass() {
    String text = system + "-" + processors + "cpu";
    return text.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_]+", "-");
  }

  private static String cpuModel() {
    try (var lines = Files.lines(Path.of("/proc/cpuinfo"))) {
      return lines
          .filter(l -> l.startsWith("model name"))
          .map(l -> l.substring(l.indexOf(':') + 1).strip())
          .findFirst()
          .orElse("unknown");
    } catch (IOException e) {
      return "unknown";
    }
  }

  private static String headCommit() {
    try {
      Process git =
          new ProcessBuilder("git", "describe", "--always", "--dirty", "--exclude=*")
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      String line = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      return git.waitFor(10, TimeUnit.SECONDS) && git.exitValue() == 0 ? line : "unknown";
    } catch (IOException e) {
      return "unknown";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "unknown";
    }
  }
}
