package org.recurrentops.cuda;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.recurrentops.tck.ConformanceMain;

/**
 * The conformance kit on the software CUDA device, through JCuda and JCublas as they are. Each test
 * is one forked JVM, because a fault of the device is for the whole process.
 */
class CudaSimConformanceTest {
  @TempDir Path folder;

  /** Every case with stepped/cublas, stepped/tiled, fused and auto. */
  @Test
  void wholeKit() throws Exception {
    run(Map.of(), List.of());
  }

  /** Threads and blocks in reverse order, kernels as NVRTC would give them, no cuBLAS. */
  @Test
  void reversedThreadsOnOwnProducts() throws Exception {
    run(
        Map.of("SOFTWARE_CUDA_REVERSED", "1"),
        List.of("-Drecurrentops.cuda.gemm=tiled", "-Drecurrentops.cuda.kernels=nvrtc"),
        "--only",
        "shapes/");
  }

  private void run(Map<String, String> environment, List<String> options, String... arguments)
      throws Exception {
    SoftwareCuda.require();
    List<String> main = new ArrayList<>(List.of(ConformanceMain.class.getName(), "cuda"));
    main.addAll(List.of("--expect", "fused=whole-sequence kernel for a projected"));
    main.addAll(List.of("--expect", "fused=whole-sequence kernels multiply in FP32 only"));
    if (arguments.length == 0) { // no part of the kit that runs here has them
      main.addAll(List.of("--expect", "*=cell options: the GPU kernels"));
    }
    main.addAll(List.of(arguments));
    List<String> quick = new ArrayList<>(options);
    quick.add("-XX:TieredStopAtLevel=1");
    quick.add("-D" + CudaRecorder.PROPERTY + "=off"); // graphs have a test of their own
    quick.add("-D" + CublasProducts.WORKSPACE + "=65536");
    ForkedJvm jvm = SoftwareCuda.fork(folder, environment, quick, main.toArray(String[]::new));
    String out = jvm.succeed();
    System.out.println(out);
    assertTrue(out.contains("tck cuda:0:") && out.contains(" 0 failed"), out);
    String errors = jvm.errors();
    assertTrue(!errors.contains("[software CUDA]"), errors);
  }
}
