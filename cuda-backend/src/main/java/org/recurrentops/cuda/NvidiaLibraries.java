package org.recurrentops.cuda;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Where NVIDIA's libraries are looked for beside the places that the system's loader knows: the
 * folder named by {@value #FOLDER}, such as the {@code nvidia/cublas/lib} of a Python environment.
 */
final class NvidiaLibraries {
  /** System property: a folder with {@code libcublas.so.12} and the like. */
  static final String FOLDER = "recurrentops.cuda.libraries";

  /** What cuBLAS needs and cannot find by itself where it lies in a folder of its own. */
  private static final List<String> NEEDED_BY_CUBLAS = List.of("libcublasLt.so.12");

  private NvidiaLibraries() {}

  /** Full path of a library in that folder, or its plain name for the system's loader. */
  static String locate(String name) {
    String folder = System.getProperty(FOLDER, "").trim();
    if (folder.isEmpty()) {
      return name;
    }
    Path file = Path.of(folder, name).toAbsolutePath();
    return Files.exists(file) ? file.toString() : name;
  }

  /**
   * Loads a library of that folder, so that a native library that names it finds it loaded. Nothing
   * happens where the folder is not named or lacks it.
   *
   * @throws UnsatisfiedLinkError if it is there and does not load
   */
  static void preload(String name) {
    if (locate(name).equals(name)) {
      return;
    }
    if (name.startsWith("libcublas.")) {
      for (String needed : NEEDED_BY_CUBLAS) {
        if (!locate(needed).equals(needed)) {
          System.load(locate(needed));
        }
      }
    }
    System.load(locate(name));
  }
}
