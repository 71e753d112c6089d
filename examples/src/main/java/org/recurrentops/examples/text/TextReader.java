package org.recurrentops.examples.text;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import org.recurrentops.examples.CommandException;

/**
 * Reads UTF-8 text. A file that is named must be text; of a folder whatever is text is taken, and
 * the rest is counted. Hidden files and folders, and build output in {@code target}, are left out.
 */
public final class TextReader {
  /** Strings, symbols and window prints of one byte of text, at most. */
  private static final long MEMORY_PER_BYTE = 24;

  private final Predicate<Path> wanted;
  private final List<SourceText> texts = new ArrayList<>();
  private long bytes;
  private int skipped;

  /**
   * Takes some files of a folder.
   *
   * @param wanted says yes to the files to read; files that are named are read regardless
   */
  public TextReader(Predicate<Path> wanted) {
    this.wanted = wanted;
  }

  /**
   * Reads a file, or a folder and all below it, in the order of path names.
   *
   * @param path file or folder
   * @return this
   * @throws CommandException if it is missing, unreadable, binary or empty
   */
  public TextReader read(Path path) {
    if (!Files.exists(path)) {
      throw CommandException.usage("text: no such file or folder: " + path);
    }
    try {
      if (Files.isDirectory(path)) {
        readFolder(path);
      } else {
        readFile(path);
      }
    } catch (IOException e) {
      throw CommandException.usage(
          "text: cannot read " + path + ": " + reason(e) + "; check its permissions");
    }
    return this;
  }

  private void readFile(Path path) throws IOException {
    String content = decode(read(path, Files.size(path)), path.toString());
    if (content.isBlank()) {
      throw CommandException.usage(
          "text: " + path + " is empty; name a UTF-8 text file or a folder");
    }
    texts.add(new SourceText(path.toString(), content));
  }

  private void readFolder(Path folder) throws IOException {
    List<Path> files = new ArrayList<>();
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attributes) {
            boolean skip = !dir.equals(folder) && leftOut(dir);
            return skip ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (attributes.isRegularFile() && !leftOut(file) && wanted.test(file)) {
              files.add(file);
            }
            return FileVisitResult.CONTINUE;
          }
        });
    files.sort(Comparator.comparing(f -> relativeName(folder, f)));
    int before = texts.size();
    for (Path file : files) {
      addIfText(folder, file);
    }
    if (texts.size() == before) {
      throw CommandException.usage(
          "text: no UTF-8 text in folder "
              + folder
              + " ("
              + files.size()
              + " files looked at); name a folder or file with text");
    }
  }

  private void addIfText(Path folder, Path file) throws IOException {
    try {
      String content = decode(read(file, Files.size(file)), file.toString());
      if (!content.isBlank()) {
        texts.add(new SourceText(relativeName(folder, file), content));
      }
    } catch (CommandException binary) {
      if (binary.exitCode() != 2) {
        throw binary;
      }
      skipped++;
    }
  }

  private static String relativeName(Path folder, Path file) {
    return folder.relativize(file).toString().replace('\\', '/');
  }

  private static boolean leftOut(Path p) {
    String name = p.getFileName().toString();
    return name.startsWith(".") || name.equals("target") || name.equals("target/");
  }

  private byte[] read(Path path, long size) throws IOException {
    bytes += size;
    Runtime r = Runtime.getRuntime();
    long free = r.maxMemory() - (r.totalMemory() - r.freeMemory());
    if (size > Integer.MAX_VALUE - 64 || bytes > free / MEMORY_PER_BYTE) {
      throw CommandException.failure(
          "text: "
              + (bytes >> 20)
              + " MiB are too much for the free heap of "
              + (free >> 20)
              + " MiB; give less text or more heap (java -Xmx…)",
          null);
    }
    return Files.readAllBytes(path);
  }

  /**
   * Decodes strictly: what is not UTF-8, or holds a NUL, is not text.
   *
   * @param data a file's bytes
   * @param name the file, for the message
   * @return its text, with line feeds between lines
   * @throws CommandException if it is not text
   */
  static String decode(byte[] data, String name) {
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    ByteBuffer in = ByteBuffer.wrap(data);
    CharBuffer out = CharBuffer.allocate(data.length);
    CoderResult result = decoder.decode(in, out, true);
    String content = out.flip().toString();
    int nul = content.indexOf('\0');
    if (result.isError() || nul >= 0) {
      throw CommandException.usage(
          "text: "
              + name
              + " is not UTF-8 text ("
              + (result.isError()
                  ? "bad byte at offset " + in.position()
                  : "NUL character at " + nul)
              + "); convert it (iconv -t UTF-8) or name another file");
    }
    String text = content.startsWith("\uFEFF") ? content.substring(1) : content;
    return text.indexOf('\r') < 0 ? text : text.replace("\r\n", "\n").replace('\r', '\n');
  }

  private static String reason(IOException e) {
    return e.getClass().getSimpleName().replace("Exception", "")
        + (e.getMessage() == null ? "" : " (" + e.getMessage() + ")");
  }

  /**
   * What has been read.
   *
   * @return the texts in order
   */
  public List<SourceText> texts() {
    return texts;
  }

  /**
   * Files of folders that were not text.
   *
   * @return their number
   */
  public int skipped() {
    return skipped;
  }
}
