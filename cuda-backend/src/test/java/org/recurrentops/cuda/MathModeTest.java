package org.recurrentops.cuda;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.recurrentops.tck.ConformanceMain;

/** Reduced precision on the software device; the kit's own part is in the conformance tests. */
class MathModeTest {
  private static final List<String> QUICK =
      List.of("-XX:TieredStopAtLevel=1", "-D" + CublasProducts.WORKSPACE + "=4096");

  @TempDir Path folder;

  /** Every number of every format, to the bit. */
  @Test
  void conversionsRoundAsTheReferenceDoes() throws Exception {
    SoftwareCuda.require();
    String main = ConversionMain.class.getName();
    String out = SoftwareCuda.fork(folder, Map.of(), QUICK, main).succeed();
    assertTrue(out.contains("ok 9405"), out);
  }

  @Test
  void productsAllocateNothing() throws Exception {
    SoftwareCuda.require();
    String main = ModeProductMain.class.getName();
    for (String rung : List.of("cublas12", "cublas13")) {
      List<String> options = new ArrayList<>(QUICK);
      options.add("-D" + GemmLadder.PROPERTY + "=" + rung);
      options.add("-D" + NvidiaLibraries.FOLDER + "=" + SoftwareCuda.folder().resolve("cuda13"));
      String out = SoftwareCuda.fork(folder, Map.of(), options, main).succeed();
      assertTrue(out.contains("bytes per product 0\n"), rung + ": " + out);
    }
  }

  /** A kit that allows for rounding cannot see that none takes place. */
  @Test
  void cublasIsAskedForTheMode() throws Exception {
    SoftwareCuda.require();
    String main = ModeProductMain.class.getName();
    String out = SoftwareCuda.fork(folder, Map.of(), QUICK, main).succeed();
    assertTrue(out.contains("modes [FP32, TF32, BF16, FP16]"), out);
    assertTrue(out.contains("FP32 FLOAT32 1.0002441"), out);
    assertTrue(out.contains("TF32 FLOAT32 1.0\n"), out);
    assertTrue(out.contains("BF16 BF16 1.0\n"), out);
    assertTrue(out.contains("FP16 FP16 1.0\n"), out);
  }

  /** Before Ampere tensor cores know neither TF32 nor bfloat16. */
  @Test
  void oldDevicesOfferLess() throws Exception {
    SoftwareCuda.require();
    Map<String, String> turing = Map.of("SOFTWARE_CUDA_CAPABILITY", "75");
    String main = ModeProductMain.class.getName();
    String out = SoftwareCuda.fork(folder, turing, QUICK, main).succeed();
    assertTrue(out.contains("modes [FP32, FP16]"), out);
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
            "fused=whole-sequence kernels multiply in FP32 only",
            "--expect",
            "persistent=use stepped",
            "--expect",
            "persistent/2d=use stepped",
            "--expect",
            "one-cluster=use stepped",
            "--expect",
            "one-cluster/push=use stepped");
    String out = jvm.fail(1);
    for (String mode : List.of("TF32", "BF16", "FP16")) {
      assertTrue(out.contains("FAILED stepped/cublas " + mode + " precision/lstm"), out);
    }
    assertTrue(!out.contains("FAILED stepped/cublas precision/"), out);
    assertTrue(!out.contains("FAILED stepped/tiled"), out);
  }
}
