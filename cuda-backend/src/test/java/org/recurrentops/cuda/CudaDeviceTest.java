package org.recurrentops.cuda;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The device itself, on the software CUDA device; the trials are in {@link DeviceTrialMain}. */
class CudaDeviceTest {
  @TempDir Path folder;

  @Test
  void productsOfAllForms() throws Exception {
    run("products", Map.of("SOFTWARE_CUBLAS_NEEDS_WORKSPACE", "1"));
  }

  @Test
  void memoryRunsOutAndComesBack() throws Exception {
    run("memory", Map.of("SOFTWARE_CUDA_MEMORY", "1000000"));
  }

  @Test
  void memoryAndStreamsOfTheCaller() throws Exception {
    run("borrowed", Map.of());
  }

  @Test
  void faultNamesKernelAndSizesAndStays() throws Exception {
    run("sticky", Map.of());
  }

  private void run(String trial, Map<String, String> environment) throws Exception {
    SoftwareCuda.require();
    String main = DeviceTrialMain.class.getName();
    List<String> options = List.of("-D" + CublasProducts.WORKSPACE + "=4096");
    String out = SoftwareCuda.fork(folder, environment, options, main, trial).succeed();
    assertTrue(out.contains("ok"), out);
  }
}
