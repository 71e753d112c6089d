package org.recurrentops.cpu.math;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CpuMathTest {
  private static final String FLAG = "--add-modules jdk.incubator.vector";

  @Test
  void choosesByPropertyAndModule() {
    assertEquals("java", CpuMath.select("off", true).name());
    assertEquals("java", CpuMath.select("auto", false).name());
    assertTrue(CpuMath.select("auto", false).reason().contains(FLAG));
    assertTrue(KernelForms.form("on").name().startsWith("vector-"));
  }

  @Test
  void insistingWithoutTheModuleNamesTheFlag() {
    IllegalStateException error =
        assertThrows(IllegalStateException.class, () -> CpuMath.select("on", false));
    assertTrue(error.getMessage().contains(FLAG), error.getMessage());
  }

  @Test
  void refusesOtherWords() {
    IllegalArgumentException error =
        assertThrows(IllegalArgumentException.class, () -> CpuMath.select("yes", true));
    assertTrue(error.getMessage().contains("'yes'"), error.getMessage());
  }

  @Test
  void oneDnnTakesNewerJava() {
    if (KernelForms.callsLibraries()) {
      assertEquals("onednn", KernelForms.withOneDnn().kind());
      return;
    }
    IllegalStateException error =
        assertThrows(IllegalStateException.class, KernelForms::withOneDnn);
    String expected = "-Drecurrentops.cpu.onednn=on: it takes Java 22 or newer, this is 17";
    assertTrue(error.getMessage().startsWith(expected), error.getMessage());
  }

  /** Prints the form; run in JVMs of its own. */
  static final class Program {
    private Program() {}

    public static void main(String[] args) {
      CpuMath math = CpuMath.select();
      System.out.println("form " + math.name() + " " + math.activations().tanh(1f));
    }
  }

  @Test
  void withoutTheModuleNoVectorClassIsLoaded(@TempDir File folder)
      throws IOException, InterruptedException {
    File output = new File(folder, "output");
    Process process =
        new ProcessBuilder(
                new File(System.getProperty("java.home"), "bin/java").getPath(),
                "-verbose:class",
                "-cp",
                System.getProperty("java.class.path"),
                Program.class.getName())
            .redirectErrorStream(true)
            .redirectOutput(output)
            .start();
    boolean ended = process.waitFor(300, TimeUnit.SECONDS);
    process.destroyForcibly().waitFor();
    String said = Files.readString(output.toPath(), StandardCharsets.UTF_8);
    assertTrue(ended && process.exitValue() == 0, said);
    assertTrue(said.contains("form java 0.76159"), said);
    assertTrue(said.contains("cpu.math.JavaGemm "), said);
    assertFalse(said.contains("cpu.math.Vector"), said);
  }
}
