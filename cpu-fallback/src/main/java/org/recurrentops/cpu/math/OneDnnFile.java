package org.recurrentops.cpu.math;

import java.io.File;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Where oneDNN's library lies: where the property says, or in the jar {@code org.bytedeco:dnnl} for
 * this platform, from which JavaCPP brings it into its cache of files. JavaCPP is an optional
 * dependency, hence reflection.
 */
final class OneDnnFile {
  /** Names of the library on Linux, macOS and Windows. */
  private static final List<String> NAMES = List.of("libdnnl.so.3", "libdnnl.3.dylib", "dnnl.dll");

  private static final String LOADER = "org.bytedeco.javacpp.Loader";

  private OneDnnFile() {}

  /** There is no library; the message says what was looked for and what to do. */
  static final class Missing extends Exception {
    private static final long serialVersionUID = 1L;

    Missing(String message) {
      super(message);
    }
  }

  /** {@return the library of the property's value} */
  static Path find() throws Missing {
    String value = System.getProperty(CpuMath.ONEDNN, "off");
    if (value.equals("on")) {
      return inJar();
    }
    Path file = Path.of(value);
    if (!Files.isRegularFile(file)) {
      throw new Missing(
          "expected off, on (the jar org.bytedeco:dnnl) or the file of the library, such as "
              + "/usr/lib/x86_64-linux-gnu/libdnnl.so.3; there is no file '"
              + value
              + "'");
    }
    return file.toAbsolutePath();
  }

  private static Path inJar() throws Missing {
    try {
      Class<?> loader = Class.forName(LOADER);
      String platform = (String) loader.getMethod("getPlatform").invoke(null);
      String folder = "org/bytedeco/dnnl/" + platform + "/";
      for (String name : NAMES) {
        if (loader.getClassLoader().getResource(folder + name) != null) {
          return cached(loader, folder).toPath().resolve(name);
        }
      }
      throw new Missing(
          "expected " + folder + NAMES.get(0) + " on the class path; " + advice(platform));
    } catch (ClassNotFoundException e) {
      throw new Missing("expected " + LOADER + " on the class path; " + advice("linux-x86_64"));
    } catch (InvocationTargetException e) {
      throw new Missing("JavaCPP could not unpack it: " + e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new Missing("JavaCPP is another than expected: " + e);
    }
  }

  /** The whole folder, as the library finds what it needs beside itself. */
  private static File cached(Class<?> loader, String folder) throws ReflectiveOperationException {
    URL found = loader.getClassLoader().getResource(folder);
    return (File) loader.getMethod("cacheResource", URL.class).invoke(null, found);
  }

  private static String advice(String platform) {
    return "add org.bytedeco:dnnl:3.11-1.5.13 with classifier "
        + platform
        + ", or name the library's file";
  }
}
