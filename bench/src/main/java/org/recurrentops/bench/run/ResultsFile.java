package org.recurrentops.bench.run;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonParseException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Reads and writes results; what is written replaces the old file as a whole. */
public final class ResultsFile {
  /** Name and version of the file's layout. */
  public static final String SCHEMA = "recurrentops-bench-results/2";

  private static final Gson GSON =
      new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();

  private ResultsFile() {}

  /**
   * Reads a file.
   *
   * @param file that {@link #write} wrote
   * @return its results, at least one
   * @throws IOException in one line, if it is missing, cut off, of another kind or version, or
   *     empty
   */
  public static Results read(Path file) throws IOException {
    Results r;
    try {
      r = GSON.fromJson(Files.readString(file), Results.class);
    } catch (NoSuchFileException e) {
      throw new IOException(file + ": no such file; make one with `run --out " + file + "`", e);
    } catch (JsonParseException | java.nio.charset.CharacterCodingException e) {
      throw bad(file, "a file that is cut off or no JSON", e);
    }
    if (r == null) {
      throw bad(file, "an empty file", null);
    }
    if (!SCHEMA.equals(r.schema())) {
      throw bad(file, "schema " + (r.schema() == null ? "none" : "'" + r.schema() + "'"), null);
    }
    if (r.rounds() == null
        || r.rounds().isEmpty()
        || r.environment() == null
        || r.environment().cpu() == null
        || r.environment().jdk() == null
        || r.environment().jvmOptions() == null
        || r.environment().commit() == null
        || r.version() == null
        || r.settings() == null) {
      throw bad(file, "a file without results or environment", null);
    }
    for (int i = 0; i < r.rounds().size(); i++) {
      Round round = r.rounds().get(i);
      if (round == null || !round.isWhole()) {
        throw bad(file, "rounds[" + i + "] with values missing or not positive", null);
      }
      try {
        round.of().flops();
      } catch (IllegalArgumentException e) {
        throw bad(file, "rounds[" + i + "]: " + e.getMessage(), e);
      }
    }
    return r;
  }

  private static IOException bad(Path file, String got, Exception cause) {
    return new IOException(
        file + ": expected results of schema " + SCHEMA + ", got " + got + "; measure again",
        cause);
  }

  /**
   * Writes a file beside the old one, then puts it in its place.
   *
   * @param file to be replaced
   * @param results all of them
   * @throws IOException if it cannot be written; the old one is unharmed
   */
  public static void write(Path file, Results results) throws IOException {
    replace(file, GSON.toJson(results) + "\n");
  }

  /**
   * Writes a text beside the file, then puts it in its place.
   *
   * @param file to be replaced
   * @param text all of it
   * @throws IOException if it cannot be written; the old one is unharmed
   */
  public static void replace(Path file, String text) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    Files.createDirectories(folder);
    Path partial = folder.resolve(file.getFileName() + "." + ProcessHandle.current().pid());
    try {
      Files.writeString(partial, text);
      Files.move(
          partial, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new IOException(
          file + ": could not be written: " + e.getMessage() + "; make room and run again", e);
    } finally {
      Files.deleteIfExists(partial);
    }
  }
}
