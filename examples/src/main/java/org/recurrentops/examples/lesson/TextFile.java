package org.recurrentops.examples.lesson;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import org.recurrentops.examples.CommandException;

/** Reads small text files that a person names; what is wrong with one is said in one line. */
final class TextFile {
  private static final long MOST_BYTES = 1L << 30;

  private TextFile() {}

  /** What a person typed, as a path. */
  static Path path(String option, String text) {
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw CommandException.usage(option + ": expected a path, got '" + text + "'");
    }
  }

  /** All lines of a file that an option names. */
  static List<String> lines(String option, Path file) {
    requireFile(option, file);
    try {
      return Files.readAllLines(file);
    } catch (CharacterCodingException e) {
      throw CommandException.usage(option + ": expected UTF-8 text, got other bytes in " + file);
    } catch (IOException e) {
      throw CommandException.usage(option + ": cannot read " + file + ": " + e.getMessage());
    }
  }

  /** Refuses what is no file, cannot be read, or would not fit. */
  static void requireFile(String option, Path file) {
    String wrong =
        !Files.exists(file)
            ? "no such file"
            : !Files.isRegularFile(file)
                ? "it is no regular file"
                : !Files.isReadable(file) ? "it may not be read" : null;
    if (wrong != null) {
      throw CommandException.usage(
          option + ": expected a file to read, got " + file + ": " + wrong);
    }
    if (file.toFile().length() > MOST_BYTES) {
      throw CommandException.usage(option + ": expected at most 1 GiB, got more in " + file);
    }
  }

  /** A number of a line, finite. */
  static double finite(String option, String file, int line, String text) {
    double value;
    try {
      value = Double.parseDouble(text);
    } catch (NumberFormatException e) {
      value = Double.NaN;
    }
    if (!Double.isFinite(value)) {
      throw CommandException.usage(
          option + ": expected finite numbers, got '" + text + "' in " + file + ", line " + line);
    }
    return value;
  }
}
