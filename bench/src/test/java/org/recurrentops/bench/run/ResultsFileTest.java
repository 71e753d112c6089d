package org.recurrentops.bench.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultsFileTest {
  @TempDir private Path folder;
  private Path file;
  private Results results;

  @BeforeEach
  void write() throws IOException {
    file = folder.resolve("r.json");
    Combination of = ResultsFixture.on("forward", "lstm-t3n2c5h7", "cpu");
    results = ResultsFixture.results(List.of(ResultsFixture.round(of, 0, 2, 0.1, new Random(1))));
    ResultsFile.write(file, results);
  }

  @Test
  void readsWhatItWroteAndLeavesNoOtherFile() throws IOException {
    assertEquals(results, ResultsFile.read(file));
    try (var files = Files.list(folder)) {
      assertEquals(List.of(file), files.toList());
    }
  }

  @Test
  void aFileThatIsCutOffAnywhereIsRefusedInOneLine() throws IOException {
    String text = Files.readString(file).stripTrailing();
    for (int length = 0; length < text.length(); length += 7) {
      refused(text.substring(0, length), "");
    }
  }

  @Test
  void filesOfAnotherKindAreRefusedWithWhatTheyAre() throws IOException {
    String text = Files.readString(file);
    refused(text.replace("results/2", "results/3"), "got schema 'recurrentops-bench-results/3'");
    refused("{}", "got schema none");
    refused("[1]", "cut off or no JSON");
    refused(text.replace("lstm-t3", "lstm-x3"), "rounds[0]: shape: expected");
    refused(text.replace("\"forward\"", "\"sideways\""), "rounds[0]");
    refused(text.replaceFirst("\"p50\": [0-9.]+", "\"p50\": NaN"), "rounds[0]");
    refused(text.replaceFirst("\"samples\": 40", "\"samples\": 0"), "rounds[0]");
  }

  private void refused(String text, String expected) throws IOException {
    Path bad = folder.resolve("bad.json");
    Files.writeString(bad, text);
    String message = assertThrows(IOException.class, () -> ResultsFile.read(bad)).getMessage();
    assertTrue(message.contains(expected), message);
    assertTrue(message.startsWith(bad + ": expected"), message);
    assertFalse(message.contains("\n"), message);
  }

  @Test
  void aFileThatCannotBeReplacedStaysAsItWas() throws IOException {
    Path taken = Files.createDirectories(folder.resolve("taken/inside")).getParent();
    String message =
        assertThrows(IOException.class, () -> ResultsFile.write(taken, results)).getMessage();
    assertTrue(message.contains("could not be written"), message);
    assertTrue(Files.isDirectory(taken.resolve("inside")));
    try (var files = Files.list(folder)) {
      assertEquals(2, files.count(), "a partial file is left");
    }
  }

  @Test
  void aMissingFileIsNamed() {
    Path missing = folder.resolve("missing.json");
    String message = assertThrows(IOException.class, () -> ResultsFile.read(missing)).getMessage();
    assertTrue(message.contains("no such file"), message);
  }
}
