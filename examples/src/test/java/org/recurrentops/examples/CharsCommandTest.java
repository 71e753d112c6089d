package org.recurrentops.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.recurrentops.examples.chars.CheckpointFile;
import org.recurrentops.examples.chars.TrainerState;

/** The whole command in small: a made-up text whose third-order rule no bigram can see. */
class CharsCommandTest {
  @TempDir Path folder;
  private Path text;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeEach
  void writeText() throws IOException {
    text = Files.writeString(folder.resolve("text"), counting(12_000, 17));
  }

  /** Words that count up or down: which letter follows depends on the one before the last. */
  private static String counting(int length, long seed) {
    Random random = new Random(seed);
    StringBuilder s = new StringBuilder();
    while (s.length() < length) {
      int from = random.nextInt(6);
      boolean up = random.nextBoolean();
      for (int i = 0; i < 7; i++) {
        s.append((char) ('a' + Math.floorMod(up ? from + i : from - i, 6)));
      }
      s.append(' ');
    }
    return s.toString();
  }

  private int chars(String outName, String... options) {
    List<String> args = new ArrayList<>(List.of("chars", text.toString()));
    args.addAll(List.of("--backend", "cpu", "--out", folder.resolve(outName).toString()));
    args.addAll(List.of("--window", "16", "--batch", "8", "--hidden", "24"));
    args.addAll(List.of(options));
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    return Main.run(args.toArray(new String[0]), new PrintWriter(out), new PrintWriter(err));
  }

  private String log() {
    return out + "\n" + err;
  }

  private double number(String pattern) {
    Matcher m = Pattern.compile(pattern).matcher(out.toString());
    assertTrue(m.find(), "no " + pattern + " in\n" + log());
    return Double.parseDouble(m.group(1));
  }

  private TrainerState state(String outName) {
    return new CheckpointFile(folder.resolve(outName).resolve("chars.checkpoint")).read().state();
  }

  @ParameterizedTest
  @CsvSource({"vanilla,1", "lstm,1", "lstm,2", "gru,1"})
  void learnsWhatNoBigramSees(String cell, String seed) throws IOException {
    int code = chars("run", "--cell", cell, "--seed", seed, "--steps", "240", "--lr", "0.02");
    assertEquals(0, code, log());
    double bigram = number("(?m)^bigram +([0-9.]+) nats");
    double model = number("(?m)^validation +([0-9.]+) nats");
    assertTrue(model < 0.9 * bigram, cell + " seed " + seed + ": " + log());
    for (String file : new String[] {"loss.png", "loss.csv", "sample.txt", "chars.checkpoint"}) {
      assertTrue(Files.size(folder.resolve("run").resolve(file)) > 0, file);
    }
    assertEquals("", err.toString());
    assertFalse(out.toString().contains("\r"), "control characters without a terminal");
  }

  /** 120 steps are an epoch and a half, so that states are reset once on the way. */
  @ParameterizedTest
  @CsvSource({"lstm,1,0", "gru,2,0.3", "vanilla,1,0"})
  void resumedRunEqualsUninterruptedRunBitForBit(String cell, String layers, String dropout) {
    String[] common = {
      "--cell", cell, "--layers", layers, "--dropout", dropout, "--steps", "120", "--sample", "50"
    };
    assertEquals(0, chars("whole", common), log());
    String whole = out.toString();
    List<String> stopped = new ArrayList<>(List.of(common));
    stopped.addAll(List.of("--stop-after", "51"));
    assertEquals(0, chars("halves", stopped.toArray(new String[0])), log());
    assertTrue(out.toString().contains("stopped     at step 51"), log());
    assertEquals(51, state("halves").step());
    assertEquals(0, chars("halves", "--resume", "--sample", "50"), log());
    TrainerState a = state("whole");
    TrainerState b = state("halves");
    assertEquals(120, b.step());
    assertEquals(a.cursor(), b.cursor());
    assertEquals(a.randomOffset(), b.randomOffset());
    assertArrayEquals(a.params(), b.params());
    assertArrayEquals(a.firstMoment(), b.firstMoment());
    assertArrayEquals(a.secondMoment(), b.secondMoment());
    assertArrayEquals(a.h(), b.h());
    assertArrayEquals(a.c(), b.c());
    assertEquals(tail(whole, "validation "), tail(out.toString(), "validation "));
    assertEquals(tail(whole, "sample "), tail(out.toString(), "sample "));
    assertEquals("", err.toString());
  }

  private static String tail(String log, String line) {
    int from = log.indexOf("\n" + line);
    int to = log.indexOf("\npicture", from);
    assertTrue(from >= 0 && to > from, log);
    return log.substring(from, to);
  }

  @Test
  void sameSeedSameNumbersOtherSeedOthers() {
    assertEquals(0, chars("a", "--steps", "5"), log());
    assertEquals(0, chars("b", "--steps", "5"), log());
    assertEquals(0, chars("c", "--steps", "5", "--seed", "2"), log());
    assertArrayEquals(state("a").params(), state("b").params());
    assertNotEquals(state("a").params()[0], state("c").params()[0]);
  }

  @Test
  void resumeRefusesWhatContradicts() throws IOException {
    assertEquals(0, chars("run", "--steps", "6", "--stop-after", "3"), log());
    byte[] before = Files.readAllBytes(folder.resolve("run/chars.checkpoint"));
    assertEquals(2, chars("run", "--resume", "--seed", "2"), log());
    assertTrue(err.toString().contains("made with --seed 1, got --seed 2"), log());
    Files.writeString(text, counting(12_000, 18));
    assertEquals(2, chars("run", "--resume"), log());
    assertTrue(err.toString().contains("the text is not the one"), log());
    assertArrayEquals(before, Files.readAllBytes(folder.resolve("run/chars.checkpoint")));
    assertEquals(0, chars("run", "--resume", "--force"), log());
    assertTrue(err.toString().contains("warning: going on with another text"), log());
    assertEquals(6, state("run").step());
  }

  @Test
  void damagedCheckpointIsRefusedAndLeftAlone() throws IOException {
    assertEquals(0, chars("run", "--steps", "2"), log());
    Path file = folder.resolve("run/chars.checkpoint");
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 1;
    Files.write(file, bytes);
    assertEquals(1, chars("run", "--resume"), log());
    assertTrue(err.toString().contains("checksum does not match"), log());
    assertArrayEquals(bytes, Files.readAllBytes(file));
  }

  @Test
  void freshRunKeepsTheEarlierCheckpoint() throws IOException {
    assertEquals(0, chars("run", "--steps", "2"), log());
    byte[] first = Files.readAllBytes(folder.resolve("run/chars.checkpoint"));
    assertEquals(0, chars("run", "--steps", "3"), log());
    assertArrayEquals(first, Files.readAllBytes(folder.resolve("run/chars.checkpoint.previous")));
  }

  @Test
  void divergenceIsAFailureWithTheLastGoodCheckpoint() {
    int code = chars("run", "--steps", "60", "--lr", "1e38", "--clip", "1e38");
    assertEquals(1, code, log());
    assertTrue(err.toString().contains("training diverged"), log());
    assertTrue(err.toString().contains("lower --lr"), log());
  }

  @Test
  void countsUnseenCharacters() throws IOException {
    Path files = Files.createDirectory(folder.resolve("files"));
    for (int i = 0; i < 12; i++) {
      String own = Character.toString(0x4E00 + i);
      Files.writeString(files.resolve("f" + i), counting(1200, i) + own.repeat(9));
    }
    text = files;
    assertEquals(0, chars("run", "--steps", "2"), log());
    // Each file has nine of a character of its own: those held out are unseen in training.
    double validationFiles = number("validation ([0-9]+) files");
    double reserved = number("([0-9,]+) of [0-9,]+ in validation");
    assertEquals(9 * validationFiles, reserved, log());
  }
}
