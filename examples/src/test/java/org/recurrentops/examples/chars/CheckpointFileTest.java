package org.recurrentops.examples.chars;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.recurrentops.examples.CommandException;

class CheckpointFileTest {
  @TempDir Path folder;

  static CharsConfig config() {
    return new CharsConfig("lstm", 2, 5, 7, 3, 0.1, 0.01, 1.5, 42, 100, 2);
  }

  private static float[] random(int seed, int n) {
    Random r = new Random(seed);
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = Float.intBitsToFloat(r.nextInt());
    }
    return values;
  }

  private static Checkpoint checkpoint(int seed) {
    Map<String, String> environment = new LinkedHashMap<>();
    environment.put("jdk", "17 ü");
    environment.put("backend", "cpu");
    LossHistory history = new LossHistory();
    history.training().add(new LossHistory.Point(20, 3.5));
    history.training().add(new LossHistory.Point(40, 2.25));
    history.validation().add(new LossHistory.Point(40, 2.5));
    // More than one chunk of floats, so that chunks are put together again.
    TrainerState state =
        new TrainerState(
            41L + seed,
            9,
            42,
            287,
            random(seed, 40_000),
            random(seed + 1, 40_000),
            random(seed + 2, 40_000),
            random(3, 30),
            random(4, 0),
            1.5f,
            2.5f,
            1);
    return new Checkpoint(
        config(), new int[] {'\n', 'a', 0x1F600}, "abc", environment, "v1 stepped", state, history);
  }

  private static void assertSame(Checkpoint a, Checkpoint b) {
    assertEquals(a.config(), b.config());
    assertArrayEquals(a.codePoints(), b.codePoints());
    assertEquals(a.textFingerprint(), b.textFingerprint());
    assertEquals(a.environment(), b.environment());
    assertEquals(a.tuning(), b.tuning());
    assertEquals(a.history().training(), b.history().training());
    assertEquals(a.history().validation(), b.history().validation());
    TrainerState s = a.state();
    TrainerState t = b.state();
    assertEquals(s.step(), t.step());
    assertEquals(s.cursor(), t.cursor());
    assertEquals(s.randomKey(), t.randomKey());
    assertEquals(s.randomOffset(), t.randomOffset());
    assertBits(s.params(), t.params());
    assertBits(s.firstMoment(), t.firstMoment());
    assertBits(s.secondMoment(), t.secondMoment());
    assertBits(s.h(), t.h());
    assertBits(s.c(), t.c());
    assertEquals(s.lossSum(), t.lossSum());
    assertEquals(s.normSum(), t.normSum());
    assertEquals(s.unreported(), t.unreported());
  }

  private static void assertBits(float[] a, float[] b) {
    assertEquals(a.length, b.length);
    for (int i = 0; i < a.length; i++) {
      assertEquals(Float.floatToRawIntBits(a[i]), Float.floatToRawIntBits(b[i]), "at " + i);
    }
  }

  private Path written() {
    Path p = folder.resolve("c");
    new CheckpointFile(p).write(checkpoint(1));
    return p;
  }

  private static CommandException refused(Path p) {
    return assertThrows(CommandException.class, () -> new CheckpointFile(p).read());
  }

  private static void assertRefused(Path p, String part) {
    CommandException e = refused(p);
    assertEquals(1, e.exitCode());
    assertTrue(e.getMessage().contains(part), e.getMessage());
    assertEquals(1, e.getMessage().lines().count(), e.getMessage());
  }

  @Test
  void readsWhatItWrote() throws IOException {
    Path p = written();
    assertSame(checkpoint(1), new CheckpointFile(p).read());
    try (var files = Files.list(folder)) {
      assertEquals(List.of(p), files.toList(), "no temporary file stays");
    }
  }

  @Test
  void refusesEveryTruncation() throws IOException {
    byte[] all = Files.readAllBytes(written());
    for (int length : new int[] {8, 11, 20, 51, 52, 53, 1000, all.length - 33, all.length - 1}) {
      Path p = Files.write(folder.resolve("cut"), java.util.Arrays.copyOf(all, length));
      assertRefused(p, "is truncated");
    }
    assertRefused(
        Files.write(folder.resolve("cut"), java.util.Arrays.copyOf(all, all.length + 1)),
        "bytes after its end");
  }

  @Test
  void refusesForeignFiles() throws IOException {
    assertRefused(Files.writeString(folder.resolve("f"), "some text of another kind"), "not a");
    assertRefused(Files.write(folder.resolve("f"), new byte[5000]), "is not a checkpoint");
    assertRefused(Files.write(folder.resolve("f"), new byte[0]), "is empty");
    assertRefused(folder, "is a folder");
    assertRefused(folder.resolve("nowhere"), "no such file");
  }

  @Test
  void refusesOtherVersions() throws IOException {
    Path p = written();
    byte[] all = Files.readAllBytes(p);
    ByteBuffer.wrap(all).putInt(8, CheckpointFile.VERSION + 1);
    assertRefused(Files.write(p, all), "format version " + (CheckpointFile.VERSION + 1));
  }

  @Test
  void refusesAnySingleFlippedBit() throws IOException {
    byte[] all = Files.readAllBytes(written());
    Random random = new Random(7);
    for (int i = 0; i < 60; i++) {
      int at = 20 + random.nextInt(all.length - 20);
      byte[] flipped = all.clone();
      flipped[at] ^= (byte) (1 << random.nextInt(8));
      assertRefused(Files.write(folder.resolve("flip"), flipped), "checksum does not match");
    }
  }

  @Test
  void fullDiskLeavesTheLastGoodCheckpoint() throws IOException {
    Path p = written();
    long size = Files.size(p);
    for (long room : new long[] {0, 1, 70_000, size - 1}) {
      CheckpointFile full = new CheckpointFile(new AtomicFile(p, out -> new FullDisk(out, room)));
      CommandException e =
          assertThrows(CommandException.class, () -> full.write(checkpoint(2)), "room " + room);
      assertEquals(1, e.exitCode());
      assertTrue(e.getMessage().contains("No space left on device"), e.getMessage());
      assertTrue(e.getMessage().contains("previous checkpoint there is intact"), e.getMessage());
      assertSame(checkpoint(1), new CheckpointFile(p).read());
      assertFalse(Files.exists(folder.resolve("c.tmp")), "half a file stays behind");
    }
    new CheckpointFile(new AtomicFile(p, out -> new FullDisk(out, size))).write(checkpoint(2));
    assertSame(checkpoint(2), new CheckpointFile(p).read());
  }

  @Test
  void aStaleTemporaryFileDoesNoHarm() throws IOException {
    Files.write(folder.resolve("c.tmp"), new byte[1 << 20]);
    assertSame(checkpoint(1), new CheckpointFile(written()).read());
  }

  @Test
  void tellsWhatDiffersFromAnotherMachine() {
    Checkpoint c = checkpoint(1);
    assertEquals(List.of(), c.differences(c.environment()));
    Map<String, String> other = new LinkedHashMap<>(c.environment());
    other.put("backend", "opencl:0:0");
    assertEquals(List.of("backend was 'cpu', is 'opencl:0:0'"), c.differences(other));
  }

  /** Takes so many bytes and no more. */
  private static final class FullDisk extends OutputStream {
    private final OutputStream below;
    private long room;

    FullDisk(OutputStream below, long room) {
      this.below = below;
      this.room = room;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] b, int from, int length) throws IOException {
      int taken = (int) Math.min(room, length);
      below.write(b, from, taken);
      room -= taken;
      if (taken < length) {
        throw new IOException("No space left on device");
      }
    }
  }
}
