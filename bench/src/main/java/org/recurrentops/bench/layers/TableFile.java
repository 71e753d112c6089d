package org.recurrentops.bench.layers;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonSyntaxException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/** The JSON file of a table; entries that it holds are not measured again. */
final class TableFile {
  private static final int VERSION = 1;
  private static final Gson GSON =
      new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();

  private record Content(
      int version,
      Environment environment,
      String device,
      String detail,
      List<TableEntry> entries) {}

  private final Path file;
  private final Environment environment;
  private final String device;
  private final String detail;
  private final List<TableEntry> entries = new ArrayList<>();

  /**
   * Opens or begins a file.
   *
   * @throws IOException if it cannot be read, or is of another version or device
   */
  TableFile(Path file, Environment environment, String device, String detail) throws IOException {
    this.file = file;
    this.environment = environment;
    this.device = device;
    this.detail = detail;
    if (Files.exists(file)) {
      entries.addAll(previous());
    }
  }

  private List<TableEntry> previous() throws IOException {
    Content c;
    try {
      c = GSON.fromJson(Files.readString(file), Content.class);
    } catch (JsonSyntaxException e) {
      throw new IOException(file + ": expected the JSON of a table, got " + e.getMessage(), e);
    }
    if (c == null || c.version != VERSION || !device.equals(c.device) || c.entries == null) {
      throw new IOException(
          file
              + ": expected version "
              + VERSION
              + " and device '"
              + device
              + "', got "
              + (c == null ? "an empty file" : "version " + c.version + " and '" + c.device + "'")
              + "; name another --out or delete it");
    }
    return c.entries;
  }

  boolean has(TableEntry.Key key) {
    return entries.stream().anyMatch(key::is);
  }

  /** Adds an entry and replaces the file as a whole. */
  void add(TableEntry entry) throws IOException {
    entries.add(entry);
    Path folder = file.toAbsolutePath().getParent();
    Files.createDirectories(folder);
    Path partial = Files.createTempFile(folder, "table", ".part");
    String json = GSON.toJson(new Content(VERSION, environment, device, detail, entries));
    Files.writeString(partial, json + "\n");
    Files.move(partial, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
  }

  List<TableEntry> entries() {
    return entries;
  }
}
