package org.recurrentops.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Clusters of several blocks, of a size that was compiled or is asked for at launch, on the
 * software CUDA device: two of four blocks, which write into each other's shared memory.
 */
@Execution(ExecutionMode.CONCURRENT)
class ClusterTest {
  @TempDir Path folder;

  @BeforeEach
  void device() throws Exception {
    SoftwareCuda.require();
  }

  /** Elements 0, 1, 63, 2 and 8 of the buffer afterwards; the checked build says nothing. */
  @ParameterizedTest
  @CsvSource({
    "planted_cluster_exchange, 0, 2424.0 2525.0 5555.0 2626.0 0.0",
    "planted_cluster_push,     1, 24.0 25.0 55.0 26.0 0.0"
  })
  void rightKernels(String kernel, String reversed, String expected) throws Exception {
    ForkedJvm jvm = run(reversed, kernel);
    assertTrue(jvm.output().contains("after 0 " + expected), jvm.output() + jvm.errors());
    assertEquals("", jvm.reports(), kernel + " reversed=" + reversed);
  }

  @ParameterizedTest
  @CsvSource({
    "planted_cluster_early,      race between blocks, a missing barrier of the cluster",
    "planted_cluster_push_early, race between blocks, a wait for bytes that is too short",
    "planted_cluster_push_unread, ends while bytes may be on their way to it, waited for that",
    "planted_cluster_push_long,  ends while bytes may be on their way to it, waited for that",
    "planted_cluster_unbegun,    block 1 has not begun, at the begin",
    "planted_cluster_left,       block 3 has ended, at the end",
    "planted_cluster_outside,    peer 7 of a cluster of 4, block (3",
    "planted_cluster_divergent,  divergent barrier of the cluster, 24 threads wait"
  })
  void misuseIsReported(String kernel, String report, String part) throws Exception {
    String errors = run("0", kernel).errors();
    assertTrue(errors.contains(kernel + ": ") && errors.contains(report), errors);
    assertTrue(errors.contains(part), errors);
  }

  /** 32 multiprocessors hold four clusters of eight. */
  @Test
  void shardsOfABatchAreRightInBothForms() throws Exception {
    Map<String, String> environment = Map.of("SOFTWARE_CUDA_MULTIPROCESSORS", "32");
    ForkedJvm jvm =
        SoftwareCuda.fork(folder, environment, List.of(), ClusterFormsMain.class.getName());
    assertEquals(4, jvm.succeed().lines().filter(l -> l.endsWith(" agrees")).count());
    assertEquals("", jvm.reports());
  }

  /** A driver that has no clusters of sixteen, and one that does as if nobody had asked for any. */
  @ParameterizedTest
  @CsvSource({
    "LARGEST_CLUSTER, 8, 'H=400 in a cluster of 8 work-groups would be 50 units each', 'clusters of"
        + " 16: cuFuncSetAttribute', persistent/2d runs",
    "IGNORED_CLUSTERS, 1, 'H=400 in a cluster of 8 work-groups would be', 'clusters of 16: the"
        + " driver ran 1 together', 'persistent/2d: clusters of 8: the driver ran 1 together'"
  })
  void whatTheDriverDoesNotRunIsRefused(
      String setting, String value, String size, String why, String divided) throws Exception {
    Map<String, String> environment = Map.of("SOFTWARE_CUDA_" + setting, value);
    String main = ClusterFormsMain.class.getName();
    String out = SoftwareCuda.fork(folder, environment, List.of(), main, "refusal").succeed();
    assertTrue(out.contains(size) && out.contains(why) && out.contains("use stepped"), out);
    assertTrue(out.contains(divided), out);
    assertTrue(out.contains("a cluster of 1 work-groups (the fewest that hold the layer)"), out);
  }

  @Test
  void gridsAreMultiplesOfClusters() throws Exception {
    ForkedJvm jvm = run("0", "ragged");
    assertTrue(jvm.output().contains("launch 912 "), jvm.output());
    assertTrue(jvm.errors().contains("a grid of 6 blocks along x in clusters of 4"), jvm.errors());
  }

  @Test
  void olderDevicesHaveNoSuchKernels() throws Exception {
    ForkedJvm jvm =
        SoftwareCuda.fork(
            folder,
            Map.of("SOFTWARE_CUDA_CAPABILITY", "89"),
            List.of(),
            PlantedMain.class.getName(),
            "planted_cluster_exchange");
    assertTrue(jvm.succeed().contains("launch 209\n"), jvm.output() + jvm.errors());
  }

  private ForkedJvm run(String reversed, String kernel) throws Exception {
    Map<String, String> environment = new HashMap<>(SoftwareCuda.checkedBuild());
    environment.put("SOFTWARE_CUDA_REVERSED", reversed);
    ForkedJvm jvm =
        SoftwareCuda.fork(folder, environment, List.of(), PlantedMain.class.getName(), kernel);
    jvm.succeed();
    return jvm;
  }
}
