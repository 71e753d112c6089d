package org.recurrentops.gpu;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * Texts of the kernels, ready for a run-time compiler: {@code #include "x.h"} lines are replaced by
 * {@code common/x.h}, each header once.
 */
public final class KernelSource {
  private KernelSource() {}

  /**
   * OpenCL C 1.2 of one file.
   *
   * @param file {@link KernelId#file()}
   * @return the whole program
   */
  public static String opencl(String file) {
    return expand(read("opencl/" + file + ".cl"), new StringBuilder());
  }

  /**
   * CUDA C of one file.
   *
   * @param file {@link KernelId#file()}
   * @return the whole program
   */
  public static String cuda(String file) {
    return expand(read("cuda/" + file + ".cu"), new StringBuilder());
  }

  /**
   * Whether a file exists.
   *
   * @param path such as {@code cuda/lstm.cu}
   * @return true if it is packaged
   */
  public static boolean exists(String path) {
    return KernelSource.class.getResource(path) != null;
  }

  /**
   * A file as it is packaged.
   *
   * @param path such as {@code common/cell_math.h}
   * @return its text
   */
  public static String read(String path) {
    try (InputStream in = KernelSource.class.getResourceAsStream(path)) {
      if (in == null) {
        throw new IllegalArgumentException(
            "kernel source: org/recurrentops/gpu/" + path + " is not packaged");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("kernel source: cannot read " + path, e);
    }
  }

  private static String expand(String text, StringBuilder included) {
    StringBuilder out = new StringBuilder();
    for (String line : text.split("\n", -1)) {
      if (line.startsWith("#include \"")) {
        String header = line.substring(10, line.lastIndexOf('"'));
        if (included.indexOf("|" + header + "|") < 0) {
          included.append('|').append(header).append('|');
          out.append(expand(read("common/" + header), included)).append('\n');
        }
      } else {
        out.append(line).append('\n');
      }
    }
    return out.toString();
  }
}
