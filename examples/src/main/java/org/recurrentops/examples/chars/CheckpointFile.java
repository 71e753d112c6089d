package org.recurrentops.examples.chars;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import org.recurrentops.examples.CommandException;

/**
 * A checkpoint on disk: magic, version, length of the content, content, SHA-256 of all before it.
 * Big-endian. The sum is checked before anything is believed.
 */
public final class CheckpointFile {
  /** Format version that this program writes and reads. */
  public static final int VERSION = 1;

  private static final byte[] MAGIC = "RopsChar".getBytes(StandardCharsets.US_ASCII);
  private static final int HEADER = 8 + 4 + 8;
  private static final int SUM = 32;

  private final AtomicFile file;

  /**
   * Names the file.
   *
   * @param path where; its folder must exist for writing
   */
  public CheckpointFile(Path path) {
    this(new AtomicFile(path));
  }

  CheckpointFile(AtomicFile file) {
    this.file = file;
  }

  /**
   * The file.
   *
   * @return its absolute path
   */
  public Path path() {
    return file.path();
  }

  /**
   * Replaces the checkpoint as a whole or not at all.
   *
   * @param checkpoint what to keep
   * @throws CommandException if that fails; the previous checkpoint is then intact
   */
  public void write(Checkpoint checkpoint) {
    try {
      CountingStream counter = new CountingStream();
      CheckpointContent.write(checkpoint, new DataOutputStream(counter));
      file.write(out -> write(checkpoint, counter.bytes, out));
    } catch (IOException e) {
      throw CommandException.failure(
          "checkpoint: writing "
              + path()
              + " at step "
              + checkpoint.state().step()
              + " failed: "
              + e.getMessage()
              + "; "
              + (Files.exists(path())
                  ? "the previous checkpoint there is intact"
                  : "there is no previous one")
              + "; free space or name another --checkpoint",
          e);
    }
  }

  private static void write(Checkpoint checkpoint, long length, OutputStream out)
      throws IOException {
    MessageDigest digest = sha256();
    DataOutputStream data = new DataOutputStream(new DigestOutputStream(out, digest));
    data.write(MAGIC);
    data.writeInt(VERSION);
    data.writeLong(length);
    CheckpointContent.write(checkpoint, data);
    data.flush();
    out.write(digest.digest());
  }

  /**
   * Reads the checkpoint.
   *
   * @return what was kept
   * @throws CommandException if it is missing, foreign, of another version, truncated or damaged
   */
  public Checkpoint read() {
    try {
      requireSound();
      try (DataInputStream in = open()) {
        in.skipNBytes(HEADER);
        return CheckpointContent.read(in);
      }
    } catch (NoSuchFileException e) {
      throw refused("no such file; drop --resume to start anew");
    } catch (IOException | RuntimeException e) {
      if (e instanceof CommandException) {
        throw (CommandException) e;
      }
      throw refused("cannot be read: " + e.getMessage());
    }
  }

  private DataInputStream open() throws IOException {
    return new DataInputStream(new BufferedInputStream(Files.newInputStream(path()), 1 << 16));
  }

  private void requireSound() throws IOException {
    if (Files.isDirectory(path())) {
      throw refused("is a folder; name the file in it");
    }
    long size = Files.size(path());
    MessageDigest digest = sha256();
    try (DataInputStream in =
        new DataInputStream(
            new DigestInputStream(
                new BufferedInputStream(Files.newInputStream(path()), 1 << 16), digest))) {
      byte[] magic = in.readNBytes(MAGIC.length);
      if (!Arrays.equals(magic, MAGIC)) {
        throw refused(
            size == 0
                ? "is empty"
                : "is not a checkpoint of this program; name one, or drop --resume");
      }
      if (size < HEADER + SUM) {
        throw refused("is truncated: " + size + " bytes");
      }
      int version = in.readInt();
      if (version != VERSION) {
        throw refused(
            "has format version "
                + version
                + ", this program reads version "
                + VERSION
                + "; use the program that wrote it");
      }
      long expected = HEADER + in.readLong() + SUM;
      if (size != expected) {
        throw refused(
            (size < expected ? "is truncated" : "has bytes after its end")
                + ": expected "
                + expected
                + " bytes, got "
                + size
                + "; use another checkpoint, or drop --resume");
      }
      digestContent(in, size - HEADER - SUM);
      byte[] sum = digest.digest().clone();
      if (!Arrays.equals(sum, in.readNBytes(SUM))) {
        throw refused(
            "is damaged: its checksum does not match; use another checkpoint, or drop --resume");
      }
    }
  }

  private static void digestContent(InputStream in, long length) throws IOException {
    byte[] chunk = new byte[1 << 16];
    for (long rest = length; rest > 0; ) {
      int n = in.read(chunk, 0, (int) Math.min(rest, chunk.length));
      if (n < 0) {
        throw new IOException("file became shorter while it was read");
      }
      rest -= n;
    }
  }

  private CommandException refused(String why) {
    return CommandException.failure("checkpoint: " + path() + " " + why, null);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private static final class CountingStream extends OutputStream {
    private long bytes;

    @Override
    public void write(int b) {
      bytes++;
    }

    @Override
    public void write(byte[] b, int from, int length) {
      bytes += length;
    }
  }
}
