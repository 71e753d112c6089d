package org.recurrentops.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.recurrentops.Shape;
import org.recurrentops.formats.SafetensorsWriter;

/** Files that a person names: what fits is learnt, anything else is one line and exit code 2. */
class LessonFilesTest {
  private static final int M = 200;
  private static final int F = 7;

  @TempDir Path folder;
  private final float[] features = new float[M * F];
  private Path captions;

  /** The first feature's sign decides on the shape, the second's on the colour. */
  @BeforeEach
  void writeCaptions() throws IOException {
    Random random = new Random(5);
    for (int i = 0; i < features.length; i++) {
      features[i] = 100 + 30 * (float) random.nextGaussian();
    }
    captions = write("captions.txt", lines(M));
  }

  private String lines(int count) {
    return IntStream.range(0, count)
        .mapToObj(
            i ->
                (features[i * F] > 100 ? "a red " : "blue ")
                    + (features[i * F + 1] > 100 ? "car" : "house on a hill"))
        .collect(Collectors.joining("\n"));
  }

  private Path write(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  private Path safetensors(String tensor, Shape shape, float[] data) throws IOException {
    Path file = folder.resolve("f.safetensors");
    new SafetensorsWriter().add(tensor, shape, data).write(file);
    return file;
  }

  private LessonRun caption(Path file, Path texts, int steps) {
    return new LessonRun(
        folder.resolve("p.png"),
        "caption",
        "--features",
        file.toString(),
        "--captions",
        texts.toString(),
        "--steps",
        Integer.toString(steps));
  }

  private void refused(LessonRun run, String... parts) {
    assertEquals(2, run.code, run.toString());
    assertEquals(1, run.err.lines().count(), run.toString());
    for (String part : parts) {
      assertTrue(run.err.contains(part), "no '" + part + "' in " + run);
    }
    assertEquals("", run.out);
    assertFalse(Files.exists(folder.resolve("p.png")));
  }

  @Test
  void captionsOfFeaturesFromSafetensorsAndText() throws IOException {
    StringBuilder csv = new StringBuilder();
    for (int i = 0; i < features.length; i++) {
      csv.append(features[i]).append(i % F == F - 1 ? "\n" : ", ");
    }
    Path text = write("features.csv", csv.toString());
    LessonRun fromText = caption(text, captions, 150);
    Path tensor = safetensors("features", Shape.of(M, F), features);
    LessonRun fromTensor = caption(tensor, captions, 150);
    assertEquals(0, fromText.code, fromText.toString());
    assertEquals(fromText.out, fromTensor.out);
    double network = fromText.number("^network +([0-9.]+)");
    assertTrue(network > fromText.number("^majority +([0-9.]+)") + 30, fromText.toString());
    assertTrue(network > fromText.number("^nearest +([0-9.]+)"), fromText.toString());
  }

  @Test
  void featureFilesThatDoNotFit() throws IOException {
    Path good = safetensors("features", Shape.of(M, F), features);
    refused(caption(folder.resolve("none.csv"), captions, 1), "--features", "no such file");
    refused(caption(good, folder.resolve("none.txt"), 1), "--captions", "no such file");
    refused(caption(folder, captions, 1), "--features", "no regular file");
    refused(caption(good, write("few.txt", lines(M - 1)), 1), "expected 200 lines", "got 199");
    refused(caption(good, write("gap.txt", lines(M - 2) + "\n\nx"), 1), "line 199", "got 0");
    refused(caption(write("r.csv", "1,2,3\n1,2\n"), captions, 1), "expected 3", "got 2", "line 2");
    refused(caption(write("w.csv", "1,2\n1,x\n"), captions, 1), "got 'x'", "line 2");
    refused(caption(write("n.csv", "1,NaN\n1,2\n"), captions, 1), "got 'NaN'", "line 1");
    refused(caption(write("s.csv", "1,2\n1,2\n"), write("s.txt", "a\nb"), 1), "at least 10");
    Path bytes = Files.write(folder.resolve("b.csv"), new byte[] {1, -1, 2});
    refused(caption(bytes, captions, 1), "--features", "UTF-8");
  }

  @Test
  void tensorsThatDoNotFit() throws IOException {
    Path cut = safetensors("features", Shape.of(M, F), features);
    byte[] whole = Files.readAllBytes(cut);
    Files.write(cut, java.util.Arrays.copyOf(whole, whole.length / 2));
    refused(caption(cut, captions, 1), "--features", "f.safetensors");
    Path other = safetensors("pixels", Shape.of(M, F), features);
    refused(caption(other, captions, 1), "'features'", "pixels");
    Path flat = safetensors("features", Shape.of(M * F), features);
    refused(caption(flat, captions, 1), "[M,F]", "[1400]");
    float[] holes = features.clone();
    holes[3 * F] = Float.POSITIVE_INFINITY;
    refused(
        caption(safetensors("features", Shape.of(M, F), holes), captions, 1), "row 3", "finite");
    refused(
        new LessonRun(folder.resolve("p.png"), "caption", "--features", cut.toString()),
        "--captions",
        "both or none");
  }

  private LessonRun forecast(Path file) {
    String[] options = {
      "forecast", "--series", file.toString(), "--steps", "40", "--networks", "1"
    };
    return new LessonRun(folder.resolve("p.png"), options);
  }

  @Test
  void aSeriesOfOnesOwn() throws IOException {
    String ones = String.join("\n", Collections.nCopies(200, "1"));
    refused(forecast(folder.resolve("none.txt")), "--series", "no such file");
    refused(forecast(folder), "--series", "no regular file");
    String[] zero = {"forecast", "--series", "a\0b"};
    refused(new LessonRun(folder.resolve("p.png"), zero), "--series", "expected a path");
    refused(forecast(write("s.txt", "1 2 3")), "expected 100", "got 3");
    refused(forecast(write("w.txt", ones + "\n# remark\n\n2, two")), "got 'two'", "line 203");
    refused(forecast(write("i.txt", ones + " Infinity")), "got 'Infinity'");
    refused(forecast(write("c.txt", ones)), "vary");
    StringBuilder waves = new StringBuilder("# negative values, so no roots\n");
    for (int t = 0; t < 300; t++) {
      waves
          .append(Math.sin(t * 0.7) * (1 + 0.3 * Math.sin(t * 0.05)))
          .append(t % 5 == 4 ? "\n" : " ");
    }
    LessonRun run = forecast(write("waves.txt", waves.toString()));
    assertEquals(0, run.code, run.toString());
    assertTrue(run.out.contains("of the last 60"), run.toString());
    assertFalse(run.out.contains("roots"), run.toString());
    assertTrue(
        run.number("^network +([0-9.]+)") < run.number("^persistence +([0-9.]+)"), run.toString());
  }
}
