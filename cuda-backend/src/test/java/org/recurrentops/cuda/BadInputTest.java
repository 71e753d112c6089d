package org.recurrentops.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Failures of the device as users meet them, through the public interface; the trials are in {@link
 * BadInputMain}. Streams of another context are the matter of {@link CudaDeviceTest}, two plans in
 * two threads of the kit. That the other backends go on is shown in the module bench.
 */
class BadInputTest {
  private static final Pattern LAUNCH =
      Pattern.compile("(\\): |launch there: )[a-z_]+, grid \\d+ x \\d+, block \\d+");

  @TempDir Path folder;

  @BeforeEach
  void device() throws Exception {
    SoftwareCuda.require();
  }

  @Test
  void outOfDeviceMemory() throws Exception {
    ForkedJvm jvm = run(Map.of("SOFTWARE_CUDA_MEMORY", "4000000"), "memory");
    requireAll(
        jvm.output(),
        "cuMemAlloc failed with CUDA_ERROR_OUT_OF_MEMORY (2): 700000 F32 = 2800000 bytes on cuda:0",
        "expected at most 1000000 F32, all of its memory",
        "use a smaller T or N");
  }

  @Test
  void illegalAddress() throws Exception {
    ForkedJvm jvm = run(Map.of(), "freed");
    requireAll(
        jvm.output(),
        "cuLaunchKernel failed with CUDA_ERROR_ILLEGAL_ADDRESS (700)",
        "close this RecurrentOps");
    requireLaunch(jvm.output());
    requireAbandoned(jvm);
  }

  @Test
  void contextDestroyedByTheHostFramework() throws Exception {
    ForkedJvm jvm = run(Map.of(), "reset");
    String error = "cuCtxPushCurrent failed with CUDA_ERROR_CONTEXT_IS_DESTROYED (709): ";
    requireAll(jvm.output(), error + "mark_lengths of run_state.cu on cuda:0");
    jvm = run(Map.of(), "reset-bound");
    requireAll(jvm.output(), error);
    requireLaunch(jvm.output());
    requireAbandoned(jvm);
  }

  /** Not a wrong number later on, and nothing that stays. */
  @Test
  void pointerOfAnotherContext() throws Exception {
    ForkedJvm jvm = run(Map.of(), "foreign");
    requireAll(
        jvm.output(),
        "wrap CUdeviceptr: expected one of the primary context 0x",
        " of cuda:0, got one of context 0x",
        "wrap CUdeviceptr: expected memory of cuda:0, got 0x1000, which its context does not know",
        "wrap CUdeviceptr: expected at least 480 bytes as announced, got 240");
  }

  /** What drivers answer once a device has left its bus differs. */
  @Test
  void deviceRemoved() throws Exception {
    for (String code : List.of("UNKNOWN (999)", "DEVICE_UNAVAILABLE (46)")) {
      String number = code.replaceAll("\\D", "");
      ForkedJvm jvm = run(Map.of("SOFTWARE_CUDA_LOST", "40:" + number), "lost");
      requireAll(jvm.output(), "failed with CUDA_ERROR_" + code);
      requireLaunch(jvm.output());
      requireAbandoned(jvm);
    }
  }

  /** Bounded waits: everybody leaves, the call fails, the context and the plan do not. */
  @Test
  void blockThatNeverPublishes() throws Exception {
    KernelFault absent = KernelFault.PERSISTENT_BLOCK_STAYS_AWAY;
    ForkedJvm jvm = run(SoftwareCuda.withFault(absent, folder), "absent");
    requireAll(
        jvm.output(),
        "a work-group did not hear of another within 500 ms, so that all gave up",
        "outputs of its calls since the last synchronize are undefined",
        "run these calls again, their plans use stepped/cublas from now on",
        "H=900 on 8 multiprocessors is 113 units each",
        "bytes of shared memory");
    requireWarnings(jvm, "persistent", 2);
  }

  /**
   * The same in clusters, where nobody may leave while bytes of a peer may be on their way to it,
   * and between those of layers that share a launch.
   */
  @Test
  void blockOfAClusterThatComesLateOrDoesNotPublish() throws Exception {
    List<KernelFault> faults =
        List.of(
            KernelFault.CLUSTER_BLOCK_COMES_LATE,
            KernelFault.CLUSTER_TENSOR_BLOCK_COMES_LATE,
            KernelFault.CLUSTER_LAYER_SILENT_FORWARD,
            KernelFault.CLUSTER_LAYER_SILENT_BACKWARD,
            KernelFault.CLUSTER_TENSOR_LAYER_SILENT_FORWARD,
            KernelFault.CLUSTER_TENSOR_LAYER_SILENT_BACKWARD);
    Pattern used = Pattern.compile("lstm_cluster.cu|gru_cluster_tensor.cu");
    ForkedJvm jvm =
        run(SoftwareCuda.withFaults(faults, used.asMatchPredicate(), folder), "clusters");
    requireAll(jvm.output(), "run these calls again, their plans use stepped/cublas from now on");
    requireSurvivals(jvm, 6);
    requireWarnings(jvm, "one-cluster/push", 2 * 5);
    requireWarnings(jvm, "one-cluster", 2);
  }

  /** The same of other grids, of each cell and pass. */
  @Test
  void peerThatDoesNotPublish() throws Exception {
    List<KernelFault> silent =
        List.of(KernelFault.PEER_SILENT_FORWARD, KernelFault.PEER_SILENT_BACKWARD);
    Pattern used = Pattern.compile(".*_2d.*|lstm_roles.cu|gru_tensor.cu");
    Map<String, String> environment =
        new HashMap<>(SoftwareCuda.withFaults(silent, used.asMatchPredicate(), folder));
    environment.put("SOFTWARE_CUDA_MULTIPROCESSORS", "24"); // three clusters
    ForkedJvm jvm = run(environment, "silent");
    requireSurvivals(jvm, 9);
    requireWarnings(jvm, "persistent/2d", 2 * 6);
    requireWarnings(jvm, "persistent", 2 * 3);
  }

  /** Each of a call forward and of one backward that gave up. */
  private static void requireSurvivals(ForkedJvm jvm, int count) throws Exception {
    String out = jvm.output();
    assertEquals(count, out.lines().filter(l -> l.endsWith(" survives")).count(), out);
    String gaveUp = "a work-group did not hear of another within 500 ms, so that all gave up";
    assertEquals(2 * count, out.split(gaveUp, -1).length - 1, out);
  }

  /**
   * After the count of residents another process takes three multiprocessors: nothing is written
   * then. Plans made later find what is left.
   */
  @Test
  void anotherProcessHoldsMultiprocessors() throws Exception {
    Map<String, String> held =
        Map.of("SOFTWARE_CUDA_RESIDENT", "1", "SOFTWARE_CUDA_HELD", "3:1:99");
    ForkedJvm jvm = run(held, "held");
    requireAll(
        jvm.output(),
        "5 of 8 work-groups were there within 500 ms, so that all left before they wrote anything",
        "run these calls again, their plans use stepped/cublas from now on",
        "H=300 on 5 multiprocessors, of 8 those on which work-groups were resident at once, is 60");
    requireWarnings(jvm, "persistent", 1);
  }

  /** One of three clusters. */
  @Test
  void anotherProcessHoldsClusters() throws Exception {
    Map<String, String> held =
        Map.of(
            "SOFTWARE_CUDA_MULTIPROCESSORS",
            "24",
            "SOFTWARE_CUDA_RESIDENT",
            "1",
            "SOFTWARE_CUDA_HELD",
            "8:1:99");
    ForkedJvm jvm = run(held, "held-clusters");
    requireAll(
        jvm.output(),
        "16 of 24 work-groups were there within 500 ms, so that all left before they wrote"
            + " anything",
        "run these calls again, their plans use stepped/cublas from now on");
    requireWarnings(jvm, "persistent/2d", 1);
  }

  /** They would find all blocks, but what they read is not there. */
  @Test
  void launchesAfterOneThatGaveUpLeaveAtOnce() throws Exception {
    Map<String, String> held = Map.of("SOFTWARE_CUDA_RESIDENT", "1", "SOFTWARE_CUDA_HELD", "3:1:1");
    ForkedJvm jvm = run(held, "held-once");
    requireAll(jvm.output(), "5 of 8 work-groups were there within 500 ms");
  }

  /** One a plan, however often it fails. */
  private static void requireWarnings(ForkedJvm jvm, String algorithm, int count) throws Exception {
    String line = "algorithm stepped/cublas from now on instead of " + algorithm + ": ";
    assertEquals(count, jvm.errors().split(Pattern.quote(line), -1).length - 1, jvm.errors());
  }

  @Test
  void unsupportedPrecision() throws Exception {
    ForkedJvm jvm = run(Map.of("SOFTWARE_CUDA_CAPABILITY", "75"), "precision");
    requireAll(jvm.output(), "BF16", "TF32", "FP16");
  }

  /** close() says what it could not free. */
  private static void requireAbandoned(ForkedJvm jvm) throws Exception {
    requireAll(jvm.errors(), "cuda:0 closed with", "bytes of device memory; abandoned after");
  }

  /** A kernel and its sizes, where it was launched or where its queue was waited for. */
  private static void requireLaunch(String text) {
    assertTrue(LAUNCH.matcher(text).find(), "no kernel with its sizes in: " + text);
  }

  private static void requireAll(String text, String... parts) {
    for (String part : parts) {
      assertTrue(text.contains(part), "no \"" + part + "\" in: " + text);
    }
  }

  private ForkedJvm run(Map<String, String> environment, String trial) throws Exception {
    ForkedJvm jvm =
        SoftwareCuda.fork(folder, environment, List.of(), BadInputMain.class.getName(), trial);
    assertTrue(jvm.succeed().endsWith("ok\n"), jvm.output());
    return jvm;
  }
}
