package org.recurrentops.cuda;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import jcuda.LibUtils;
import jcuda.Pointer;
import org.recurrentops.gpu.NativeLibraryFile;

/**
 * Loads one of JCuda's native libraries. JCuda extracts them into the temporary folder and takes
 * what it finds there; {@link NativeLibraryFile} puts the right file there first. A library on
 * {@code java.library.path} comes before both.
 */
final class JCudaNatives {
  private static final String VERSION = "12.6.0";

  private JCudaNatives() {}

  /**
   * Initialises a JCuda class, which loads its native half.
   *
   * @param className such as {@code jcuda.driver.JCudaDriver}
   * @param library base name, such as {@code JCudaDriver}
   * @param needs the library of NVIDIA's that it needs; taken from {@link NvidiaLibraries} if there
   * @return why it did not load; empty if it did
   */
  static String load(String className, String library, String needs) {
    String name = LibUtils.createPlatformLibraryName(library + "-" + VERSION);
    String file = LibUtils.createLibraryFileName(name);
    Path folder = Path.of(System.getProperty("java.io.tmpdir"));
    try {
      if (!onLibraryPath(file)
          && NativeLibraryFile.place("/lib/" + file, Pointer.class, folder, file)
              == NativeLibraryFile.State.FOREIGN) {
        return folder.resolve(file)
            + " belongs to another user or is no plain file, and JCuda would load it; remove it or"
            + " set -Djava.io.tmpdir to a folder of your own";
      }
      NvidiaLibraries.preload(needs);
      Class.forName(className);
      return "";
    } catch (LinkageError | ClassNotFoundException e) {
      return explain(e, library, needs);
    } catch (IOException | SecurityException e) {
      return "JCuda's native library cannot be written to "
          + folder
          + ": "
          + e
          + "; set -Djava.io.tmpdir to a folder of your own";
    }
  }

  private static boolean onLibraryPath(String file) {
    for (String folder : System.getProperty("java.library.path", "").split(File.pathSeparator)) {
      if (!folder.isEmpty() && Files.isRegularFile(Path.of(folder, file))) {
        return true;
      }
    }
    return false;
  }

  /** JCuda's message holds whole stack traces; the reason is the line about the shared object. */
  private static String explain(Throwable e, String library, String needs) {
    String message = String.valueOf(e.getMessage());
    String reason =
        message
            .lines()
            .filter(l -> l.contains("cannot open shared object") || l.contains(needs))
            .findFirst()
            .orElse(message.lines().findFirst().orElse(e.toString()))
            .trim();
    if (reason.contains(needs)) {
      return needs + " was not found (" + reason + ")";
    }
    return "JCuda's native library "
        + library
        + " does not load: "
        + reason
        + " (os.name="
        + System.getProperty("os.name")
        + ", os.arch="
        + System.getProperty("os.arch")
        + ")";
  }
}
