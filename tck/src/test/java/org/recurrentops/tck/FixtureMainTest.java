package org.recurrentops.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FixtureMainTest {
  private static String errors(int exitCode, String... args) {
    PrintStream before = System.err;
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    System.setErr(new PrintStream(text, true, StandardCharsets.UTF_8));
    try {
      assertEquals(exitCode, FixtureMain.run(args));
    } finally {
      System.setErr(before);
    }
    return text.toString(StandardCharsets.UTF_8);
  }

  @Test
  void wrongUsageSaysTheRightOne() {
    assertTrue(errors(2, "cpu").contains("usage: FixtureMain"));
  }

  @Test
  void missingBackendIsOneLine(@TempDir Path folder) {
    String text = errors(1, "nowhere", "auto", folder.toString(), folder.toString());
    assertTrue(text.contains("nowhere"), text);
    assertEquals(1, text.lines().count(), text);
  }
}
