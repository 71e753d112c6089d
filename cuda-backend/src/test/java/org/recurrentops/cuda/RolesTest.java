package org.recurrentops.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Loops that share a launch, on the software CUDA device, in the ways of {@link
 * CudaSimConformanceTest} that {@code -Drecurrentops.cuda-sim.whole} names: nothing here depends on
 * the JDK.
 */
@Execution(ExecutionMode.CONCURRENT)
class RolesTest {
  @TempDir Path folder;

  static List<String> ways() {
    return CudaSimConformanceTest.whole("plain", "checked", "reversed");
  }

  static List<String> clusterWays() {
    return CudaSimConformanceTest.whole("reversed", "checked");
  }

  @ParameterizedTest
  @MethodSource("ways")
  void agreeWithLaunchesOfTheirOwn(String way) throws Exception {
    SoftwareCuda.require();
    Map<String, String> environment =
        way.equals("checked")
            ? SoftwareCuda.checkedBuild()
            : Map.of("SOFTWARE_CUDA_REVERSED", way.equals("reversed") ? "1" : "0");
    List<String> options =
        List.of("-XX:TieredStopAtLevel=1", "-D" + CublasProducts.WORKSPACE + "=4096");
    List<String> main = new ArrayList<>(List.of(RolesMain.class.getName()));
    if (!way.equals("checked")) {
      main.add("large"); // takes long where every access is looked at
    }
    ForkedJvm jvm = SoftwareCuda.fork(folder, environment, options, main.toArray(String[]::new));
    List<String> lines = jvm.succeed().lines().toList();
    assertEquals(4, lines.stream().filter(l -> l.contains(" has the same bits, ")).count());
    assertEquals(
        main.size() + 4, lines.stream().filter(l -> l.contains(" agrees, launches 1")).count());
    assertEquals("", jvm.reports());
  }

  /** 32 multiprocessors hold clusters of eight for four layers. */
  @ParameterizedTest
  @MethodSource("clusterWays")
  void layersInClustersAgree(String way) throws Exception {
    SoftwareCuda.require();
    boolean checked = way.equals("checked");
    Map<String, String> environment =
        new HashMap<>(
            checked ? SoftwareCuda.checkedBuild() : Map.of("SOFTWARE_CUDA_REVERSED", "1"));
    environment.put("SOFTWARE_CUDA_MULTIPROCESSORS", "32");
    List<String> options =
        List.of("-XX:TieredStopAtLevel=1", "-D" + CublasProducts.WORKSPACE + "=4096");
    String main = RolesMain.class.getName();
    ForkedJvm jvm =
        SoftwareCuda.fork(folder, environment, options, main, "clusters", checked ? "few" : "more");
    long agree = jvm.succeed().lines().filter(l -> l.contains(" agrees as one-cluster")).count();
    assertEquals(checked ? 2 : 4, agree);
    assertEquals("", jvm.reports());
  }
}
