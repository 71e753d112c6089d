package org.recurrentops.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bad input: one line that says what to do, the right exit code, no stack trace. */
class UsageTest {
  @TempDir Path folder;
  private Path text;

  @BeforeEach
  void writeText() throws IOException {
    StringBuilder s = new StringBuilder();
    Random random = new Random(3);
    while (s.length() < 4000) {
      s.append((char) ('a' + random.nextInt(26)));
    }
    text = Files.writeString(folder.resolve("text"), s);
  }

  private void assertError(int code, String part, String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    List<String> all = new ArrayList<>(List.of(args));
    if (args[0].equals("chars") && !all.contains("--out")) {
      all.addAll(List.of("--out", folder.resolve("out").toString()));
    }
    int got = Main.run(all.toArray(new String[0]), new PrintWriter(out), new PrintWriter(err));
    List<String> errors = err.toString().lines().filter(l -> l.startsWith("error: ")).toList();
    assertEquals(1, errors.size(), err.toString());
    assertTrue(errors.get(0).contains(part), err.toString());
    assertFalse(err.toString().contains("\tat "), err.toString());
    assertEquals(code, got, err.toString());
  }

  private void assertError(int code, String part, Path given, String... options) {
    List<String> args = new ArrayList<>(List.of("chars", given.toString()));
    args.addAll(List.of(options));
    assertError(code, part, args.toArray(new String[0]));
  }

  @Test
  void wrongOptions() {
    assertError(2, "Unknown option: '--hiden'", text, "--hiden", "5");
    assertError(2, "--hidden: expected at least 1, got 0", text, "--hidden", "0");
    assertError(2, "'--hidden'", text, "--hidden", "many");
    assertError(2, "expected vanilla, lstm or gru, got transformer", text, "--cell", "transformer");
    assertError(2, "expected vanilla, lstm or gru", "hello", "--cell", "x");
    assertError(2, "--hidden", "hello", "--hidden", "0");
    assertError(2, "--temperature", text, "--temperature", "0");
    assertError(2, "--lr", text, "--lr", "NaN");
    assertError(2, "--prime", text, "--prime", "");
    assertError(2, "Unmatched argument", "goodbye");
  }

  @Test
  void contradictoryOptions() {
    assertError(2, "--dropout 0.5 acts between layers", text, "--dropout", "0.5");
    assertError(2, "exclude each other", text, "--steps", "5", "--epochs", "1");
    assertError(2, "--force only says", text, "--force");
  }

  @Test
  void badTexts() throws IOException {
    assertError(2, "no such file", folder.resolve("missing"));
    assertError(2, "is empty", Files.writeString(folder.resolve("empty"), ""));
    assertError(2, "not UTF-8", Files.write(folder.resolve("bin"), new byte[] {1, -1, 2}));
    assertError(2, "too short", Files.writeString(folder.resolve("short"), "abc"));
    assertError(2, "lower --batch or --window", text, "--batch", "64", "--window", "64");
    assertError(2, "--min-count", text, "--min-count", "9999", "--batch", "2");
  }

  @Test
  void badCheckpoints() throws IOException {
    assertError(1, "no such file; drop --resume", text, "--resume");
    Path foreign = Files.writeString(folder.resolve("foreign"), "not what you think");
    assertError(1, "is not a checkpoint", text, "--resume", "--checkpoint", foreign.toString());
    assertEquals("not what you think", Files.readString(foreign));
    assertError(2, "which is a folder", text, "--checkpoint", folder.toString());
  }

  @Test
  void badOutputFolder() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "x");
    assertError(1, "cannot write into folder", text, "--out", file.resolve("sub").toString());
    assertError(1, "cannot write into folder", text, "--out", file.toString());
  }

  @Test
  void missingBackend() {
    assertError(1, "backend 'abacus'", text, "--backend", "abacus", "--batch", "8");
    assertError(1, "backend 'abacus'", "hello", "--backend", "abacus");
  }

  @Test
  void sizesThatCannotBe() {
    assertError(2, "lower", text, "--hidden", "2000000000", "--batch", "8");
    assertError(2, "lower", text, "--hidden", "100000", "--batch", "8", "--backend", "cpu");
    assertError(2, "lower", text, "--window", "2000000000", "--batch", "2000000000");
    // 1.6 billion parameters: 45 GiB with gradient, moments and a checkpoint's copies.
    assertError(
        2, "GiB", text, "--hidden", "9000", "--layers", "3", "--batch", "8", "--backend", "cpu");
  }

  @Test
  void helpHasAnExample() {
    for (String command :
        new String[] {
          "hello",
          "chars",
          "shapes",
          "embed",
          "forecast",
          "classify",
          "tag",
          "memory",
          "translate",
          "caption"
        }) {
      StringWriter out = new StringWriter();
      int code =
          Main.run(
              new String[] {command, "--help"},
              new PrintWriter(out),
              new PrintWriter(new StringWriter()));
      assertEquals(0, code);
      assertTrue(out.toString().contains("Example"), out.toString());
    }
  }
}
