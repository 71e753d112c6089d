package org.recurrentops.gpu;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.UserPrincipal;
import java.util.Arrays;

/**
 * Puts a native library into the temporary folder before the Java binding looks for it there. The
 * bindings (JOCL, JCuda) load whatever file of the right name they find: one that another JVM has
 * half written, or that another user has planted. Here the file appears whole, by renaming, or is
 * found to be ours and to hold what it should.
 */
public final class NativeLibraryFile {
  /** What lies in the temporary folder now. */
  public enum State {
    /** The right file, owned by this user. */
    READY,
    /** A file or link that this user does not own; it must not be loaded. */
    FOREIGN,
    /** The jar has no library for this platform. */
    NOT_PACKAGED
  }

  private NativeLibraryFile() {}

  /**
   * Places a library.
   *
   * @param resource the library
   * @param anchor class whose jar holds it
   * @param folder where the binding looks, usually {@code java.io.tmpdir}
   * @param name file name that the binding looks for
   * @return what lies there now
   * @throws IOException if it cannot be written
   */
  public static State place(String resource, Class<?> anchor, Path folder, String name)
      throws IOException {
    byte[] content;
    try (InputStream in = anchor.getResourceAsStream(resource)) {
      if (in == null) {
        return State.NOT_PACKAGED;
      }
      content = in.readAllBytes();
    }
    Path target = folder.resolve(name);
    Path ours = Files.createTempFile(folder, name + "-", ".tmp");
    try {
      UserPrincipal me = Files.getOwner(ours);
      if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
        if (!ownedBy(me, target)) {
          return State.FOREIGN;
        }
        if (holds(target, content)) {
          return State.READY;
        }
      }
      Files.write(ours, content);
      move(ours, target);
      // Somebody else may have been quicker; what counts is what lies there in the end.
      return ownedBy(me, target) && holds(target, content) ? State.READY : State.FOREIGN;
    } finally {
      Files.deleteIfExists(ours);
    }
  }

  private static void move(Path from, Path to) throws IOException {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (AtomicMoveNotSupportedException e) {
      throw new IOException("cannot rename " + from + " to " + to + " in one step", e);
    }
  }

  private static boolean ownedBy(UserPrincipal me, Path file) throws IOException {
    return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
        && Files.getOwner(file, LinkOption.NOFOLLOW_LINKS).equals(me);
  }

  private static boolean holds(Path file, byte[] content) throws IOException {
    return Files.size(file) == content.length && Arrays.equals(Files.readAllBytes(file), content);
  }
}
