package org.recurrentops.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.recurrentops.tck.ConformanceMain;

/**
 * The conformance kit for {@code persistent/2d} on a software CUDA device whose multiprocessors
 * hold three clusters of eight. What all strategies are told by the same code is left to the others
 * in {@link CudaSimConformanceTest}: these are cases about time, rows and states.
 */
@Execution(ExecutionMode.CONCURRENT)
class Persistent2dConformanceTest {
  /** What runs here and nowhere else. */
  static final String ALL = "persistent/2d .*";

  /** Of any way: rows and units of several clusters, whose shares are ragged. */
  private static final String WIDE = "shapes/.* t(9n4|6n33)c.*|lengths/.* many rows";

  /** As much of that on tensor cores. */
  private static final String TENSOR =
      "(TF32|FP16) shapes/.* t9n4c.*|BF16 (shapes/.* t6n33c.*|structure/.* BIDIRECTIONAL layers 2)";

  /** Every word and fence is looked at, which takes long. */
  private static final String LEAST = "shapes/lstm t(7n1|4n3)c.*|BF16 shapes/gru t4n3c.*";

  @TempDir Path folder;

  static List<String> ways() {
    return CudaSimConformanceTest.whole("plain", "checked", "reversed");
  }

  @BeforeEach
  void device() throws Exception {
    SoftwareCuda.require();
  }

  /** Those of {@link CudaSimConformanceTest} that are asked for. */
  @ParameterizedTest
  @MethodSource("ways")
  void kitPasses(String way) throws Exception {
    switch (way) {
      case "plain" ->
          run(
              way,
              Map.of(),
              "mailbox",
              "shapes/.* t(1n1c1h|7n1|1n5|4n3|3n2).*|structure/.* BIDIRECTIONAL layers 2|"
                  + WIDE
                  + "|"
                  + TENSOR);
      case "checked" -> run(way, SoftwareCuda.checkedBuild(), "mailbox", LEAST);
      case "reversed" -> {
        // blocks go as far as they get without the others
        Map<String, String> reversed = Map.of("SOFTWARE_CUDA_REVERSED", "1");
        run(way, reversed, "barrier", "structure/.*|" + WIDE + "|" + TENSOR);
        manyRows(reversed);
      }
      default -> throw new IllegalArgumentException(way);
    }
  }

  /** One cluster: units and rows for which a block has threads for some rows at a time only. */
  private void manyRows(Map<String, String> environment) throws Exception {
    String main = ClusterFormsMain.class.getName();
    ForkedJvm jvm = SoftwareCuda.fork(folder, environment, List.of(), main, "2d");
    assertEquals(3, jvm.succeed().lines().filter(l -> l.endsWith(" agrees")).count());
    assertEquals("", jvm.reports());
  }

  private void run(String way, Map<String, String> environment, String exchange, String cases)
      throws Exception {
    Map<String, String> all = new HashMap<>(environment);
    all.put("SOFTWARE_CUDA_MULTIPROCESSORS", way.equals("checked") ? "16" : "24");
    List<String> main = new ArrayList<>(List.of(ConformanceMain.class.getName(), "cuda"));
    main.addAll(
        List.of(
            "--algorithm", "persistent/2d", "--leave-out", "persistent/2d (?!(" + cases + ")$).*"));
    main.addAll(List.of("--expect", "persistent/2d=use stepped"));
    List<String> quick =
        List.of(
            "-XX:TieredStopAtLevel=1",
            "-Drecurrentops.gpu.exchange=" + exchange,
            "-D" + CublasProducts.WORKSPACE + "=4096");
    ForkedJvm jvm = SoftwareCuda.fork(folder, all, quick, main.toArray(String[]::new));
    String out = jvm.succeed();
    System.out.println("software CUDA, " + way + ", clusters: " + out);
    assertTrue(out.contains(" 0 failed"), out);
    assertEquals("", jvm.reports(), way);
  }
}
