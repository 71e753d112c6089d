package org.recurrentops.opencl;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Whether Linux has an OpenCL loader at all. JOCL prints its failures on stdout from native code,
 * where nobody can silence it; on a machine without a loader it is better not to ask it.
 */
final class LoaderSearch {
  private static final String NAME = "libOpenCL.so";

  private LoaderSearch() {}

  /** False only if JOCL would certainly find nothing. */
  static boolean mayFind() {
    if (!System.getProperty("os.name", "").startsWith("Linux")) {
      return true;
    }
    List<Path> folders = new ArrayList<>();
    String path = System.getenv("LD_LIBRARY_PATH");
    if (path != null) {
      for (String folder : path.split(File.pathSeparator)) {
        folders.add(Path.of(folder));
      }
    }
    for (String root : List.of("/lib", "/usr/lib", "/usr/local/lib", "/lib64", "/usr/lib64")) {
      folders.add(Path.of(root));
    }
    return mayFind(Path.of("/etc/ld.so.cache"), folders);
  }

  /**
   * Looks into the dynamic linker's cache and into folders.
   *
   * @param cache file that holds the names of known libraries; may be missing
   * @param folders searched with the folders in them
   */
  static boolean mayFind(Path cache, List<Path> folders) {
    try {
      if (Files.isReadable(cache)
          && Files.readString(cache, StandardCharsets.ISO_8859_1).contains(NAME)) {
        return true;
      }
      for (Path folder : folders) {
        if (holdsLoader(folder)) {
          return true;
        }
      }
      return false;
    } catch (IOException | SecurityException e) {
      return true; // let JOCL try
    }
  }

  private static boolean holdsLoader(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return false;
    }
    try (Stream<Path> found =
        Files.find(folder, 2, (p, a) -> p.getFileName().toString().startsWith(NAME))) {
      return found.findAny().isPresent();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }
}
