package org.recurrentops.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The software CUDA device reports the bugs that are planted in kernels and in calls. */
class SoftwareDeviceTest {
  @TempDir Path folder;

  @BeforeEach
  void device() throws Exception {
    SoftwareCuda.require();
  }

  @ParameterizedTest
  @CsvSource({
    "planted_overrun,        700, offset 256 of an allocation of 256 bytes",
    "planted_stale,          700, use after free",
    "planted_divergent,      719, divergent barrier: 16 threads wait at",
    "planted_two_barriers,   719, divergent barrier: some threads wait at",
    "planted_shared_overrun, 700, past the end of shared memory",
    "planted_copy_left,      700, a thread ends while 1 copies into its shared memory are under way"
  })
  void faultsOfKernels(String kernel, int code, String report) throws Exception {
    ForkedJvm jvm = run(kernel, "0");
    String out = jvm.succeed();
    assertTrue(out.contains("synchronise " + code), out);
    assertTrue(out.contains("after " + code), "the error is not sticky: " + out);
    String errors = jvm.errors();
    assertTrue(errors.contains(kernel + ": ") && errors.contains(report), errors);
    assertTrue(errors.contains("block (") && errors.contains("thread ("), errors);
  }

  @Test
  void freedArgumentIsRefusedAtLaunch() throws Exception {
    ForkedJvm jvm = run("freed_argument", "0");
    assertTrue(jvm.succeed().contains("launch 700"));
    assertTrue(jvm.errors().contains("argument 0") && jvm.errors().contains("use after free"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "1"})
  void unwrittenSharedMemoryIsNaN(String reversed) throws Exception {
    String out = run("planted_unwritten", reversed).succeed();
    assertTrue(out.contains("after 0 NaN 0.0 "), out);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "1"})
  void exchangeNeedsItsBarrier(String reversed) throws Exception {
    String right = run("planted_exchange", reversed).succeed();
    assertTrue(right.contains("after 0 1.0 3.0 63.0"), right);
    String wrong = run("planted_missing_barrier", reversed).succeed();
    assertTrue(wrong.contains("NaN"), "a missing barrier went unseen: " + wrong);
  }

  /** Odd threads read the second time too early. */
  @Test
  void copiesComeWhenSomebodyWaits() throws Exception {
    String out = run("planted_copy_early", "0").succeed();
    assertTrue(out.contains("after 0 1.0 NaN NaN 9.0"), out);
  }

  @Test
  void workWaitsUntilSomebodySynchronises() throws Exception {
    List<String> missed = run("no_wait", "0").succeed().lines().toList();
    assertEquals("download 0 NaN NaN NaN NaN NaN", missed.get(1));
    assertEquals("after 0 1.0 1.0 1.0 1.0 1.0", missed.get(3));
    List<String> waited = run("wait", "0").succeed().lines().toList();
    assertEquals("download 0 1.0 1.0 1.0 1.0 1.0", waited.get(1));
  }

  @Test
  void pinnedMemoryIsReadWhenTheCopyRuns() throws Exception {
    String out = run("pinned_reused", "0").succeed();
    assertTrue(out.contains("after 0 2.0 2.0 2.0"), "a reuse went unseen: " + out);
  }

  /** The interpreter finds null by a fault; that of another thread is none of the kernel's. */
  @Test
  void faultsOfOtherThreadsAreTheirs() throws Exception {
    ForkedJvm jvm =
        SoftwareCuda.fork(
            folder, Map.of(), List.of("-Xint"), PlantedMain.class.getName(), "beside_null_checks");
    String out = jvm.succeed();
    assertTrue(out.contains("synchronise 0") && out.contains("after 0 1.0 3.0 63.0"), out);
    assertEquals("", jvm.reports());
  }

  private ForkedJvm run(String what, String reversed) throws Exception {
    ForkedJvm jvm =
        SoftwareCuda.fork(
            folder,
            Map.of("SOFTWARE_CUDA_REVERSED", reversed),
            List.of(),
            PlantedMain.class.getName(),
            what);
    jvm.succeed();
    return jvm;
  }
}
