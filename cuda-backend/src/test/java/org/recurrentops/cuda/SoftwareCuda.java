package org.recurrentops.cuda;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;
import jcuda.Pointer;

/**
 * The software CUDA device: built once by g++ into {@code target/software-cuda}, used by forked
 * JVMs. Where it cannot be built the tests are skipped with the reason, or fail where {@code
 * -Drecurrentops.require} names {@code cuda-sim}.
 */
final class SoftwareCuda {
  private static final Path SOURCES = Path.of("src", "test", "native").toAbsolutePath();
  static final Path KERNELS = Path.of("..", "kernels", "src", "main").toAbsolutePath();
  private static final Path WIDE =
      Path.of("..", "kernels", "target", "f64-kernels").toAbsolutePath();
  private static final Path OUT = Path.of("target", "software-cuda").toAbsolutePath();
  private static final Path NATIVES = OUT.resolve("natives");
  private static final List<String> LIBRARIES = List.of("JCudaDriver", "JCublas2", "JNvrtc");
  private static String failure;

  private SoftwareCuda() {}

  /** Builds it, or skips the test, or fails it. */
  static synchronized void require() throws IOException, InterruptedException {
    if (failure == null) {
      failure = build();
    }
    if (failure.isEmpty()) {
      return;
    }
    String required = System.getProperty("recurrentops.require", "");
    if (Arrays.asList(required.split(",")).contains("cuda-sim")) {
      fail("-Drecurrentops.require names cuda-sim, but: " + failure);
    }
    abort(failure);
  }

  /** A JVM that finds the device. */
  static ForkedJvm fork(
      Path folder, Map<String, String> environment, List<String> options, String... main)
      throws IOException {
    Map<String, String> all = new HashMap<>(environment);
    all.putIfAbsent("LD_LIBRARY_PATH", OUT.toString());
    all.putIfAbsent("SOFTWARE_CUDA_KERNELS", OUT.resolve("libkernels.so").toString());
    List<String> withNatives = new ArrayList<>(options);
    withNatives.add("-Djava.library.path=" + NATIVES);
    return ForkedJvm.start(folder, all, withNatives, main);
  }

  /** For the environment of {@link #fork}: kernels that report every wrong read and write. */
  static Map<String, String> checkedBuild() {
    return Map.of("SOFTWARE_CUDA_KERNELS", OUT.resolve("libkernels_checked.so").toString());
  }

  /** For the environment of {@link #fork}: kernels with a fault, before those without. */
  static Map<String, String> withFault(KernelFault fault, Path folder)
      throws IOException, InterruptedException {
    return withFaults(List.of(fault), name -> true, folder);
  }

  /**
   * The same with several faults.
   *
   * @param concerned names of the files that are made, of those that have one
   */
  static Map<String, String> withFaults(
      List<KernelFault> faults, Predicate<String> concerned, Path folder)
      throws IOException, InterruptedException {
    Path kernels = folder.resolve("kernels");
    String faulty = "faulty-" + faults.get(0).name() + ".so";
    List<String> command = new ArrayList<>(List.of("sh"));
    command.add(SOURCES.resolve("kernels.sh").toString());
    command.addAll(List.of(OUT.toString(), faulty, kernels.toString(), ""));
    FaultyKernels.make(faults, KERNELS, kernels).stream()
        .filter(file -> concerned.test(file.getFileName().toString()))
        .forEach(file -> command.add(file.toString()));
    run(command, folder.resolve("build.txt"));
    return Map.of(
        "SOFTWARE_CUDA_KERNELS", OUT.resolve(faulty) + ":" + OUT.resolve("libkernels.so"));
  }

  /** Where the libraries of the device lie. */
  static Path folder() {
    return OUT;
  }

  private static String build() throws IOException, InterruptedException {
    String platform = System.getProperty("os.name") + " " + System.getProperty("os.arch");
    if (!platform.equals("Linux amd64")) {
      return "the software CUDA device is for Linux on x86-64, this is " + platform;
    }
    for (String tool : List.of("g++", "nm")) {
      if (Stream.of(System.getenv("PATH").split(":"))
          .noneMatch(f -> Files.isExecutable(Path.of(f, tool)))) {
        return "the software CUDA device needs " + tool + ", which is not on the PATH";
      }
    }
    Files.createDirectories(NATIVES);
    for (String library : LIBRARIES) {
      unpack("lib" + library + "-12.6.0-linux-x86_64.so");
    }
    if (upToDate()) {
      return "";
    }
    Path log = OUT.resolve("build.txt");
    List<String> command = new ArrayList<>(List.of("sh", SOURCES.resolve("build.sh").toString()));
    command.addAll(
        List.of(OUT.toString(), NATIVES.toString(), KERNELS.toString(), WIDE.toString()));
    for (String planted :
        List.of("planted.cu", "races.cu", "cooperative.cu", "clusters.cu", "warps.cu")) {
      command.add(SOURCES.resolve("planted").resolve(planted).toString());
    }
    try (Stream<Path> probes = Files.list(KERNELS.resolve("probes")).sorted()) {
      probes.forEach(file -> command.add(file.toString()));
    }
    run(command, log);
    return "";
  }

  private static void run(List<String> command, Path log) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    boolean ended = process.waitFor(10, TimeUnit.MINUTES);
    if (!ended) {
      process.destroyForcibly();
    }
    if (!ended || process.exitValue() != 0) {
      fail(command + " failed:\n" + Files.readString(log, StandardCharsets.UTF_8));
    }
  }

  private static void unpack(String file) throws IOException {
    Path target = NATIVES.resolve(file);
    if (Files.exists(target)) {
      return;
    }
    try (InputStream in = Pointer.class.getResourceAsStream("/lib/" + file)) {
      if (in == null) {
        fail(file + " is not on the class path");
      }
      Path fresh = Files.createTempFile(NATIVES, file, ".new");
      Files.copy(in, fresh, StandardCopyOption.REPLACE_EXISTING);
      Files.move(fresh, target, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private static List<Path> sources() {
    return List.of(
        SOURCES,
        KERNELS.resolve("cuda"),
        KERNELS.resolve("common"),
        KERNELS.resolve("probes"),
        WIDE);
  }

  /** Whether the last thing that the script makes is newer than all that it reads. */
  private static boolean upToDate() throws IOException {
    Path made = OUT.resolve("libkernels.so");
    if (!Files.exists(made)) {
      return false;
    }
    long time = Files.getLastModifiedTime(made).toMillis();
    for (Path folder : sources()) {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          if (Files.getLastModifiedTime(file).toMillis() > time) {
            return false;
          }
        }
      }
    }
    return true;
  }
}
