package org.recurrentops.cuda;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.recurrentops.tck.ConformanceMain;

/**
 * The conformance kit on the software CUDA device, through JCuda and JCublas as they are, in three
 * ways: plain, in the checked build of the kernels, and with threads and blocks in reverse order.
 * Those that {@code -Drecurrentops.cuda-sim.whole} names (plain, and graph, where it is not set)
 * run the whole kit, the others its random cases; {@code .ci/run} names each way on one of its
 * JDKs, for what the kernels do does not depend on the JDK. Each test is one forked JVM, because a
 * fault of the device is for the whole process.
 */
@Execution(ExecutionMode.CONCURRENT)
class CudaSimConformanceTest {
  /** What each way prints at its end, so that the log of the gate shows what ran. */
  private static final String CLOSING = "tck cuda:0:";

  private static final String AUTO = "auto .*";

  /** All combinations of options; each option alone is among the variants of cells as well. */
  private static final String MATRIX = ".* matrix/.*";

  /**
   * What the loops of all strategies are told by the same code is left to the others: these are the
   * cases about time, rows and states, and some where steps are computed again; and those about
   * layouts of fragments in each of the modes that have them.
   */
  private static final String PERSISTENT =
      "persistent (?!(TF32|BF16) precision/|TF32 shapes/.* t6n33|FP16 shapes/.* t(17n9|1n1c130)"
          + "|BF16 (structure/.* BIDIRECTIONAL layers 2|lengths/.* CARRY BIDIRECTIONAL ragged)$"
          + "|(shapes|structure|lengths|states|random|sequences)/"
          + "|recompute/[a-z-]+ (every 3|ragged|masked)$).*";

  /** What depends on time, rows and states in clusters; many sizes are the flat form's matter. */
  private static final String ONE_CLUSTER =
      "one-cluster(/push)? (?!(TF32|BF16) precision/|FP16 shapes/.* t17n9|TF32 shapes/.* t6n33"
          + "|BF16 (structure/(lstm|gru) |lengths/.* CARRY BIDIRECTIONAL ragged$)"
          + "|(structure|lengths|states)/|random/draw 1.$).*";

  /** As much of that as finds races and orders of blocks. */
  private static final String LESS_PERSISTENT =
      "persistent (?!BF16 structure/(lstm|gru) |(structure|lengths|random)/"
          + "|recompute/[a-z-]+ every 3$).*";

  private static final String LESS_ONE_CLUSTER =
      "one-cluster(/push)? (?!BF16 structure/gru |structure/|random/draw 1.$).*";

  /** Its form without barriers takes long where every fence is looked at. */
  private static final String LEAST_PUSHES = "one-cluster/push (?!structure/gru|random/draw 1.$).*";

  /** Where small layers would have one block. */
  private static final String CLUSTER = "-Drecurrentops.gpu.cluster=";

  @TempDir Path folder;

  /** Left out: auto in the reduced modes, but for precision; it takes one of the others there. */
  @Test
  void plain() throws Exception {
    String pushes = "one-cluster/push (?!(BF16 )?structure/|random/draw 1.$).*";
    run("plain", Map.of(), List.of(CLUSTER + 8), "auto (TF32|BF16|FP16) (?!precision/).*", pushes);
  }

  /**
   * Left out: auto, which is one of the others; the combinations of options; the reduced modes but
   * for the cases about precision, because these modes differ in the kernels of products only; and
   * with the library's own product, whose kernel takes most of the time, all but shapes, structure
   * and lengths.
   */
  @Test
  void checked() throws Exception {
    run(
        "checked",
        SoftwareCuda.checkedBuild(),
        List.of(CLUSTER + 2),
        AUTO,
        MATRIX,
        LESS_PERSISTENT,
        LESS_ONE_CLUSTER,
        LEAST_PUSHES,
        "stepped/tiled (?!(TF32|BF16|FP16|shapes/|structure/|lengths/|random/draw 1.$)).*",
        "(?!persistent).* (TF32|BF16|FP16) (?!precision/).*");
  }

  /**
   * Kernels as NVRTC would give them, layers in a wavefront, and persistent loops that meet in
   * every step and share launches. Left out: auto, which is one of the others, and the combinations
   * of options.
   */
  @Test
  void reversed() throws Exception {
    run(
        "reversed",
        Map.of("SOFTWARE_CUDA_REVERSED", "1"),
        List.of(
            "-D" + KernelImages.PROPERTY + "=nvrtc",
            "-D" + CudaDevice.WAVEFRONT + "=2",
            "-Drecurrentops.gpu.exchange=barrier",
            "-Drecurrentops.gpu.roles=together",
            CLUSTER + 4),
        AUTO,
        MATRIX,
        LESS_PERSISTENT,
        LESS_ONE_CLUSTER);
  }

  /** Whether all cases are asked for in a way; {@code graph} is {@link GraphConformanceTest}'s. */
  static boolean isWhole(String way) {
    String named = System.getProperty("recurrentops.cuda-sim.whole", "plain,graph");
    return Arrays.asList(named.split(",")).contains(way);
  }

  /** Those of some ways in which all cases are asked for, or the first of them. */
  static List<String> whole(String... ways) {
    List<String> whole = Stream.of(ways).filter(CudaSimConformanceTest::isWhole).toList();
    return whole.isEmpty() ? List.of(ways[0]) : whole;
  }

  private void run(
      String way, Map<String, String> environment, List<String> options, String... leaveOut)
      throws Exception {
    SoftwareCuda.require();
    List<String> main = new ArrayList<>(List.of(ConformanceMain.class.getName(), "cuda"));
    main.addAll(List.of("--expect", "fused=whole-sequence kernels multiply in FP32 only"));
    main.addAll(List.of("--expect", "fused=algorithm fused: zoneout"));
    main.addAll(List.of("--expect", "persistent=use stepped"));
    main.addAll(List.of("--expect", "fused=layer normalisation"));
    main.addAll(List.of("--expect", "one-cluster=use stepped"));
    main.addAll(List.of("--expect", "one-cluster/push=use stepped"));
    main.addAll(List.of("--leave-out", PERSISTENT, "--leave-out", ONE_CLUSTER));
    main.addAll(List.of("--leave-out", Persistent2dConformanceTest.ALL));
    for (String pattern : leaveOut) {
      main.addAll(List.of("--leave-out", pattern));
    }
    boolean whole = isWhole(way);
    if (!whole) {
      main.addAll(List.of("--only", "random/"));
    }
    Path launches = folder.resolve("launches.txt");
    Map<String, String> all = new HashMap<>(environment);
    all.put("SOFTWARE_CUDA_LAUNCHES", launches.toString());
    List<String> quick = new ArrayList<>(options);
    quick.add("-XX:TieredStopAtLevel=1");
    quick.add("-D" + CudaRecorder.PROPERTY + "=off"); // graphs have a test of their own
    quick.add("-D" + CublasProducts.WORKSPACE + "=4096");
    ForkedJvm jvm = SoftwareCuda.fork(folder, all, quick, main.toArray(String[]::new));
    String out = jvm.succeed();
    System.out.println(
        out.replace(
            CLOSING, "software CUDA, " + way + (whole ? "" : ", random/") + ": " + CLOSING));
    assertTrue(out.contains(CLOSING) && out.contains(" 0 failed"), out);
    String errors = jvm.errors();
    assertTrue(!errors.contains("[software CUDA]"), errors);
    List<String> counts = Files.readAllLines(launches);
    boolean counted = counts.stream().anyMatch(l -> l.matches("lstm_backward [1-9]\\d*"));
    assertTrue(counted, counts::toString);
    List<String> never =
        counts.stream()
            .filter(line -> line.endsWith(" 0") && !line.startsWith("planted_"))
            .map(line -> line.substring(0, line.length() - 2))
            .toList();
    System.out.println("software CUDA, " + way + ": not launched: " + never);
  }
}
