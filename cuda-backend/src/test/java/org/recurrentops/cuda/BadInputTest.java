package org.recurrentops.cuda;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Failures of the device as users meet them, through the public interface; the trials are in {@link
 * BadInputMain}. Memory and streams of another context are the matter of {@link CudaDeviceTest},
 * two plans in two threads of the kit.
 */
class BadInputTest {
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
        "grid ",
        "block ",
        "close this RecurrentOps");
    requireAbandoned(jvm);
  }

  @Test
  void contextDestroyedByTheHostFramework() throws Exception {
    ForkedJvm jvm = run(Map.of(), "reset");
    requireAll(jvm.output(), "failed with CUDA_ERROR_CONTEXT_IS_DESTROYED (709)", "cuda:0");
    requireAbandoned(jvm);
  }

  /** What drivers answer once a device has left its bus differs. */
  @Test
  void deviceRemoved() throws Exception {
    for (String code : List.of("UNKNOWN (999)", "DEVICE_UNAVAILABLE (46)")) {
      String number = code.replaceAll("\\D", "");
      ForkedJvm jvm = run(Map.of("SOFTWARE_CUDA_LOST", "40:" + number), "lost");
      requireAll(jvm.output(), "failed with CUDA_ERROR_" + code, "cuda:0");
      requireAbandoned(jvm);
    }
  }

  /** Bounded waits: everybody leaves, the call fails, the context does not. */
  @Test
  void blockThatNeverPublishes() throws Exception {
    KernelFault absent = KernelFault.PERSISTENT_BLOCK_STAYS_AWAY;
    ForkedJvm jvm = run(SoftwareCuda.withFault(absent, folder), "absent");
    requireAll(
        jvm.output(),
        "a work-group did not come to the grid's barrier within 500 ms",
        "outputs of that call are undefined",
        "use algorithm stepped",
        "H=900 on 8 multiprocessors is 113 units each",
        "bytes of shared memory");
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
