package org.recurrentops.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReadmeSnippetTest {
  @Test
  void readmeShowsTheCompiledText() throws IOException {
    String source =
        Files.readString(Path.of("src/main/java/org/recurrentops/examples/ReadmeSnippet.java"));
    String marked =
        between(source, "// snippet:begin\n", "// snippet:end").stripTrailing().stripIndent();
    String readme = Files.readString(Path.of("../README.md")).replace("\r\n", "\n");
    assertEquals(marked, between(readme, "```java\n", "```").stripTrailing());
  }

  private static String between(String text, String begin, String end) {
    int from = text.indexOf(begin);
    assertTrue(from >= 0, "no '" + begin.strip() + "'");
    int to = text.indexOf(end, from + begin.length());
    assertTrue(to >= 0, "no '" + end + "'");
    // The end mark's own indentation is not part of the text.
    return List.of(text.substring(from + begin.length(), to).split("\n")).stream()
        .filter(line -> !line.isBlank())
        .reduce("", (a, b) -> a + b + "\n");
  }

  @Test
  void itRuns() {
    float[] input = new float[32 * 8 * 64];
    float[] outputGradient = new float[32 * 8 * 256];
    java.util.Arrays.fill(input, 0.5f);
    java.util.Arrays.fill(outputGradient, 0.01f);
    float[] gradient = ReadmeSnippet.run(input, outputGradient);
    assertEquals(2 * (4 * 128 * (64 + 128) + 2 * 4 * 128), gradient.length);
    double norm = 0;
    for (float g : gradient) {
      norm += (double) g * g;
    }
    assertTrue(norm > 0 && Double.isFinite(norm), "norm² " + norm);
  }
}
