package org.recurrentops.cuda;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.recurrentops.spi.ProbeResult;

/** What the probe says on machines that lack one thing each. */
class CudaProbeTest {
  @TempDir Path folder;

  @Test
  void withoutDriverTheReasonNamesItTwice() {
    ProbeResult first = new CudaBackend().probe();
    ProbeResult second = new CudaBackend().probe();
    if (!first.isAvailable() && !Files.exists(Path.of("/dev/nvidiactl"))) {
      assertTrue(first.reason().contains("libcuda.so.1"), first.reason());
    }
    assertTrue(first.equals(second), "another answer the second time: " + second);
  }

  @Test
  void softwareDeviceIsFoundAndNamedSo() throws Exception {
    String out = probe(Map.of(), List.of());
    assertTrue(out.contains("SOFTWARE software CUDA (test)"), out);
    assertTrue(out.contains("gemm [cublas, tiled]"), out);
  }

  @Test
  void noDevice() throws Exception {
    String out = probe(Map.of("SOFTWARE_CUDA_DEVICES", "0"), List.of());
    assertTrue(out.contains("it finds no GPU") && out.contains("CUDA_ERROR_NO_DEVICE"), out);
  }

  @Test
  void oldDriver() throws Exception {
    String out = probe(Map.of("SOFTWARE_CUDA_DRIVER", "10020"), List.of());
    assertTrue(out.contains("too old") && out.contains("10.2"), out);
  }

  /** Only the driver, as on a machine without the toolkit. */
  @Test
  void driverAlone() throws Exception {
    SoftwareCuda.require();
    Path only = Files.createDirectories(folder.resolve("driver"));
    Files.copy(SoftwareCuda.folder().resolve("libcuda.so.1"), only.resolve("libcuda.so.1"));
    Map<String, String> environment = Map.of("LD_LIBRARY_PATH", only.toString());
    String out = probe(environment, List.of("-Drecurrentops.cuda.kernels=nvrtc"));
    assertTrue(out.contains("no kernels") && out.contains("libnvrtc.so.12 was not found"), out);
    if (KernelImages.class.getResource("ptx/gemm.ptx") != null) {
      String packaged = probe(environment, List.of());
      assertTrue(packaged.contains("gemm [tiled]"), packaged);
    }
  }

  private String probe(Map<String, String> environment, List<String> options) throws Exception {
    SoftwareCuda.require();
    return SoftwareCuda.fork(folder, environment, options, ProbeMain.class.getName()).succeed();
  }
}
