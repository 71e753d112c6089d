package org.recurrentops.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.recurrentops.Backends;
import org.recurrentops.Initializer;
import org.recurrentops.ParameterLayout;
import org.recurrentops.RecurrentOps;
import org.recurrentops.RnnSpec;
import org.recurrentops.Tensor;
import org.recurrentops.formats.TorchStateDict;

class ReadmeSnippetTest {
  private static final String JAVA = "```java\n";

  @Test
  void readmeShowsTheCompiledTexts() throws IOException {
    String readme = Files.readString(Path.of("../README.md")).replace("\r\n", "\n");
    List<String> shown = new ArrayList<>();
    for (int at = readme.indexOf(JAVA); at >= 0; at = readme.indexOf(JAVA, at + 1)) {
      shown.add(between(readme.substring(at), JAVA, "```").stripTrailing());
    }
    assertEquals(
        List.of(
            marked("src/main/java/org/recurrentops/examples/ReadmeSnippet.java"),
            marked("src/test/java/org/recurrentops/examples/ReadmeSnippetTest.java")),
        shown);
  }

  private static String marked(String file) throws IOException {
    String source = Files.readString(Path.of(file)).replace("\r\n", "\n");
    return between(source, "// snippet:" + "begin\n", "// snippet:" + "end")
        .stripTrailing()
        .stripIndent();
  }

  /** The README's text on weights from Python. */
  private static float[] load(RecurrentOps ops, Path file) {
    // snippet:begin
    RnnSpec spec = RnnSpec.lstm(64, 128).layers(2).bidirectional().build();
    Tensor parameters = ops.allocate(ParameterLayout.of(spec).shape());
    parameters.upload(TorchStateDict.of(spec).prefix("rnn.").load(file)); // a Path
    // snippet:end
    return parameters.toFloats();
  }

  @Test
  void weightsFromPythonArrive(@TempDir Path folder) throws IOException {
    RnnSpec spec = RnnSpec.lstm(64, 128).layers(2).bidirectional().build();
    float[] values = ParameterLayout.of(spec).initialValues(Initializer.pytorch(7));
    Path file = folder.resolve("model.safetensors");
    TorchStateDict.of(spec).prefix("rnn.").save(file, values);
    try (RecurrentOps ops = Backends.open("cpu")) {
      assertArrayEquals(values, load(ops, file));
    }
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
