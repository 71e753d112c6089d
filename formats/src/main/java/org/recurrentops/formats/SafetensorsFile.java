package org.recurrentops.formats;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.Map;

/**
 * A safetensors file, memory-mapped for reading: 8 bytes of header length (little-endian), a JSON
 * header, then the tensors' bytes. The header is checked when the file is opened; a tensor is read
 * when asked for. Close it before the file is replaced or cut.
 */
public final class SafetensorsFile implements AutoCloseable {
  /** Headers above this are refused, as the format's own reader does. */
  public static final long MAX_HEADER_BYTES = 100_000_000;

  private final Path path;
  private final FileChannel channel;
  private final long dataStart;
  private final SafetensorsHeader header;

  private SafetensorsFile(
      Path path, FileChannel channel, long dataStart, SafetensorsHeader header) {
    this.path = path;
    this.channel = channel;
    this.dataStart = dataStart;
    this.header = header;
  }

  /**
   * Opens a file.
   *
   * @param path of a {@code .safetensors}
   * @return the file; close it
   * @throws SafetensorsException if it cannot be read or is malformed
   */
  public static SafetensorsFile open(Path path) {
    FileChannel channel = null;
    try {
      channel = FileChannel.open(path, StandardOpenOption.READ);
      SafetensorsFile file = open(path, channel);
      channel = null;
      return file;
    } catch (IOException e) {
      throw new SafetensorsException(path + ": expected a readable file, got " + e, e);
    } finally {
      closeQuietly(channel);
    }
  }

  private static void closeQuietly(FileChannel channel) {
    try {
      if (channel != null) {
        channel.close();
      }
    } catch (IOException e) {
      throw new SafetensorsException("closing: " + e, e);
    }
  }

  private static SafetensorsFile open(Path path, FileChannel channel) throws IOException {
    long size = channel.size();
    if (size < 8) {
      throw new SafetensorsException(
          path + ": header: expected at least 8 bytes, got a file of " + size);
    }
    long length = channel.map(MapMode.READ_ONLY, 0, 8).order(ByteOrder.LITTLE_ENDIAN).getLong();
    if (length < 0 || length > MAX_HEADER_BYTES) {
      throw new SafetensorsException(
          path
              + ": header length: expected 0 … "
              + MAX_HEADER_BYTES
              + " bytes, got "
              + Long.toUnsignedString(length));
    }
    if (length > size - 8) {
      throw new SafetensorsException(
          path + ": header: expected " + length + " bytes, got " + (size - 8) + "; truncated?");
    }
    ByteBuffer text = channel.map(MapMode.READ_ONLY, 8, length);
    long dataStart = 8 + length;
    return new SafetensorsFile(
        path, channel, dataStart, SafetensorsHeader.parse(path.toString(), text, size - dataStart));
  }

  /**
   * What the file holds.
   *
   * @return entries by name, in the header's order, unmodifiable
   */
  public Map<String, SafetensorsEntry> entries() {
    return Collections.unmodifiableMap(header.entries());
  }

  /**
   * The header's {@code __metadata__}.
   *
   * @return unmodifiable, empty if there is none
   */
  public Map<String, String> metadata() {
    return Collections.unmodifiableMap(header.metadata());
  }

  /**
   * The file's path.
   *
   * @return as it was opened
   */
  public Path path() {
    return path;
  }

  /**
   * Reads a tensor as float32 without changing a value: F32 as it is, F16 and BF16 widened, F64 if
   * every value is exactly a float32.
   *
   * @param name of the tensor
   * @return its values, row-major
   * @throws SafetensorsException naming file and tensor
   */
  public float[] floats(String name) {
    return floats(name, false);
  }

  /**
   * Reads a tensor as float32; F64 values are rounded to the nearest.
   *
   * @param name of the tensor
   * @return its values, row-major
   * @throws SafetensorsException naming file and tensor
   */
  public float[] roundedFloats(String name) {
    return floats(name, true);
  }

  private float[] floats(String name, boolean round) {
    SafetensorsEntry e = header.entries().get(name);
    if (e == null) {
      throw new SafetensorsException(
          path + ": tensor '" + name + "': expected it, got only " + header.entries().keySet());
    }
    if (e.end() - e.begin() > Integer.MAX_VALUE) {
      throw new SafetensorsException(
          path + ": tensor '" + name + "': expected at most 2^31-1 bytes, got " + e.shape());
    }
    try {
      ByteBuffer bytes = channel.map(MapMode.READ_ONLY, dataStart + e.begin(), e.end() - e.begin());
      return FloatReading.read(
          path + ": tensor '" + name + "'", e, bytes.order(ByteOrder.LITTLE_ENDIAN), round);
    } catch (IOException x) {
      throw new SafetensorsException(path + ": tensor '" + name + "': " + x, x);
    }
  }

  @Override
  public void close() {
    closeQuietly(channel);
  }
}
