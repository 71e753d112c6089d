package org.recurrentops.cuda;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Plans with cuBLAS take what they announced and nothing behind the caller's back, with cuBLAS's
 * workspaces of the usual size; the trials are in {@link PlanMemoryMain}.
 */
class PlanMemoryTest {
  @TempDir Path folder;

  @Test
  void plansTakeWhatTheyAnnounced() throws Exception {
    SoftwareCuda.require();
    Map<String, String> strict = Map.of("SOFTWARE_CUBLAS_NEEDS_WORKSPACE", "1");
    List<String> options =
        List.of(
            "-XX:TieredStopAtLevel=1",
            "-D" + CudaRecorder.PROPERTY + "=always",
            "-D" + CudaDevice.WAVEFRONT + "=2");
    ForkedJvm jvm = SoftwareCuda.fork(folder, strict, options, PlanMemoryMain.class.getName());
    assertTrue(jvm.succeed().endsWith("ok\n"), jvm.output());
    assertTrue(!jvm.errors().contains("[software CUDA]"), jvm.errors());
  }
}
