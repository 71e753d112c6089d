package org.recurrentops.formats;

import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;

/**
 * Writes result files {@code <name>.json} that the cases' judge reads. Numbers have as many digits
 * as it takes to restore them; NaN and infinity are written as strings, which the judge fails.
 */
public final class CaseResultWriter {
  private final Path directory;

  /**
   * For a folder.
   *
   * @param directory where files go; made if absent
   * @throws IOException if it cannot be made
   */
  public CaseResultWriter(Path directory) throws IOException {
    this.directory = Files.createDirectories(directory);
  }

  /**
   * Writes a result.
   *
   * @param name of the case
   * @param result in the case's own layout
   * @throws IOException if writing fails; a former file is then intact
   */
  public void write(String name, CaseResult result) throws IOException {
    StringWriter text = new StringWriter();
    try (JsonWriter json = new JsonWriter(text)) {
      json.beginObject().name("name").value(name);
      writeGroup(json, "outputs", result.outputs());
      writeGroup(json, "grads", result.grads());
      json.endObject();
    }
    save(name, text.toString());
  }

  /**
   * Writes that a case was not run.
   *
   * @param name of the case
   * @param reason why
   * @throws IOException if writing fails; a former file is then intact
   */
  public void writeSkipped(String name, String reason) throws IOException {
    writeNote(name, "skipped", reason);
  }

  /**
   * Writes that a case ran into an error; the judge misses its tensors and fails it.
   *
   * @param name of the case
   * @param error what happened
   * @throws IOException if writing fails; a former file is then intact
   */
  public void writeFailed(String name, String error) throws IOException {
    writeNote(name, "error", error);
  }

  private void writeNote(String name, String key, String text) throws IOException {
    StringWriter file = new StringWriter();
    try (JsonWriter json = new JsonWriter(file)) {
      json.beginObject().name("name").value(name).name(key).value(text).endObject();
    }
    save(name, file.toString());
  }

  private static void writeGroup(JsonWriter json, String key, Map<String, CaseTensor> tensors)
      throws IOException {
    json.name(key).beginObject();
    for (Map.Entry<String, CaseTensor> e : tensors.entrySet()) {
      json.name(e.getKey()).beginObject().name("dims").beginArray();
      for (long d : e.getValue().shape().dims()) {
        json.value(d);
      }
      json.endArray().name("data").beginArray();
      for (double v : e.getValue().values()) {
        writeNumber(json, v);
      }
      json.endArray().endObject();
    }
    json.endObject();
  }

  private static void writeNumber(JsonWriter json, double v) throws IOException {
    if (Double.isNaN(v) || Double.isInfinite(v)) {
      json.value(String.valueOf(v));
    } else {
      json.value(v);
    }
  }

  private void save(String name, String text) throws IOException {
    Path part = Files.createTempFile(directory, name, ".part");
    try {
      Files.writeString(part, text + "\n");
      Files.move(part, directory.resolve(name + ".json"), StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(part);
    }
  }
}
