package org.recurrentops.cpu.math;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Other code of the process may use vectors of other widths, after which C2 inlines less. One loop
 * with all operations of tanh, and tiles whose sums had no known class, then allocated in every
 * call, for the life of the process.
 */
class OtherWidthsTest {
  @Test
  void kernelsAllocateNothing(@TempDir Path folder) throws Exception {
    run(OtherWidths.class, folder);
  }

  /**
   * C2 may compile a loop before anyone has seen which classes come by, and how often. Virtual
   * calls and calls of our own then stay, and their vectors are allocated for good.
   */
  @Test
  void kernelsNeedNoProfile(@TempDir Path folder) throws Exception {
    run(
        OtherWidths.class,
        folder,
        "-XX:+IgnoreUnrecognizedVMOptions",
        "-XX:-UseTypeProfile",
        "-XX:MaxInlineSize=1",
        "-XX:FreqInlineSize=1");
  }

  /** Waiting for compilations takes the place of a busy machine. */
  @Test
  void loopsEnteredLateAllocateNothing(@TempDir Path folder) throws Exception {
    run(LateLoops.class, folder, "-Xbatch");
  }

  private static void run(Class<?> main, Path folder, String... options) throws Exception {
    File output = folder.resolve("output").toFile();
    List<String> command = new ArrayList<>();
    command.add(new File(System.getProperty("java.home"), "bin/java").getPath());
    command.addAll(List.of(options));
    command.addAll(List.of("--add-modules", "jdk.incubator.vector"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(main.getName());
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output).start();
    boolean ended = process.waitFor(200, TimeUnit.SECONDS);
    process.destroyForcibly().waitFor();
    String said = Files.readString(output.toPath(), StandardCharsets.UTF_8);
    assertTrue(ended && said.contains("nothing allocated"), said);
  }
}
