package org.recurrentops.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.recurrentops.gpu.ClusterKernels;
import org.recurrentops.gpu.GemmKernels;
import org.recurrentops.gpu.KernelId;
import org.recurrentops.gpu.KernelSource;
import org.recurrentops.gpu.Kernels;
import org.recurrentops.gpu.PersistentKernels;

/** What ptxas said of every kernel and architecture when the build made the fatbins. */
class KernelBuildReportTest {
  private static final Path REPORTS = Path.of("target", "kernel-build");
  private static final Pattern KERNEL =
      Pattern.compile("Compiling entry function '(\\w+)' for 'sm_(\\d+)'");
  private static final Pattern GLOBAL =
      Pattern.compile("__global__ void\\s+(?:__launch_bounds__\\([^)]*\\)\\s+)?(\\w+)\\(");
  private static final Pattern SPILL =
      Pattern.compile("(\\d+) bytes stack frame, (\\d+) bytes spill stores, (\\d+) bytes spill");

  /** Kernels that keep weights in registers. */
  private static final String IN_REGISTERS = "\\w+_(tensor|persistent|roles|2d) for \\w+";

  /** Registers in memory of the thread cost more than they save. */
  @Test
  void noKernelSpills() throws Exception {
    Set<String> compiled = new TreeSet<>();
    assertEquals(List.of(), spills(reports(), compiled));
    List<String> expected = new ArrayList<>();
    List<String> architectures = Files.readAllLines(REPORTS.resolve("architectures"));
    for (KernelId kernel : kernels()) {
      for (String architecture : builtFor(kernel.entry(), architectures)) {
        expected.add(kernel.entry() + " sm_" + architecture);
      }
    }
    for (KernelId kernel : ClusterKernels.all()) {
      builtFor(kernel.entry(), withClusters())
          .forEach(a -> expected.add(kernel.entry() + " sm_" + a));
    }
    for (KernelId kernel : wideKernels()) {
      expected.add(kernel.entry() + " sm_" + architectures.get(0));
      expected.add(kernel.entry() + " sm_" + architectures.get(architectures.size() - 1));
    }
    expected.removeAll(compiled);
    assertEquals(List.of(), expected, "kernels that no report names");
  }

  /** From the sources, so that what no list of kernels names is not missed, nor a twin. */
  @Test
  void everyKernelOfEverySourceIsReported() throws Exception {
    Set<String> compiled = new TreeSet<>();
    spills(reports(), compiled);
    List<String> architectures = Files.readAllLines(REPORTS.resolve("architectures"));
    String oldest = architectures.get(0);
    String newest = architectures.get(architectures.size() - 1);
    Set<String> missing = new TreeSet<>();
    for (String kernel : sourceKernels("src/main/cuda")) {
      boolean clusters =
          kernel.matches(
              "\\w+_(cluster|2d|2d_tensor|cluster_tensor|cluster_(tensor_)?roles)|cluster_\\w+");
      builtFor(kernel, clusters ? withClusters() : architectures)
          .forEach(a -> missing.add(kernel + " sm_" + a));
    }
    for (String kernel : sourceKernels("target/f64-kernels/cuda")) {
      missing.addAll(List.of(kernel + " sm_" + oldest, kernel + " sm_" + newest));
    }
    for (String kernel : sourceKernels("src/main/probes")) {
      missing.add(kernel + " sm_" + newest);
    }
    missing.removeAll(compiled);
    assertEquals(Set.of(), missing);
    for (String kernel :
        List.of("norm_gates", "norm_gates_f64", "zoneout_forward_f64", "gru_backward_cluster")) {
      assertTrue(compiled.contains(kernel + " sm_" + newest), kernel + " in " + compiled);
    }
  }

  /**
   * Loops with weights in registers are built for the first architecture of each generation, those
   * on tensor cores from 8.0 on.
   */
  private static List<String> builtFor(String kernel, List<String> architectures) {
    boolean oldest = !kernel.contains("_tensor");
    return kernel.matches("\\w+_(tensor|persistent|roles?|2d)")
        ? architectures.stream()
            .filter(a -> a.endsWith("0") || oldest && a.equals(architectures.get(0)))
            .toList()
        : architectures;
  }

  private static Set<String> sourceKernels(String folder) throws Exception {
    Set<String> kernels = new TreeSet<>();
    try (Stream<Path> files = Files.list(Path.of("..", "kernels").resolve(folder))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".cu")).toList()) {
        Matcher m = GLOBAL.matcher(Files.readString(file));
        int before = kernels.size();
        while (m.find()) {
          kernels.add(m.group(1));
        }
        assertTrue(kernels.size() > before, "no kernel found in " + file);
      }
    }
    return kernels;
  }

  @Test
  void aSpillIsNamedWithKernelAndArchitecture() {
    String report =
        "ptxas info    : Compiling entry function 'lstm_forward' for 'sm_90'\n"
            + "ptxas info    : Function properties for lstm_forward\n"
            + "    8 bytes stack frame, 4 bytes spill stores, 0 bytes spill loads\n";
    List<String> found = spills(List.of(report), new TreeSet<>());
    assertEquals(1, found.size());
    assertTrue(found.get(0).startsWith("lstm_forward for sm_90: "), found.get(0));
  }

  /** The oldest supported architecture, and one of each later generation that nvcc 13 knows. */
  @ParameterizedTest
  @ValueSource(strings = {"75", "80", "86", "89", "90"})
  void architectureIsBuilt(String architecture) throws Exception {
    reports();
    List<String> built = Files.readAllLines(REPORTS.resolve("architectures"));
    assertTrue(built.contains(architecture), "fatbins hold " + built);
  }

  /** From 9.0 on. */
  private static List<String> withClusters() throws Exception {
    return Files.readAllLines(REPORTS.resolve("architectures")).stream()
        .filter(a -> Integer.parseInt(a) >= 90)
        .toList();
  }

  private static List<KernelId> kernels() {
    List<KernelId> all = new ArrayList<>(Kernels.all());
    all.addAll(GemmKernels.shared());
    all.addAll(GemmKernels.cudaOnly());
    all.addAll(PersistentKernels.all());
    return all;
  }

  private static List<KernelId> wideKernels() {
    return kernels().stream()
        .filter(k -> KernelSource.exists("cuda/" + k.wide().file() + ".cu"))
        .map(KernelId::wide)
        .toList();
  }

  private static List<String> spills(List<String> reports, Set<String> compiled) {
    List<String> found = new ArrayList<>();
    for (String report : reports) {
      String kernel = "";
      for (String line : report.lines().toList()) {
        Matcher start = KERNEL.matcher(line);
        if (start.find()) {
          kernel = start.group(1) + " for sm_" + start.group(2);
          compiled.add(start.group(1) + " sm_" + start.group(2));
        }
        Matcher spill = SPILL.matcher(line);
        // weights that are meant for registers must not be an array in memory either
        if (spill.find()
            && !(spill.group(2).equals("0")
                && spill.group(3).equals("0")
                && (spill.group(1).equals("0") || !kernel.matches(IN_REGISTERS)))) {
          found.add(kernel + ": " + line.trim());
        }
      }
    }
    return found;
  }

  private static List<String> reports() throws Exception {
    PackagedKernels.require();
    List<String> texts = new ArrayList<>();
    try (Stream<Path> files = Files.list(REPORTS)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".txt")).toList()) {
        texts.add(Files.readString(file));
      }
    }
    return texts;
  }
}
