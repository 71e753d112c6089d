package org.recurrentops.opencl;

import java.io.IOException;
import java.nio.file.Path;
import org.jocl.LibUtils;
import org.recurrentops.gpu.NativeLibraryFile;

/**
 * JOCL's native half and the OpenCL loader behind it: loaded once per JVM, and what went wrong then
 * is remembered, because a class whose initialiser failed never gives its reason again.
 */
final class ClLibrary {
  private static final String INSTALL =
      "Install the loader and a driver: on Debian and Ubuntu 'apt-get install ocl-icd-libopencl1'"
          + " and the package of your GPU, or pocl-opencl-icd for the CPU; on Windows and macOS"
          + " they come with the GPU driver.";

  private static final String NO_LOADER =
      "no OpenCL loader (libOpenCL.so.1, OpenCL.dll) was found. " + INSTALL;

  private static final String BASE_NAME = "JOCL_2_0_6";

  /** JOCL then extracts into a file whose name nobody can guess. */
  private static final String UNIQUE_NAMES = "uniqueLibraryNames";

  private static final String FAILURE = load();

  private ClLibrary() {}

  /** Why there is no OpenCL in this JVM, and what to install; empty if there is. */
  static String failure() {
    return FAILURE;
  }

  /** The advice for a machine without a loader or without a driver. */
  static String install() {
    return INSTALL;
  }

  /** File name of JOCL's native library on this platform. */
  static String fileName() {
    return LibUtils.createLibraryFileName(LibUtils.createPlatformLibraryName(BASE_NAME));
  }

  private static String load() {
    if (!LoaderSearch.mayFind()) {
      return NO_LOADER;
    }
    String before = System.getProperty(UNIQUE_NAMES);
    boolean unique = false;
    try {
      unique = placeNative() == NativeLibraryFile.State.FOREIGN;
      if (unique) {
        System.setProperty(UNIQUE_NAMES, "true");
      }
      Class.forName("org.jocl.CL");
      return "";
    } catch (LinkageError | ClassNotFoundException e) {
      return explain(e);
    } catch (IOException | SecurityException e) {
      return "JOCL's native library cannot be written to "
          + System.getProperty("java.io.tmpdir")
          + ": "
          + e
          + ". Set -Djava.io.tmpdir to a folder of your own.";
    } finally {
      if (unique && before == null) {
        System.clearProperty(UNIQUE_NAMES);
      } else if (unique) {
        System.setProperty(UNIQUE_NAMES, before);
      }
    }
  }

  private static NativeLibraryFile.State placeNative() throws IOException {
    return NativeLibraryFile.place(
        "/lib/" + fileName(),
        LibUtils.class,
        Path.of(System.getProperty("java.io.tmpdir")),
        fileName());
  }

  /** JOCL's message holds whole stack traces; the reason is its first line. */
  private static String explain(Throwable e) {
    String message = String.valueOf(e.getMessage());
    if (message.contains("Could not initialize native OpenCL library")) {
      return NO_LOADER;
    }
    return "JOCL's native library "
        + fileName()
        + " does not load: "
        + message.lines().findFirst().orElse("")
        + " (os.name="
        + System.getProperty("os.name")
        + ", os.arch="
        + System.getProperty("os.arch")
        + "). Use another backend here.";
  }
}
