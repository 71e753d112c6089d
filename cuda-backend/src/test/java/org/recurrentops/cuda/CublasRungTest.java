package org.recurrentops.cuda;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Each rung of the ladder of matrix products is reached where those before it are missing. */
@Execution(ExecutionMode.CONCURRENT)
class CublasRungTest {
  private static final String FOLDER = "-D" + NvidiaLibraries.FOLDER + "=";

  @TempDir Path folder;

  @Test
  void cublas12First() throws Exception {
    String out = probe(Map.of(), List.of());
    assertTrue(out.contains("products cublas 12.6 (libcublas.so.12 through JCublas), tiled"), out);
  }

  @Test
  void cublas13WhereCublas12IsMissing() throws Exception {
    String out = probe(driverAlone(), List.of(FOLDER + cuda13()));
    assertTrue(out.contains("products cublas 13.6 (libcublas.so.13 through JNA), tiled"), out);
    assertTrue(out.contains("(libcublas.so.12 was not found"), out);
    assertTrue(out.contains("gemm [cublas, tiled]"), out);
  }

  @Test
  void aFolderIsSearchedForCublas12() throws Exception {
    SoftwareCuda.require();
    String out = probe(driverAlone(), List.of(FOLDER + SoftwareCuda.folder()));
    assertTrue(out.contains("products cublas 12.6 (libcublas.so.12 through JCublas)"), out);
  }

  @Test
  void ownKernelWhereBothAreMissing() throws Exception {
    String out = probe(driverAlone(), List.of());
    assertTrue(out.contains("products tiled (libcublas.so.12 was not found"), out);
    assertTrue(out.contains("libcublas.so.13 does not load through JNA ("), out);
    assertTrue(out.contains("gemm [tiled]"), out);
  }

  @Test
  void withoutJnaTheReasonNamesIt() throws Exception {
    String bare =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(p -> !Path.of(p).getFileName().toString().startsWith("jna-"))
            .collect(Collectors.joining(File.pathSeparator));
    String out = probe(driverAlone(), List.of("-cp", bare, FOLDER + cuda13()));
    assertTrue(out.contains("libcublas.so.13 would need JNA, which is not on the class path"), out);
    assertTrue(out.contains("gemm [tiled]"), out);
    assertTrue(probe(Map.of(), List.of("-cp", bare)).contains("cublas 12.6"), "works without JNA");
  }

  @Test
  void whatIsForcedAndMissingIsRefused() throws Exception {
    String out = probe(driverAlone(), forced("cublas12"));
    assertTrue(out.contains("=cublas12: not available: libcublas.so.12 was not found"), out);
    assertTrue(probe(Map.of(), forced("cublas13")).contains("=cublas13: not available: "), out);
    String unknown = probe(Map.of(), forced("clblast"));
    assertTrue(unknown.contains("expected cublas, cublas12, cublas13 or tiled"), unknown);
  }

  /** A part of the kit with cuBLAS 13 forced, though cuBLAS 12 is there, too. */
  @Test
  void kitOnCublas13() throws Exception {
    String out = kit("cublas13", FOLDER + cuda13());
    assertTrue(out.contains("cublas13_gemm ran yes") && out.contains("cublas12_gemm ran no"), out);
    assertTrue(out.contains("products cublas 13.6 (libcublas.so.13 through JNA)"), out);
  }

  @Test
  void kitOnCublas12() throws Exception {
    String out = kit("cublas12", FOLDER);
    assertTrue(out.contains("cublas12_gemm ran yes") && out.contains("cublas13_gemm ran no"), out);
    assertTrue(out.contains("products cublas 12.6 (libcublas.so.12 through JCublas)"), out);
  }

  /** With a workspace for each handle, and no handle left behind. */
  private String kit(String rung, String option) throws Exception {
    SoftwareCuda.require();
    Map<String, String> strict =
        Map.of("SOFTWARE_CUBLAS_NEEDS_WORKSPACE", "1", "SOFTWARE_CUBLAS_TRACE", "1");
    List<String> options =
        List.of(
            "-D" + GemmLadder.PROPERTY + "=" + rung,
            "-D" + CublasProducts.WORKSPACE + "=4096",
            "-D" + CudaRecorder.PROPERTY + "=off",
            "-XX:TieredStopAtLevel=1",
            option);
    ForkedJvm jvm = SoftwareCuda.fork(folder, strict, options, RungMain.class.getName());
    String out = jvm.succeed();
    System.out.println(out);
    assertTrue(out.contains("tck cuda:0:") && out.contains(" 0 failed"), out);
    List<String> trace = jvm.errors().lines().filter(l -> l.contains("software cuBLAS")).toList();
    String last = trace.get(trace.size() - 1);
    assertTrue(last.endsWith(" left 0"), last);
    assertTrue(trace.size() > 100, "a handle per plan, got " + trace.size());
    return out;
  }

  private static List<String> forced(String rung) {
    return List.of("-D" + GemmLadder.PROPERTY + "=" + rung);
  }

  private static Path cuda13() throws Exception {
    SoftwareCuda.require();
    return SoftwareCuda.folder().resolve("cuda13");
  }

  /** An environment with the driver's library and nothing of the toolkit. */
  private Map<String, String> driverAlone() throws Exception {
    SoftwareCuda.require();
    Path only = Files.createDirectories(folder.resolve("driver"));
    if (!Files.exists(only.resolve("libcuda.so.1"))) {
      Files.copy(SoftwareCuda.folder().resolve("libcuda.so.1"), only.resolve("libcuda.so.1"));
    }
    return new HashMap<>(Map.of("LD_LIBRARY_PATH", only.toString()));
  }

  private String probe(Map<String, String> environment, List<String> options) throws Exception {
    SoftwareCuda.require();
    return SoftwareCuda.fork(folder, environment, options, ProbeMain.class.getName()).succeed();
  }
}
