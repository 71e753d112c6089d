package org.recurrentops.cpu.math;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
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
    run(OtherWidths.class.getName(), folder);
  }

  private static void run(String main, Path folder) throws Exception {
    File output = folder.resolve("output").toFile();
    List<String> command =
        List.of(
            new File(System.getProperty("java.home"), "bin/java").getPath(),
            "--add-modules",
            "jdk.incubator.vector",
            "-cp",
            System.getProperty("java.class.path"),
            main);
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output).start();
    boolean ended = process.waitFor(200, TimeUnit.SECONDS);
    process.destroyForcibly().waitFor();
    String said = Files.readString(output.toPath(), StandardCharsets.UTF_8);
    assertTrue(ended && said.contains("nothing allocated"), said);
  }
}
