package org.recurrentops.examples.lesson;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.recurrentops.examples.CommandException;

/**
 * Numbers in the order of time, whose end is held out. The two that are packed name their sources
 * in their files.
 *
 * @param title for the chart
 * @param unit of time
 * @param first time of the first value
 * @param values all of them
 * @param heldOut how many at the end are forecast and never learnt
 */
public record Series(String title, String unit, int first, double[] values, int heldOut) {
  private static final int FEWEST = 100;
  private static final int MOST = 100_000;

  /**
   * Finds one.
   *
   * @param name laser, sunspots, or a file of numbers
   * @return the series
   * @throws CommandException if there is no such file or it holds anything else
   */
  public static Series named(String name) {
    switch (name) {
      case "laser": // the competition gave 1000 values
        return new Series("Intensity of a chaotic laser", "sample", 1, packed(name), 1000);
      case "sunspots": // 1921 … 1988
        return new Series("Yearly sunspot numbers", "year", 1700, packed(name), 68);
      default:
        Path file = TextFile.path("--series", name);
        double[] values = parse(TextFile.lines("--series", file), file.toString());
        if (values.length < FEWEST || values.length > MOST) {
          throw CommandException.usage(
              String.format(
                  "--series: expected %d … %,d numbers in %s, got %,d",
                  FEWEST, MOST, file, values.length));
        }
        int known = values.length - values.length / 5;
        if (Arrays.stream(values, 0, known).allMatch(v -> v == values[0])) {
          throw CommandException.usage("--series: expected values that vary in " + file);
        }
        String title = file.getFileName().toString();
        return new Series(title, "index", 0, values, values.length / 5);
    }
  }

  private static double[] packed(String name) {
    String path = "/org/recurrentops/examples/" + name + ".txt";
    try (InputStream in = Series.class.getResourceAsStream(path)) {
      return parse(new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList(), path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Numbers apart by spaces, commas or line ends; a line that begins with # is a remark. */
  private static double[] parse(List<String> lines, String file) {
    List<Double> values = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      if (!line.isEmpty() && !line.startsWith("#")) {
        for (String number : line.split("[\\s,;]+")) {
          values.add(TextFile.finite("--series", file, i + 1, number));
        }
      }
    }
    return values.stream().mapToDouble(v -> v).toArray();
  }

  /**
   * Where the held-out end begins.
   *
   * @return index of the first value that is forecast
   */
  public int known() {
    return values.length - heldOut;
  }
}
