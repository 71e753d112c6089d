package org.recurrentops.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Compiles every kernel with whichever compilers the machine has: clang for OpenCL C 1.2, nvcc for
 * CUDA C, all warnings as errors. Neither is needed to build the project, so a missing one skips
 * its test with the reason, unless {@code -Drecurrentops.require} lists it ({@code clang}, {@code
 * nvcc}).
 */
class KernelCompilerTest {
  @TempDir Path folder;

  @Test
  void openclKernelsCompileWithoutWarnings() throws Exception {
    String clang = find("clang");
    Set<String> files = files();
    GemmKernels.openclOnly().forEach(k -> files.add(k.file()));
    for (String file : files) {
      Path source = write(file + ".cl", KernelSource.opencl(file));
      run(
          List.of(
              clang,
              "-x",
              "cl",
              "-cl-std=CL1.2",
              "-target",
              "spir64",
              "-fsyntax-only",
              "-Wall",
              "-Werror",
              "-Wno-unused-function",
              "-Wdouble-promotion",
              "-Xclang",
              "-finclude-default-header",
              source.toString()));
    }
  }

  @Test
  void cudaKernelsCompileWithoutWarnings() throws Exception {
    String nvcc = find("nvcc");
    Set<String> files = files();
    GemmKernels.cudaOnly().forEach(k -> files.add(k.file()));
    PersistentKernels.all().forEach(k -> files.add(k.file()));
    ClusterKernels.all().forEach(k -> files.add(k.file()));
    for (String file : files) {
      Path source = write(file + ".cu", KernelSource.cuda(file));
      run(
          List.of(
              nvcc,
              "-ptx",
              "-arch=sm_75",
              "-Werror",
              "all-warnings",
              "-o",
              folder.resolve(file + ".ptx").toString(),
              source.toString()));
    }
  }

  private static Set<String> files() {
    Set<String> files = new LinkedHashSet<>();
    Kernels.all().forEach(k -> files.add(k.file()));
    GemmKernels.shared().forEach(k -> files.add(k.file()));
    return files;
  }

  private Path write(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  private static String find(String compiler) {
    List<String> folders =
        new ArrayList<>(List.of(System.getenv("PATH").split(File.pathSeparator)));
    folders.add("/usr/local/cuda/bin");
    for (String f : folders) {
      File candidate = new File(f, compiler);
      if (candidate.canExecute()) {
        return candidate.getPath();
      }
    }
    String required = "," + System.getProperty("recurrentops.require", "") + ",";
    assertTrue(!required.contains("," + compiler + ","), compiler + " is required but not there");
    Assumptions.abort(compiler + " is not on this machine; kernels were not compiled with it");
    return null;
  }

  private void run(List<String> command) throws Exception {
    Path log = folder.resolve("log");
    Process p =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    assertTrue(p.waitFor(120, TimeUnit.SECONDS), () -> "timed out: " + command);
    String output = Files.readString(log);
    assertEquals(0, p.exitValue(), () -> String.join(" ", command) + "\n" + output);
    assertEquals("", output, () -> String.join(" ", command));
  }
}
