package org.recurrentops.formats;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The small conformance cases that come with this library, so that every backend can run them. */
public final class BundledCases {
  private static final String FOLDER = "cases/";

  private BundledCases() {}

  /**
   * What there is.
   *
   * @return paths such as {@code onnx/test_lstm_defaults.json}, sorted
   */
  public static List<String> paths() {
    try (BufferedReader in = open("index.txt")) {
      return in.lines().filter(line -> !line.isBlank()).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Reads one.
   *
   * @param path one of {@link #paths()}
   * @return the case
   */
  public static CaseFile read(String path) {
    try (BufferedReader in = open(path)) {
      return CaseReader.read(path.substring(path.lastIndexOf('/') + 1), in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static BufferedReader open(String path) throws IOException {
    InputStream in = BundledCases.class.getResourceAsStream(FOLDER + path);
    if (in == null) {
      throw new IOException(
          "bundled case " + path + ": not on the class path; paths() lists what is there");
    }
    return new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
  }
}
