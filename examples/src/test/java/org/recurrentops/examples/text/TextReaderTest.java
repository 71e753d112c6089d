package org.recurrentops.examples.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.recurrentops.examples.CommandException;

class TextReaderTest {
  @TempDir Path folder;

  private Path file(String name, byte... content) throws IOException {
    Path p = folder.resolve(name);
    Files.createDirectories(p.getParent());
    return Files.write(p, content);
  }

  private Path file(String name, String content) throws IOException {
    return file(name, content.getBytes(StandardCharsets.UTF_8));
  }

  private static CommandException refused(Path path) {
    return assertThrows(
        CommandException.class, () -> new TextReader(f -> true).read(path), path.toString());
  }

  private static void assertUsage(CommandException e, String part) {
    assertEquals(2, e.exitCode());
    assertTrue(e.getMessage().contains(part), e.getMessage());
    assertEquals(1, e.getMessage().lines().count(), e.getMessage());
  }

  @Test
  void readsAnyUtf8FileThatIsNamed() throws IOException {
    Path p = file("a.bin", "\uFEFFgrün\r\nΣ 😀\r");
    assertEquals(
        List.of(new SourceText(p.toString(), "grün\nΣ 😀\n")),
        new TextReader(f -> false).read(p).texts());
  }

  @Test
  void takesTextsOfAFolderInOrderAndCountsTheRest() throws IOException {
    file("b/z.txt", "last");
    file("a.txt", "first");
    file("b/picture.png", (byte) 0x89, (byte) 'P', (byte) 0xFF, (byte) 0);
    file("b/blank.txt", "  \n");
    file(".git/config", "hidden");
    file("target/out.txt", "built");
    TextReader reader = new TextReader(f -> true).read(folder);
    assertEquals(
        List.of(new SourceText("a.txt", "first"), new SourceText("b/z.txt", "last")),
        reader.texts());
    assertEquals(1, reader.skipped());
  }

  @Test
  void refusesWhatIsNotText() throws IOException {
    assertUsage(refused(file("latin1", (byte) 'g', (byte) 0xFC, (byte) 'n')), "offset 1");
    assertUsage(refused(file("cut", (byte) 'g', (byte) 0xE2, (byte) 0x82)), "not UTF-8");
    assertUsage(refused(file("nul", (byte) 'a', (byte) 0)), "NUL character at 1");
    assertUsage(refused(file("empty", "")), "is empty");
    assertUsage(refused(file("blank", " \n\t")), "is empty");
    assertUsage(refused(folder.resolve("missing")), "no such file or folder");
  }

  @Test
  void refusesFolderWithoutText() throws IOException {
    file("only/x.png", (byte) 0xFF);
    assertUsage(refused(folder.resolve("only")), "no UTF-8 text in folder");
  }

  @Test
  void findsTheCheckoutAndThePackedSources() {
    Path module = Path.of("").toAbsolutePath();
    Path checkout = ProjectSources.checkout(module.resolve("src")).orElseThrow();
    assertTrue(Files.exists(checkout.resolve("core/pom.xml")), checkout.toString());
    List<String> packed = ProjectSources.packed().texts().stream().map(SourceText::name).toList();
    assertTrue(packed.contains("README.md"), packed.toString());
    assertTrue(
        packed.contains("core/src/main/java/org/recurrentops/RecurrentPlan.java"),
        packed.toString());
    StringBuilder origin = new StringBuilder();
    List<String> found =
        ProjectSources.read(origin).texts().stream().map(SourceText::name).toList();
    // A build without "clean" may still hold files that have been deleted since.
    Set<String> missing = new TreeSet<>(found);
    missing.removeAll(packed);
    assertEquals(Set.of(), missing, "not packed, but found in " + origin);
  }

  @Test
  void findsNoCheckoutElsewhere() {
    assertTrue(ProjectSources.checkout(folder).isEmpty());
  }
}
