package org.recurrentops.examples.chars;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.function.UnaryOperator;

/**
 * Replaces a file as a whole or not at all: writes a temporary file in the same folder, forces it
 * to the disk, renames it.
 */
public final class AtomicFile {
  /** Writes a file's content. */
  @FunctionalInterface
  public interface Content {
    /**
     * Writes all of it.
     *
     * @param out buffered; stays open
     * @throws IOException if writing fails
     */
    void writeTo(OutputStream out) throws IOException;
  }

  private final Path path;
  private final UnaryOperator<OutputStream> disk;

  /**
   * For a real disk.
   *
   * @param path the file; its folder must exist
   */
  public AtomicFile(Path path) {
    this(path, UnaryOperator.identity());
  }

  /** With something between the content and the disk, such as a disk that is full. */
  AtomicFile(Path path, UnaryOperator<OutputStream> disk) {
    this.path = path.toAbsolutePath();
    this.disk = disk;
  }

  /**
   * The file.
   *
   * @return its absolute path
   */
  public Path path() {
    return path;
  }

  /**
   * Replaces the file.
   *
   * @param content what it is to hold
   * @throws IOException if that fails; the file is then what it was before
   */
  public void write(Content content) throws IOException {
    Path temporary = path.resolveSibling(path.getFileName() + ".tmp");
    try {
      try (FileChannel channel =
              FileChannel.open(
                  temporary,
                  StandardOpenOption.CREATE,
                  StandardOpenOption.WRITE,
                  StandardOpenOption.TRUNCATE_EXISTING);
          OutputStream out =
              new BufferedOutputStream(disk.apply(Channels.newOutputStream(channel)), 1 << 16)) {
        content.writeTo(out);
        out.flush();
        channel.force(true);
      }
      Files.move(
          temporary, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      forceFolder();
    } catch (IOException e) {
      deleteQuietly(temporary);
      throw e;
    }
  }

  /** Makes the rename itself durable; some systems cannot open a folder and need not. */
  private void forceFolder() {
    try (FileChannel folder = FileChannel.open(path.getParent(), StandardOpenOption.READ)) {
      folder.force(true);
    } catch (IOException e) {
      // The file is complete either way.
    }
  }

  private static void deleteQuietly(Path temporary) {
    try {
      Files.deleteIfExists(temporary);
    } catch (IOException e) {
      // The next write truncates it.
    }
  }
}
