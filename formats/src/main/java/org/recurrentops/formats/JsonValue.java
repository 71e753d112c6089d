package org.recurrentops.formats;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.IOException;
import java.io.Reader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One value of a strictly read JSON file that knows its file and key, so that whoever finds it
 * wrong can say where. Repeated keys, numbers that are not finite and text after the end are
 * errors.
 */
final class JsonValue {
  private final String file;
  private final String path;
  private final Object value;

  private JsonValue(String file, String path, Object value) {
    this.file = file;
    this.path = path;
    this.value = value;
  }

  static JsonValue parse(String file, Reader in) throws IOException {
    JsonReader reader = new JsonReader(in);
    reader.setStrictness(Strictness.STRICT);
    try {
      Object root = read(file, reader);
      if (reader.peek() != JsonToken.END_DOCUMENT) {
        throw new CaseFormatException(file + ": expected one JSON value, got text after its end");
      }
      return new JsonValue(file, "", root);
    } catch (com.google.gson.stream.MalformedJsonException
        | java.io.EOFException
        | NumberFormatException
        | IllegalStateException e) {
      String what = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      throw new CaseFormatException(file + ": expected strict JSON, got: " + what, e);
    }
  }

  private static Object read(String file, JsonReader in) throws IOException {
    switch (in.peek()) {
      case BEGIN_OBJECT:
        return readObject(file, in);
      case BEGIN_ARRAY:
        List<Object> list = new ArrayList<>();
        in.beginArray();
        while (in.hasNext()) {
          list.add(read(file, in));
        }
        in.endArray();
        return list;
      case STRING:
        return in.nextString();
      case NUMBER:
        return readNumber(file, in);
      case BOOLEAN:
        return in.nextBoolean();
      default:
        in.nextNull();
        return null;
    }
  }

  private static Map<String, Object> readObject(String file, JsonReader in) throws IOException {
    Map<String, Object> map = new LinkedHashMap<>();
    in.beginObject();
    while (in.hasNext()) {
      String key = in.nextName();
      if (map.containsKey(key)) {
        throw new CaseFormatException(
            file
                + ": key "
                + in.getPath().replaceFirst("^\\$\\.?", "")
                + ": expected once, got twice");
      }
      map.put(key, read(file, in));
    }
    in.endObject();
    return map;
  }

  private static Double readNumber(String file, JsonReader in) throws IOException {
    String path = in.getPath().replaceFirst("^\\$\\.?", "");
    String text = in.nextString();
    double number = Double.parseDouble(text);
    if (Double.isInfinite(number)) {
      throw new CaseFormatException(
          file + ": key " + path + ": expected a finite number, got " + text);
    }
    return number;
  }

  String file() {
    return file;
  }

  /** An error about this value. */
  CaseFormatException error(String expected, String got) {
    return new CaseFormatException(
        file
            + ": key "
            + (path.isEmpty() ? "(root)" : path)
            + ": expected "
            + expected
            + ", got "
            + got);
  }

  private CaseFormatException wrongType(String expected) {
    return error(expected, brief(value));
  }

  private static String brief(Object v) {
    if (v instanceof Map) {
      return "an object";
    }
    if (v instanceof List) {
      return "an array of " + ((List<?>) v).size();
    }
    return v instanceof String ? "'" + v + "'" : String.valueOf(v);
  }

  @SuppressWarnings("unchecked")
  private Map<String, Object> object() {
    if (!(value instanceof Map)) {
      throw wrongType("an object");
    }
    return (Map<String, Object>) value;
  }

  Set<String> keys() {
    return object().keySet();
  }

  private JsonValue child(String key, Object v) {
    return new JsonValue(file, path.isEmpty() ? key : path + "." + key, v);
  }

  /** The value of a key that must be there. */
  JsonValue get(String key) {
    JsonValue v = find(key);
    if (v == null) {
      throw child(key, null).error("a value", object().containsKey(key) ? "null" : "nothing");
    }
    return v;
  }

  /** The value of a key, or null if it is absent or JSON null. */
  JsonValue find(String key) {
    Object v = object().get(key);
    return v == null ? null : child(key, v);
  }

  String text() {
    if (!(value instanceof String)) {
      throw wrongType("a string");
    }
    return (String) value;
  }

  boolean bool() {
    if (!(value instanceof Boolean)) {
      throw wrongType("true or false");
    }
    return (Boolean) value;
  }

  double number() {
    if (!(value instanceof Double)) {
      throw wrongType("a number");
    }
    return (Double) value;
  }

  int integer(int least, int most) {
    String expected =
        "an integer of at least " + least + (most == Integer.MAX_VALUE ? "" : ", at most " + most);
    if (!(value instanceof Double)) {
      throw wrongType(expected);
    }
    double d = (Double) value;
    if (d != Math.rint(d) || d < least || d > most) {
      throw error(expected, String.valueOf(d));
    }
    return (int) d;
  }

  List<JsonValue> elements() {
    if (!(value instanceof List)) {
      throw wrongType("an array");
    }
    List<JsonValue> list = new ArrayList<>();
    for (Object e : (List<?>) value) {
      list.add(new JsonValue(file, path + "[" + list.size() + "]", e));
    }
    return list;
  }

  double[] numbers() {
    if (!(value instanceof List)) {
      throw wrongType("an array of numbers");
    }
    List<?> list = (List<?>) value;
    double[] numbers = new double[list.size()];
    for (int i = 0; i < numbers.length; i++) {
      Object e = list.get(i);
      if (!(e instanceof Double)) {
        throw new JsonValue(file, path + "[" + i + "]", e).wrongType("a number");
      }
      numbers[i] = (Double) e;
    }
    return numbers;
  }

  /** Whether the value switches nothing on: null, false, 0, "", [] or {}. */
  boolean isNeutral() {
    return value == null
        || value.equals(Boolean.FALSE)
        || value instanceof Double && (Double) value == 0
        || value.equals("")
        || value instanceof List && ((List<?>) value).isEmpty()
        || value instanceof Map && ((Map<?, ?>) value).isEmpty();
  }

  @Override
  public String toString() {
    return brief(value);
  }
}
