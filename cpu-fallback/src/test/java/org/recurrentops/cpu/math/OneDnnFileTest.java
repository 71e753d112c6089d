package org.recurrentops.cpu.math;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.recurrentops.cpu.CpuBackend;

/**
 * What is said where oneDNN's library is asked for and cannot be used: each in a JVM of its own.
 */
class OneDnnFileTest {
  /** Prints the last form, or why there is none. */
  static final class Program {
    private Program() {}

    public static void main(String[] args) {
      System.out.println("available " + new CpuBackend().probe().isAvailable());
      try {
        List<CpuMath> forms = CpuMath.forms();
        System.out.println("form " + forms.get(forms.size() - 1).name());
      } catch (IllegalStateException e) {
        System.out.println("refused " + e.getMessage());
      }
    }
  }

  @TempDir Path folder;

  private String said(String value, String classPath) throws IOException, InterruptedException {
    File output = folder.resolve("output").toFile();
    Process process =
        new ProcessBuilder(
                new File(System.getProperty("java.home"), "bin/java").getPath(),
                "--enable-native-access=ALL-UNNAMED",
                "-D" + CpuMath.ONEDNN + "=" + value,
                "-cp",
                classPath,
                Program.class.getName())
            .redirectErrorStream(true)
            .redirectOutput(output)
            .start();
    boolean ended = process.waitFor(300, TimeUnit.SECONDS);
    process.destroyForcibly().waitFor();
    String said = Files.readString(output.toPath(), StandardCharsets.UTF_8);
    assertTrue(ended && process.exitValue() == 0, said);
    return said;
  }

  private static String classPath(String... left) {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(entry -> Arrays.stream(left).noneMatch(new File(entry).getName()::startsWith))
        .collect(Collectors.joining(File.pathSeparator));
  }

  private void refuses(String value, String classPath, String... words)
      throws IOException, InterruptedException {
    String said = said(value, classPath);
    assertTrue(said.contains("available false\n"), said);
    assertTrue(said.contains("refused -Drecurrentops.cpu.onednn=" + value + ": "), said);
    for (String word : words) {
      assertTrue(said.contains(word), said);
    }
  }

  @Test
  void offIsTheDefault() throws IOException, InterruptedException {
    assertEquals("available true\nform java", said("off", classPath()).trim());
  }

  /** By its own name, without JavaCPP: the library stands alone. */
  @Test
  void aFileIsTaken() throws IOException, InterruptedException {
    System.setProperty(CpuMath.ONEDNN, "on");
    Path file;
    try {
      file = OneDnnFile.find();
    } catch (OneDnnFile.Missing e) {
      throw new AssertionError(e);
    } finally {
      System.clearProperty(CpuMath.ONEDNN);
    }
    String said = said(file.toString(), classPath("javacpp", "dnnl"));
    assertTrue(said.startsWith("available true\nform onednn-3."), said);
  }

  @Test
  void aMissingJarIsNamed() throws IOException, InterruptedException {
    refuses("on", classPath("dnnl"), "org.bytedeco:dnnl:", "classifier", "libdnnl");
    refuses("on", classPath("javacpp", "dnnl"), "javacpp.Loader", "org.bytedeco:dnnl:");
  }

  @Test
  void aFileThatIsNoneIsRefused() throws IOException, InterruptedException {
    refuses("yes", classPath(), "expected off, on", "no file 'yes'");
    Path text = Files.writeString(folder.resolve("libdnnl.so.3"), "no library");
    refuses(text.toString(), classPath(), text.toString());
  }

  @Test
  void anotherLibraryIsRefused() throws IOException, InterruptedException {
    String other = System.mapLibraryName("java");
    Path file = Path.of(System.getProperty("java.home"), "lib", other);
    refuses(file.toString(), classPath(), "has no function dnnl_version", other);
  }
}
