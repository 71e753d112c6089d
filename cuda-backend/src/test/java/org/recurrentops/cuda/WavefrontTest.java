package org.recurrentops.cuda;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * Layers that overlap give what they give one after the other, whatever runs first of what nothing
 * orders; and a plan says what it does.
 */
@Execution(ExecutionMode.CONCURRENT)
class WavefrontTest {
  @TempDir Path folder;

  @Test
  void agreesWithLayersInTurn() throws Exception {
    SoftwareCuda.require();
    String out = fork(Map.of("SOFTWARE_CUDA_ORDER", "11")).succeed();
    has(out, "graph/cublas FP32 10 layers agree");
    has(out, "stepped/cublas BF16 6 layers agree");
    has(out, "stepped/cublas FP32 5 layers agree");
    has(out, "graph/cublas FP32 2 layers agree");
    has(out, "layers one after the other: a launch runs all steps of one");
    has(out, "layers one after the other: each needs both directions of the one below");
    has(out, "layers one after the other: T = 4 is too short for a wavefront to pay");
    has(out, "wavefront of 3 layers in chunks of 12 steps at T = 200, by the model: 513 launches");
  }

  /**
   * Every second wait for another stream is forgotten: values differ, a recording does not end, or
   * memory is used after it was freed.
   */
  @Test
  void missingWaitsAreFound() throws Exception {
    SoftwareCuda.require();
    fork(Map.of("SOFTWARE_CUDA_ORDER", "11", "SOFTWARE_CUDA_GRAPH_FAULT", "waits")).fail(1);
  }

  private ForkedJvm fork(Map<String, String> environment) throws Exception {
    List<String> options =
        List.of(
            "-XX:TieredStopAtLevel=1",
            "-D" + CudaRecorder.PROPERTY + "=always",
            "-D" + CublasProducts.WORKSPACE + "=4096");
    return SoftwareCuda.fork(folder, environment, options, WavefrontMain.class.getName());
  }

  private static void has(String out, String line) {
    assertTrue(out.contains(line), "expected '" + line + "' in\n" + out);
  }
}
