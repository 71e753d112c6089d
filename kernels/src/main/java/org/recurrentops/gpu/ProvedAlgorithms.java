package org.recurrentops.gpu;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.recurrentops.MathMode;

/**
 * Algorithms that {@code auto} tries only where a committed result file shows them right and faster
 * on the architecture: {@code proved.txt}.
 */
final class ProvedAlgorithms {
  private final List<Line> lines;

  /**
   * What a result file shows.
   *
   * @param architecture as {@link Device#architecture()}
   * @param algorithm its name; with the size of its clusters where it has a layer in one, since one
   *     size shows nothing of another; with {@code @} and the math mode if it is not FP32
   * @param result file in {@code bench/results}
   */
  private record Line(String architecture, String algorithm, String result) {}

  private ProvedAlgorithms(List<Line> lines) {
    this.lines = lines;
  }

  /**
   * Those of this build.
   *
   * @return what the jar lists
   */
  static ProvedAlgorithms packaged() {
    String file = "proved.txt";
    try (InputStream in = ProvedAlgorithms.class.getResourceAsStream(file);
        BufferedReader reader =
            new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      return parse(reader.lines());
    } catch (IOException e) {
      throw new UncheckedIOException(file, e);
    }
  }

  /**
   * Of a list.
   *
   * @param text lines of three words; others begin with #
   * @return what they say
   * @throws IllegalArgumentException if a line has another form, or names what is not for a list
   */
  static ProvedAlgorithms parse(Stream<String> text) {
    return new ProvedAlgorithms(
        text.map(String::strip)
            .filter(line -> !line.isEmpty() && !line.startsWith("#"))
            .map(ProvedAlgorithms::line)
            .toList());
  }

  private static Line line(String text) {
    String[] words = text.split("\\s+");
    if (words.length != 3) {
      throw new IllegalArgumentException(
          "proved.txt: expected compute capability, algorithm and file, got " + text);
    }
    boolean known =
        Algorithm.FORMS.stream()
            .anyMatch(
                form ->
                    Stream.of(MathMode.values())
                        .anyMatch(mode -> Algorithm.inMode(form, mode).equals(words[1])));
    if (!known) {
      throw new IllegalArgumentException(
          "proved.txt: expected one of "
              + String.join(", ", Algorithm.FORMS)
              + ", with @TF32, @BF16 or @FP16 where it is not FP32, got "
              + text);
    }
    return new Line(words[0], words[1], words[2]);
  }

  /** Whether an algorithm is proved on an architecture. */
  boolean has(String architecture, String algorithm) {
    return lines.stream()
        .anyMatch(l -> l.architecture().equals(architecture) && l.algorithm().equals(algorithm));
  }
}
