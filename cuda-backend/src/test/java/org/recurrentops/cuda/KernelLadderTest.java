package org.recurrentops.cuda;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each form of the kernels is reached where the driver refuses those before it. */
class KernelLadderTest {
  @TempDir Path folder;

  @Test
  void fatbinFirst() throws Exception {
    assertOpens("kernels fatbin", Map.of());
  }

  @Test
  void ptxWhereTheDriverKnowsNoneOfTheArchitectures() throws Exception {
    ForkedJvm jvm = open(Map.of("SOFTWARE_CUDA_REFUSE", "fatbin:209"), List.of());
    assertTrue(jvm.succeed().contains("opened: kernels ptx"), jvm.output());
    String log = jvm.errors();
    assertTrue(log.contains("kernels as ptx; fatbin: the driver answers"), log);
    assertTrue(log.contains("CUDA_ERROR_NO_BINARY_FOR_GPU (209)"), log);
  }

  /** The oldest driver that the backend takes reads PTX 7.0 and no newer one. */
  @Test
  void ptxIsLabelledForOldDrivers() throws Exception {
    Map<String, String> old =
        Map.of("SOFTWARE_CUDA_REFUSE", "fatbin:200", "SOFTWARE_CUDA_PTX", "7.0");
    assertOpens("kernels ptx", old);
    String none = refusal(Map.of("SOFTWARE_CUDA_PTX", "6.9"), "ptx");
    assertTrue(none.contains("ptx: the driver answers CUDA_ERROR_UNSUPPORTED_PTX_VERSION"), none);
  }

  @Test
  void nvrtcWhereTheDriverTakesNeither() throws Exception {
    assertOpens("kernels nvrtc", Map.of("SOFTWARE_CUDA_REFUSE", "fatbin:200,ptx:222"));
    assertOpens("kernels nvrtc", Map.of("SOFTWARE_CUDA_REFUSE", "fatbin:200,ptx:218"));
  }

  /** NVRTC writes PTX 8.0 here; the backend relabels it. */
  @Test
  void nvrtcIsRelabelled() throws Exception {
    Map<String, String> old =
        Map.of("SOFTWARE_CUDA_REFUSE", "fatbin:200,ptx:222", "SOFTWARE_CUDA_PTX", "7.0");
    assertOpens("kernels nvrtc", old);
  }

  @Test
  void theReasonNamesEveryForm() throws Exception {
    String all = refusal(Map.of("SOFTWARE_CUDA_REFUSE", "fatbin:209,ptx:222,nvrtc:200"), "");
    assertTrue(all.contains("no form of its kernels runs here"), all);
    assertTrue(all.contains("fatbin: the driver answers CUDA_ERROR_NO_BINARY_FOR_GPU"), all);
    assertTrue(all.contains("ptx: the driver answers CUDA_ERROR_UNSUPPORTED_PTX_VERSION"), all);
    assertTrue(all.contains("nvrtc: the driver answers CUDA_ERROR_INVALID_IMAGE"), all);
  }

  @Test
  void theReasonSaysThatNvrtcIsMissing() throws Exception {
    SoftwareCuda.require();
    PackagedKernels.require();
    String out =
        refusal(
            Map.of("LD_LIBRARY_PATH", driverAlone(), "SOFTWARE_CUDA_REFUSE", "fatbin:209,ptx:222"),
            "");
    assertTrue(out.contains("nvrtc: libnvrtc.so.12 was not found"), out);
  }

  /** CUDA 13's NVRTC, where CUDA 12's is missing. */
  @Test
  void nvrtc13ThroughJna() throws Exception {
    SoftwareCuda.require();
    List<String> options =
        List.of(
            "-D" + KernelImages.PROPERTY + "=nvrtc",
            "-D" + NvidiaLibraries.FOLDER + "=" + SoftwareCuda.folder().resolve("cuda13"));
    String out = open(Map.of("LD_LIBRARY_PATH", driverAlone()), options).succeed();
    assertTrue(out.contains("opened: kernels nvrtc"), out);
  }

  /** Another error than a wrong form is an error, not a reason to go on. */
  @Test
  void otherErrorsEndTheSearch() throws Exception {
    String out = refusal(Map.of("SOFTWARE_CUDA_REFUSE", "fatbin:2"), "");
    assertTrue(out.contains("CUDA_ERROR_OUT_OF_MEMORY") && !out.contains("no form"), out);
  }

  @Test
  void unknownFormIsRefused() throws Exception {
    SoftwareCuda.require();
    String out = refusal(Map.of(), "cubin");
    assertTrue(out.contains("=cubin: expected fatbin, ptx or nvrtc"), out);
  }

  /** Classes without what nvcc makes, as a build without it leaves them. */
  @Test
  void aJarBuiltWithoutNvccSaysSo() throws Exception {
    SoftwareCuda.require();
    List<String> bare = List.of("-cp", classPathWithoutKernels());
    String probe = SoftwareCuda.fork(folder, Map.of(), bare, ProbeMain.class.getName()).succeed();
    assertTrue(probe.contains("kernels nvrtc (this jar was built without nvcc)"), probe);
    String opened = open(Map.of(), bare).succeed();
    assertTrue(opened.contains("opened: kernels nvrtc"), opened);
    Map<String, String> noCompiler = Map.of("LD_LIBRARY_PATH", driverAlone());
    String none = SoftwareCuda.fork(folder, noCompiler, bare, ProbeMain.class.getName()).succeed();
    assertTrue(none.contains("no kernels: this jar was built without nvcc"), none);
    assertTrue(none.contains("libnvrtc.so.12 was not found"), none);
    assertTrue(none.contains("libnvrtc.so.13 does not load through JNA ("), none);
  }

  private String classPathWithoutKernels() throws Exception {
    Path bare = folder.resolve("classes");
    List<String> parts = new ArrayList<>();
    for (String part : System.getProperty("java.class.path").split(File.pathSeparator)) {
      Path from = Path.of(part);
      boolean own = Files.exists(from.resolve("org/recurrentops/cuda/CudaBackend.class"));
      if (!own) {
        parts.add(part);
        continue;
      }
      try (Stream<Path> files = Files.walk(from)) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          String name = file.getFileName().toString();
          if (!name.endsWith(".ptx") && !name.endsWith(".fatbin")) {
            Path to = bare.resolve(from.relativize(file));
            Files.createDirectories(to.getParent());
            Files.copy(file, to);
          }
        }
      }
      parts.add(bare.toString());
    }
    Assertions.assertTrue(Files.exists(bare), "classes of this module are not on the class path");
    return String.join(File.pathSeparator, parts);
  }

  /** A folder with the driver's library and nothing of the toolkit. */
  private String driverAlone() throws Exception {
    Path only = Files.createDirectories(folder.resolve("driver"));
    Path library = only.resolve("libcuda.so.1");
    if (!Files.exists(library)) {
      Files.copy(SoftwareCuda.folder().resolve("libcuda.so.1"), library);
    }
    return only.toString();
  }

  private void assertOpens(String expected, Map<String, String> environment) throws Exception {
    String out = open(environment, List.of()).succeed();
    assertTrue(out.contains("opened: " + expected), out);
  }

  private String refusal(Map<String, String> environment, String forced) throws Exception {
    String out = open(environment, List.of("-D" + KernelImages.PROPERTY + "=" + forced)).succeed();
    assertTrue(out.contains("refused: "), out);
    return out;
  }

  private ForkedJvm open(Map<String, String> environment, List<String> options) throws Exception {
    SoftwareCuda.require();
    PackagedKernels.require();
    ForkedJvm jvm = SoftwareCuda.fork(folder, environment, options, OpenMain.class.getName());
    jvm.succeed();
    return jvm;
  }
}
