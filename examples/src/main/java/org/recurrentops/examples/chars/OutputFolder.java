package org.recurrentops.examples.chars;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.recurrentops.examples.CommandException;

/** Finds out before training whether its results can be written. */
final class OutputFolder {
  private OutputFolder() {}

  /** Makes a folder and writes a probe into it. */
  static void prepare(Path folder) {
    try {
      Files.createDirectories(folder);
      Path probe = Files.createTempFile(folder, ".probe", null);
      Files.delete(probe);
    } catch (IOException | SecurityException e) {
      throw CommandException.failure(
          "output: cannot write into folder "
              + folder
              + " ("
              + e.getClass().getSimpleName()
              + ": "
              + e.getMessage()
              + "); choose another with --out or --checkpoint",
          e);
    }
  }

  /** Refuses to replace anything but a regular file: devices and folders are not ours. */
  static void requireReplaceable(Path file) {
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      throw CommandException.usage(
          "--checkpoint: expected a file, got "
              + file
              + ", which is "
              + (Files.isDirectory(file) ? "a folder; name a file in it" : "no regular file"));
    }
  }
}
