package org.recurrentops.cuda;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.recurrentops.tck.ConformanceMain;

/**
 * The conformance kit on recorded calls: every call of every case is recorded when it first runs,
 * and one that cannot be recorded fails. Nodes without an order between them run in an order that
 * is drawn, and so does the work of streams.
 */
@Execution(ExecutionMode.CONCURRENT)
class GraphConformanceTest {
  @TempDir Path folder;

  /** All cases, in all modes; the random ones where the kit is whole in other ways only. */
  @Test
  void kitOnCublas() throws Exception {
    if (CudaSimConformanceTest.isWhole("graph")) {
      succeeds("cublas", "7");
    } else {
      succeeds("cublas", "7", "--only", "random/");
    }
  }

  @Test
  void ownProducts() throws Exception {
    succeeds("tiled", "8", "--only", "structure/gru");
  }

  private void succeeds(String products, String seed, String... arguments) throws Exception {
    ForkedJvm jvm = kit(products, Map.of("SOFTWARE_CUDA_ORDER", seed), arguments);
    String out = jvm.succeed();
    System.out.println(out);
    assertTrue(out.contains("graph/" + products + " ") && out.contains(" 0 failed"), out);
    assertTrue(!jvm.errors().contains("[software CUDA]"), jvm.errors());
  }

  /** A device that replays wrongly is found; see graphs.cpp for what each fault does. */
  @ParameterizedTest
  @CsvSource({
    "drop,    shapes/lstm",
    "stale,   reuse/",
    "resized, reuse/",
    "lengths, lengths/",
  })
  void wrongReplaysAreFound(String fault, String cases) throws Exception {
    Map<String, String> planted = Map.of("SOFTWARE_CUDA_GRAPH_FAULT", fault);
    String out = kit("cublas", planted, "--only", cases).fail(1);
    assertTrue(out.contains("FAILED graph/cublas "), out);
  }

  /** Every second wait for another stream is forgotten: begins of branches, or their ends. */
  @ParameterizedTest
  @ValueSource(strings = {"stepped/", "graph/"})
  void missingWaitsAreFound(String algorithm) throws Exception {
    Map<String, String> planted =
        Map.of("SOFTWARE_CUDA_GRAPH_FAULT", "waits", "SOFTWARE_CUDA_ORDER", "3");
    String out = kit(algorithm, "cublas", planted, "--only", "structure/").fail(1);
    assertTrue(out.contains("FAILED " + algorithm + "cublas "), out);
  }

  private ForkedJvm kit(String products, Map<String, String> environment, String... arguments)
      throws Exception {
    return kit("graph/", products, environment, arguments);
  }

  private ForkedJvm kit(
      String algorithm, String products, Map<String, String> environment, String... arguments)
      throws Exception {
    SoftwareCuda.require();
    List<String> main = new ArrayList<>(List.of(ConformanceMain.class.getName(), "cuda"));
    main.addAll(List.of("--algorithm", algorithm));
    main.addAll(List.of(arguments));
    List<String> options = new ArrayList<>(List.of("-XX:TieredStopAtLevel=1"));
    options.add("-D" + CudaRecorder.PROPERTY + "=always");
    options.add("-D" + CudaDevice.WAVEFRONT + "=2"); // cases are too short for the model
    options.add("-D" + GemmLadder.PROPERTY + "=" + products);
    options.add("-D" + CublasProducts.WORKSPACE + "=4096");
    return SoftwareCuda.fork(
        folder, new HashMap<>(environment), options, main.toArray(String[]::new));
  }
}
