package org.recurrentops.formats;

import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import org.recurrentops.Shape;

/**
 * Writes F32 tensors as a safetensors file, in one go: a former file stays intact until the new one
 * is complete.
 */
public final class SafetensorsWriter {
  private static final int CHUNK = 1 << 16;

  private final Map<String, float[]> values = new LinkedHashMap<>();
  private final Map<String, Shape> shapes = new LinkedHashMap<>();
  private final Map<String, String> metadata = new LinkedHashMap<>();

  /** Without tensors yet. */
  public SafetensorsWriter() {}

  /**
   * Adds a tensor.
   *
   * @param name not used before
   * @param shape extents
   * @param data as many values as the shape has elements; read when written
   * @return this
   */
  public SafetensorsWriter add(String name, Shape shape, float[] data) {
    if (shape.elements() != data.length) {
      throw new IllegalArgumentException(
          "tensor '" + name + "': expected " + shape.elements() + " values, got " + data.length);
    }
    if (name.equals(SafetensorsHeader.METADATA) || values.putIfAbsent(name, data) != null) {
      throw new IllegalArgumentException("tensor '" + name + "': expected a name of its own");
    }
    shapes.put(name, shape);
    return this;
  }

  /**
   * Adds an entry of {@code __metadata__}; PyTorch's loaders like {@code format=pt}.
   *
   * @param key name
   * @param text value
   * @return this
   */
  public SafetensorsWriter metadata(String key, String text) {
    metadata.put(key, text);
    return this;
  }

  /**
   * Writes the file.
   *
   * @param path replaced if it exists
   * @throws IOException if writing fails; a former file is then intact
   */
  public void write(Path path) throws IOException {
    Path folder = path.toAbsolutePath().getParent();
    Path part = Files.createTempFile(folder, path.getFileName().toString(), ".part");
    try {
      try (FileChannel out = FileChannel.open(part, StandardOpenOption.WRITE)) {
        writeAll(out);
        out.force(true);
      }
      Files.move(part, path, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(part);
    }
  }

  private void writeAll(FileChannel out) throws IOException {
    byte[] header = header().getBytes(StandardCharsets.UTF_8);
    ByteBuffer buffer =
        ByteBuffer.allocate(Math.max(8 + header.length, 4 * CHUNK)).order(ByteOrder.LITTLE_ENDIAN);
    buffer.putLong(header.length).put(header);
    drain(buffer, out);
    for (float[] data : values.values()) {
      for (int from = 0; from < data.length; from += CHUNK) {
        int count = Math.min(CHUNK, data.length - from);
        buffer.asFloatBuffer().put(data, from, count);
        buffer.position(4 * count);
        drain(buffer, out);
      }
    }
  }

  private static void drain(ByteBuffer buffer, FileChannel out) throws IOException {
    buffer.flip();
    while (buffer.hasRemaining()) {
      out.write(buffer);
    }
    buffer.clear();
  }

  /** Padded with blanks to 8 bytes, so that tensors are aligned. */
  private String header() throws IOException {
    StringWriter text = new StringWriter();
    try (JsonWriter json = new JsonWriter(text)) {
      json.beginObject();
      if (!metadata.isEmpty()) {
        json.name(SafetensorsHeader.METADATA).beginObject();
        for (Map.Entry<String, String> e : metadata.entrySet()) {
          json.name(e.getKey()).value(e.getValue());
        }
        json.endObject();
      }
      long offset = 0;
      for (Map.Entry<String, Shape> e : shapes.entrySet()) {
        json.name(e.getKey()).beginObject().name("dtype").value("F32").name("shape").beginArray();
        for (long extent : e.getValue().dims()) {
          json.value(extent);
        }
        json.endArray().name("data_offsets").beginArray().value(offset);
        offset += 4 * e.getValue().elements();
        json.value(offset).endArray().endObject();
      }
      json.endObject();
    }
    int length = text.toString().getBytes(StandardCharsets.UTF_8).length;
    return text + " ".repeat((8 - length % 8) % 8);
  }
}
