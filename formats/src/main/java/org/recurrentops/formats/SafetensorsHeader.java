package org.recurrentops.formats;

import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.recurrentops.Shape;

/**
 * The JSON header of a safetensors file, checked: every tensor's type, extents and bytes; tensors
 * fill the data without holes and overlaps.
 */
final class SafetensorsHeader {
  static final String METADATA = "__metadata__";

  private static final Map<String, Integer> BYTES =
      Map.ofEntries(
          Map.entry("BOOL", 1),
          Map.entry("U8", 1),
          Map.entry("I8", 1),
          Map.entry("F8_E4M3", 1),
          Map.entry("F8_E5M2", 1),
          Map.entry("U16", 2),
          Map.entry("I16", 2),
          Map.entry("F16", 2),
          Map.entry("BF16", 2),
          Map.entry("U32", 4),
          Map.entry("I32", 4),
          Map.entry("F32", 4),
          Map.entry("U64", 8),
          Map.entry("I64", 8),
          Map.entry("F64", 8));
  private static final Set<String> KEYS = Set.of("dtype", "shape", "data_offsets");
  private static final double EXACT_INTEGERS = 1L << 53;

  private final String file;
  private final Map<String, SafetensorsEntry> entries = new LinkedHashMap<>();
  private final Map<String, String> metadata = new LinkedHashMap<>();

  private SafetensorsHeader(String file) {
    this.file = file;
  }

  static SafetensorsHeader parse(String file, ByteBuffer bytes, long dataBytes) {
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
    } catch (CharacterCodingException e) {
      throw new SafetensorsException(file + ": header: expected UTF-8, got " + e.getMessage(), e);
    }
    if (!text.startsWith("{")) {
      throw new SafetensorsException(file + ": header: expected to begin with '{', got other text");
    }
    SafetensorsHeader header = new SafetensorsHeader(file);
    try {
      JsonValue root = JsonValue.parse(file, new StringReader(text));
      for (String name : root.keys()) {
        if (name.equals(METADATA)) {
          JsonValue values = root.get(name);
          values.keys().forEach(k -> header.metadata.put(k, values.get(k).text()));
        } else {
          header.entries.put(name, header.entry(name, root.get(name)));
        }
      }
    } catch (IOException | CaseFormatException e) {
      throw new SafetensorsException(e.getMessage(), e);
    }
    header.requireSeamless(dataBytes);
    return header;
  }

  Map<String, SafetensorsEntry> entries() {
    return entries;
  }

  Map<String, String> metadata() {
    return metadata;
  }

  private SafetensorsEntry entry(String name, JsonValue v) {
    for (String key : v.keys()) {
      if (!KEYS.contains(key)) {
        throw error(name, "expected the keys dtype, shape and data_offsets, got '" + key + "'");
      }
    }
    String dtype = v.get("dtype").text();
    if (!BYTES.containsKey(dtype)) {
      throw error(name, "dtype: expected one of " + BYTES.keySet() + ", got '" + dtype + "'");
    }
    long[] offsets = integers(name, "data_offsets", v.get("data_offsets").numbers());
    if (offsets.length != 2 || offsets[0] > offsets[1]) {
      throw error(name, "data_offsets: expected [begin, end], got " + v.get("data_offsets"));
    }
    Shape shape;
    long bytes;
    try {
      shape = Shape.of(integers(name, "shape", v.get("shape").numbers()));
      bytes = Math.multiplyExact(shape.elements(), (long) BYTES.get(dtype));
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw error(name, "shape: expected extents whose product fits, got " + v.get("shape"));
    }
    if (offsets[1] - offsets[0] != bytes) {
      String got = (offsets[1] - offsets[0]) + " by data_offsets";
      throw error(name, "expected " + bytes + " bytes for " + dtype + " " + shape + ", got " + got);
    }
    return new SafetensorsEntry(name, dtype, shape, offsets[0], offsets[1]);
  }

  private long[] integers(String name, String key, double[] values) {
    long[] whole = new long[values.length];
    for (int i = 0; i < whole.length; i++) {
      if (values[i] != Math.rint(values[i]) || values[i] < 0 || values[i] > EXACT_INTEGERS) {
        throw error(name, key + ": expected integers of at least 0, got " + values[i]);
      }
      whole[i] = (long) values[i];
    }
    return whole;
  }

  private void requireSeamless(long dataBytes) {
    List<SafetensorsEntry> sorted = new ArrayList<>(entries.values());
    sorted.sort(
        Comparator.comparingLong(SafetensorsEntry::begin).thenComparingLong(SafetensorsEntry::end));
    long end = 0;
    for (SafetensorsEntry e : sorted) {
      if (e.end() > dataBytes) {
        throw error(
            e.name(), "expected to end within " + dataBytes + " bytes of data, got " + e.end());
      }
      if (e.begin() != end) {
        String what = e.begin() < end ? "overlaps another tensor" : "leaves a hole before it";
        throw error(e.name(), what + ": expected to begin at byte " + end + ", got " + e.begin());
      }
      end = e.end();
    }
    if (end != dataBytes) {
      throw new SafetensorsException(
          file + ": expected " + end + " bytes of data for all tensors, got " + dataBytes);
    }
  }

  private SafetensorsException error(String name, String message) {
    return new SafetensorsException(file + ": tensor '" + name + "': " + message);
  }
}
