package org.recurrentops.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A program that is told to stop while it trains, as Ctrl-C does, in a process of its own. */
class StopTest {
  @TempDir Path folder;

  @Test
  @Timeout(120)
  void leavesNoHalfWrittenFile() throws IOException, InterruptedException {
    Path picture = Files.writeString(folder.resolve("picture.png"), "from before");
    Path err = Files.createTempFile("stop", ".err");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "-Drecurrentops.examples.relaunch=false",
                Main.class.getName(),
                "memory",
                "--backend",
                "cpu",
                "--steps",
                "100000000",
                "--out",
                picture.toString())
            .redirectError(err.toFile())
            .start();
    try (BufferedReader out = process.inputReader()) {
      String line = out.readLine();
      while (line != null && !line.startsWith("chance")) { // what it prints before it trains
        line = out.readLine();
      }
      Thread.sleep(1500);
      process.destroy();
      assertTrue(process.waitFor(60, TimeUnit.SECONDS), "still running");
      assertNotEquals(0, process.exitValue());
      String said = Files.readString(err, StandardCharsets.ISO_8859_1);
      assertTrue(said.contains("nothing was written"), said);
      assertEquals("from before", Files.readString(picture));
      try (var files = Files.list(folder)) {
        assertEquals(List.of(picture), files.toList());
      }
    } finally {
      process.destroyForcibly();
      Files.delete(err);
    }
  }
}
