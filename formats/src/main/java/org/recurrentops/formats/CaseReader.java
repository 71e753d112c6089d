package org.recurrentops.formats;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Reads both formats of conformance cases: {@code rnn-conformance/1} (ONNX semantics) and the torch
 * one. Strict: whatever would change the result is checked; descriptive keys are ignored.
 */
public final class CaseReader {
  private CaseReader() {}

  /**
   * Reads a file.
   *
   * @param file path of a {@code .json}
   * @return the case
   * @throws CaseFormatException naming file, key, expected, got
   */
  public static CaseFile read(Path file) {
    String name = file.getFileName().toString();
    try (Reader in = Files.newBufferedReader(file)) {
      return read(name, in);
    } catch (IOException e) {
      throw new CaseFormatException(file + ": expected a readable UTF-8 file, got " + e, e);
    }
  }

  /**
   * Reads text.
   *
   * @param fileName for messages; its stem must be the case's name
   * @param in JSON; left open
   * @return the case
   * @throws IOException if reading fails
   * @throws CaseFormatException naming file, key, expected, got
   */
  public static CaseFile read(String fileName, Reader in) throws IOException {
    try {
      return read(fileName, JsonValue.parse(fileName, in));
    } catch (IllegalArgumentException e) { // extents that overflow, options that contradict
      throw new CaseFormatException(fileName + ": " + e.getMessage(), e);
    }
  }

  private static CaseFile read(String fileName, JsonValue root) {
    String stem =
        fileName.endsWith(".json") ? fileName.substring(0, fileName.length() - 5) : fileName;
    JsonValue format = root.find("format");
    if (format == null && root.find("config") != null) {
      return TorchCaseReader.read(root, stem);
    }
    format = root.get("format");
    if (!format.text().equals(OnnxCaseReader.FORMAT)) {
      throw format.error("'" + OnnxCaseReader.FORMAT + "'", "'" + format.text() + "'");
    }
    return OnnxCaseReader.read(root, stem);
  }
}
