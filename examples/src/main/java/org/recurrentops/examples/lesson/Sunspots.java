package org.recurrentops.examples.lesson;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Yearly mean sunspot numbers, as published; the source stands in the file. */
public final class Sunspots {
  /** The year of the first value. */
  public static final int FIRST_YEAR = 1700;

  private Sunspots() {}

  /**
   * Reads them.
   *
   * @return 289 values, 1700 to 1988
   */
  public static double[] yearly() {
    try (BufferedReader in =
        new BufferedReader(
            new InputStreamReader(
                Sunspots.class.getResourceAsStream("/org/recurrentops/examples/sunspots.txt"),
                StandardCharsets.UTF_8))) {
      return in.lines()
          .filter(line -> !line.startsWith("#"))
          .flatMap(line -> Arrays.stream(line.trim().split(" ")))
          .mapToDouble(Double::parseDouble)
          .toArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
