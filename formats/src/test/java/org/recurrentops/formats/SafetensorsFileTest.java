package org.recurrentops.formats;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.recurrentops.Shape;

class SafetensorsFileTest {
  @TempDir private Path folder;

  private Path write(long length, byte[] header, byte[] data) throws IOException {
    ByteBuffer bytes =
        ByteBuffer.allocate(8 + header.length + data.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(length).put(header).put(data);
    return Files.write(folder.resolve("w.safetensors"), bytes.array());
  }

  private Path write(String header, int dataBytes) throws IOException {
    byte[] text = header.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    return write(text.length, text, new byte[dataBytes]);
  }

  private void refused(Path path, String... words) {
    String message =
        assertThrows(SafetensorsException.class, () -> SafetensorsFile.open(path).close())
            .getMessage();
    assertTrue(message.contains("w.safetensors"), message);
    for (String word : words) {
      assertTrue(message.contains(word), () -> "expected '" + word + "' in: " + message);
    }
  }

  private static String f32(String name, int from, int to) {
    int values = (to - from) / 4;
    return String.format(
        "'%s':{'dtype':'F32','shape':[%d],'data_offsets':[%d,%d]}", name, values, from, to);
  }

  @Test
  void layoutOverlapsHolesAndMissingBytesNameTheTensor() throws IOException {
    refused(write("{" + f32("a", 0, 8) + "," + f32("b", 4, 12) + "}", 12), "'b'", "overlaps");
    refused(write("{" + f32("a", 0, 8) + "," + f32("b", 12, 16) + "}", 16), "'b'", "hole");
    refused(write("{" + f32("a", 4, 8) + "}", 8), "'a'", "hole");
    refused(write("{" + f32("a", 0, 8) + "}", 4), "'a'", "within 4 bytes");
    refused(write("{" + f32("a", 0, 8) + "}", 12), "expected 8 bytes", "got 12");
    refused(write("{}", 1), "expected 0 bytes");
  }

  @Test
  void wrongEntriesNameTheTensor() throws IOException {
    String a = "{'a':{'dtype':'%s','shape':%s,'data_offsets':%s%s}}";
    refused(write(String.format(a, "F33", "[1]", "[0,4]", ""), 4), "'a'", "F33");
    refused(write(String.format(a, "F32", "[2]", "[0,4]", ""), 4), "'a'", "8 bytes", "got 4");
    refused(write(String.format(a, "F32", "[-1]", "[0,4]", ""), 4), "'a'", "shape");
    refused(write(String.format(a, "F32", "[1.5]", "[0,4]", ""), 4), "'a'", "1.5");
    refused(write(String.format(a, "F32", "[4e9,4e9,4e9]", "[0,4]", ""), 4), "'a'", "shape");
    refused(write(String.format(a, "F32", "[1]", "[4,0]", ""), 4), "'a'", "data_offsets");
    refused(write(String.format(a, "F32", "[1]", "[0]", ""), 4), "'a'", "data_offsets");
    refused(write(String.format(a, "F32", "[1]", "[0,4]", ",'x':1"), 4), "'a'", "'x'");
    refused(write(String.format(a, "F32", "[1]", "[0,8]", ""), 8), "'a'", "4 bytes", "got 8");
    refused(write(String.format(a, "F32", "[1]", "[-4,0]", ""), 4), "'a'", "integers", "-4");
    refused(write(String.format(a, "F32", "[1]", "[0,1e300]", ""), 4), "'a'", "integers", "E300");
    refused(write("{'a':{'dtype':'F32','shape':[1]}}", 4), "a.data_offsets");
    refused(write("{'a':7}", 0), "key a", "an object");
    refused(write("{" + f32("a", 0, 4) + "," + f32("a", 0, 4) + "}", 4), "key a", "twice");
    refused(write("{'__metadata__':{'k':1}}", 0), "__metadata__.k", "a string");
  }

  /** A tensor without elements begins and ends where another begins, whichever comes first. */
  @Test
  void emptyTensorsLieAnywhere() throws IOException {
    for (String header :
        new String[] {
          "{" + f32("a", 0, 8) + "," + f32("e", 0, 0) + "}",
          "{" + f32("e", 0, 0) + "," + f32("a", 0, 8) + "}",
          "{" + f32("e", 8, 8) + "," + f32("a", 0, 8) + "}"
        }) {
      try (SafetensorsFile file = SafetensorsFile.open(write(header, 8))) {
        assertEquals(0, file.floats("e").length);
        assertEquals(2, file.floats("a").length);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "BOOL, 1",
    "U8, 1",
    "I8, 1",
    "F8_E4M3, 1",
    "F8_E5M2, 1",
    "U16, 2",
    "I16, 2",
    "F16, 2",
    "BF16, 2",
    "U32, 4",
    "I32, 4",
    "F32, 4",
    "U64, 8",
    "I64, 8",
    "F64, 8"
  })
  void everyTypeHasItsSize(String dtype, int bytes) throws IOException {
    String header = "{'a':{'dtype':'%s','shape':[3],'data_offsets':[0,%d]}}";
    SafetensorsFile.open(write(String.format(header, dtype, 3 * bytes), 3 * bytes)).close();
    int fewer = 3 * bytes - 1;
    refused(write(String.format(header, dtype, fewer), fewer), "'a'", 3 * bytes + " bytes");
  }

  @Test
  void wrongHeadersAreRefused() throws IOException {
    refused(Files.write(folder.resolve("w.safetensors"), new byte[7]), "file of 7");
    byte[] text = "{}".getBytes(StandardCharsets.UTF_8);
    refused(write(100, text, new byte[0]), "expected 100 bytes", "truncated");
    refused(write(6, text, new byte[0]), "expected 6 bytes, got 2", "truncated");
    refused(write(-1, text, new byte[0]), "header length", "18446744073709551615");
    refused(write(100_000_001, text, new byte[0]), "header length", "100000001");
    refused(write(1, text, new byte[0]), "strict JSON");
    refused(write(2, "[]".getBytes(StandardCharsets.UTF_8), new byte[0]), "'{'");
    refused(write(0, new byte[0], new byte[0]), "'{'");
    refused(write(4, new byte[] {'{', (byte) 0xc3, 0x28, '}'}, new byte[0]), "UTF-8");
    refused(write("{} x", 0), "strict JSON");
    refused(folder.resolve("no-w.safetensors"), "readable");
  }

  /** Bit patterns from the definitions of the types. */
  @ParameterizedTest
  @CsvSource({
    "F16, 3c00, 1",
    "F16, 8000, -0.0",
    "F16, 0001, 5.9604645E-8",
    "F16, 03ff, 6.097555E-5",
    "F16, 7bff, 65504",
    "F16, c248, -3.140625",
    "F16, 7c00, Infinity",
    "F16, 7e00, NaN",
    "F16, 8400, -6.1035156E-5",
    "BF16, 3f80, 1",
    "BF16, c049, -3.140625",
    "BF16, 7f80, Infinity",
    "BF16, 0001, 9.18355E-41",
    "BF16, ffc0, NaN",
    "F32, 40490fdb, 3.1415927",
    "F64, 3ff8000000000000, 1.5",
    "F64, 7ff8000000000000, NaN"
  })
  void typesAreWidenedExactly(String dtype, String bits, float expected) throws IOException {
    int bytes = bits.length() / 2;
    ByteBuffer data = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    long value = Long.parseUnsignedLong(bits, 16);
    for (int i = 0; i < bytes; i++) {
      data.put((byte) (value >> 8 * i));
    }
    String header =
        "{\"a\":{\"dtype\":\"" + dtype + "\",\"shape\":[],\"data_offsets\":[0," + bytes + "]}}";
    byte[] text = header.getBytes(StandardCharsets.UTF_8);
    try (SafetensorsFile file = SafetensorsFile.open(write(text.length, text, data.array()))) {
      float got = file.floats("a")[0];
      assertEquals(Float.floatToIntBits(expected), Float.floatToIntBits(got), dtype + " " + bits);
    }
  }

  @Test
  void doublesAreRoundedOnlyWhenAsked() throws IOException {
    byte[] text =
        "{\"a\":{\"dtype\":\"F64\",\"shape\":[2],\"data_offsets\":[0,16]}}"
            .getBytes(StandardCharsets.UTF_8);
    ByteBuffer data = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
    data.putDouble(0.5).putDouble(0.1);
    try (SafetensorsFile file = SafetensorsFile.open(write(text.length, text, data.array()))) {
      String message =
          assertThrows(SafetensorsException.class, () -> file.floats("a")).getMessage();
      assertTrue(message.contains("'a'") && message.contains("0.1 at index 1"), message);
      assertArrayEquals(new float[] {0.5f, 0.1f}, file.roundedFloats("a"));
    }
  }

  @Test
  void integersAndUnknownNamesAreRefusedOnlyWhenRead() throws IOException {
    Path path = write("{'n':{'dtype':'I64','shape':[1],'data_offsets':[0,8]}}", 8);
    try (SafetensorsFile file = SafetensorsFile.open(path)) {
      String type = assertThrows(SafetensorsException.class, () -> file.floats("n")).getMessage();
      assertTrue(type.contains("'n'") && type.contains("I64"), type);
      String name = assertThrows(SafetensorsException.class, () -> file.floats("m")).getMessage();
      assertTrue(name.contains("'m'") && name.contains("[n]"), name);
    }
  }

  @Test
  void whatIsWrittenIsReadAndAlignedAndLeavesNoOtherFile() throws IOException {
    Path path = folder.resolve("out.safetensors");
    Files.writeString(path, "former");
    float[] large = new float[70_001];
    for (int i = 0; i < large.length; i++) {
      large[i] = i * 0.25f;
    }
    new SafetensorsWriter()
        .metadata("format", "pt")
        .add("größe", Shape.of(2, 1), new float[] {Float.NaN, -0f})
        .add("empty", Shape.of(0, 3), new float[0])
        .add("large", Shape.of(70_001), large)
        .write(path);
    byte[] bytes = Files.readAllBytes(path);
    assertEquals(0, ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong() % 8);
    try (SafetensorsFile file = SafetensorsFile.open(path)) {
      assertEquals("pt", file.metadata().get("format"));
      assertArrayEquals(new float[] {Float.NaN, -0f}, file.floats("größe"));
      assertEquals(Shape.of(0, 3), file.entries().get("empty").shape());
      assertArrayEquals(large, file.floats("large"));
    }
    assertEquals(1, folder.toFile().list().length);
  }

  @Test
  void aWriteThatFailsLeavesTheFormerFile() throws IOException {
    SafetensorsWriter writer = new SafetensorsWriter().add("a", Shape.of(1), new float[1]);
    assertThrows(IllegalArgumentException.class, () -> writer.add("a", Shape.of(1), new float[1]));
    assertThrows(IllegalArgumentException.class, () -> writer.add("b", Shape.of(2), new float[1]));
    Shape one = Shape.of(1);
    assertThrows(
        IllegalArgumentException.class, () -> writer.add("__metadata__", one, new float[1]));
    assertThrows(IOException.class, () -> writer.write(folder.resolve("none/w.safetensors")));
    Path blocked = Files.createDirectories(folder.resolve("dir/full")).getParent();
    assertThrows(IOException.class, () -> writer.write(blocked));
    assertEquals(1, folder.toFile().list().length);
  }
}
