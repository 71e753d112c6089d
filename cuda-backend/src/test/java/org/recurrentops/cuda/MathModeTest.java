package org.recurrentops.cuda;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.recurrentops.tck.ConformanceMain;

/** Reduced precision on the software device; the kit's own part is in the conformance tests. */
class MathModeTest {
  private static final List<String> QUICK =
      List.of("-XX:TieredStopAtLevel=1", "-D" + CublasProducts.WORKSPACE + "=65536");

  @TempDir Path folder;

  /** Every number of every format, to the bit. */
  @Test
  void conversionsRoundAsTheReferenceDoes() throws Exception {
    SoftwareCuda.require();
    String main = ConversionMain.class.getName();
    String out = SoftwareCuda.fork(folder, Map.of(), QUICK, main).succeed();
    assertTrue(out.contains("ok 9405"), out);
  }

  /** The kit finds sums that are not float32, in each mode, and only there. */
  @Test
  void roundedSumsAreFound() throws Exception {
    SoftwareCuda.require();
    ForkedJvm jvm =
        SoftwareCuda.fork(
            folder,
            Map.of("SOFTWARE_CUBLAS_ROUNDS_SUMS", "1"),
            QUICK,
            ConformanceMain.class.getName(),
            "cuda",
            "--only",
            "precision/lstm",
            "--expect",
            "fused=whole-sequence kernels multiply in FP32 only");
    String out = jvm.fail(1);
    for (String mode : List.of("TF32", "BF16", "FP16")) {
      assertTrue(out.contains("FAILED stepped/cublas " + mode + " precision/lstm"), out);
    }
    assertTrue(!out.contains("FAILED stepped/cublas precision/"), out);
    assertTrue(!out.contains("FAILED stepped/tiled"), out);
  }
}
