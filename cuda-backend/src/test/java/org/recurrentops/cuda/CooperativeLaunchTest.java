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

/**
 * Blocks that are live at once, and primitives of warps, on the software CUDA device. Fences
 * between blocks are the matter of {@link CheckedBuildTest}: here memory has one order, so a
 * missing one changes nothing.
 */
class CooperativeLaunchTest {
  @TempDir Path folder;

  @BeforeEach
  void device() throws Exception {
    SoftwareCuda.require();
  }

  /** Elements 0, 1, 63, 2 and 8 of the buffer afterwards; -1 as a counter reads as NaN. */
  @ParameterizedTest
  @CsvSource({
    "planted_grid_exchange, 16.0 17.0 15.0 18.0 24.0",
    "planted_grid_shared,   0.0 0.0 33.0 0.0 0.0",
    "planted_flag,          1.0 2.0 1.4E-45 3.0 NaN",
    "planted_last_block,    1.0 2.0 4.2E-45 3.0 10.0",
    "planted_warp_sum,      496.0 496.0 1520.0 496.0 496.0",
    "planted_warp_halves,   115.0 215.0 626363.0 10315.0 70915.0",
    "planted_syncwarp,      1.0 0.0 62.0 3.0 9.0",
    "planted_block_votes,   1017.0 1017.0 1017.0 1017.0 1017.0"
  })
  void rightKernels(String kernel, String expected) throws Exception {
    for (String reversed : List.of("0", "1")) {
      ForkedJvm jvm = run(reversed, kernel);
      assertTrue(jvm.output().contains("after 0 " + expected), jvm.output() + jvm.errors());
      assertEquals("", jvm.reports(), kernel + " reversed=" + reversed);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "planted_grid_divergent,   divergent barrier of the grid: 48 threads wait",
    "planted_flag_nobody,      hang: ",
    "planted_shuffle_inactive, '__shfl_sync at warps.cu:25 reads lane 20, which takes no part'",
    "planted_shuffle_outside,  lane 16 calls it and is not in its mask 0x0000ffff",
    "planted_shuffle_stuck,    'of its mask never came'",
    "planted_shuffle_masks,    with mask 0x7fffffff meets __shfl_sync"
  })
  void misuseIsReported(String kernel, String report) throws Exception {
    ForkedJvm jvm = run("0", kernel);
    assertTrue(jvm.output().contains("synchronise 719"), jvm.output() + jvm.errors());
    String errors = jvm.errors().replaceAll("at \\S*/", "at ");
    assertTrue(errors.contains(kernel + ": ") && errors.contains(report), errors);
  }

  /** 32 blocks of 16 threads fit on each of 8 multiprocessors. */
  @Test
  void tooManyBlocksAreRefused() throws Exception {
    ForkedJvm jvm = run("0", "oversized");
    assertTrue(jvm.output().contains("launch 720 resident 32"), jvm.output());
    assertTrue(jvm.errors().contains("a cooperative launch of 257 blocks"), jvm.errors());
  }

  /** Here they never meet, so what nobody has ordered is reported as such. */
  @Test
  void gridsBesideEachOtherAreReported() throws Exception {
    ForkedJvm jvm = run("0", "beside");
    assertTrue(jvm.errors().contains("beside another one that may still run"), jvm.errors());
    assertTrue(jvm.output().contains("synchronise 719"), jvm.output());
  }

  /** Two plans of one device in threads of their own, and of one that is opened twice. */
  @ParameterizedTest
  @ValueSource(strings = {"twice", "once"})
  void plansInTwoThreadsTakeTurns(String opened) throws Exception {
    Map<String, String> drawn = Map.of("SOFTWARE_CUDA_ORDER", "7");
    String[] main = {TurnMain.class.getName(), opened};
    ForkedJvm jvm = SoftwareCuda.fork(folder, drawn, List.of(), main);
    assertTrue(jvm.succeed().endsWith("ok\n"), jvm.output());
    assertEquals("", jvm.reports());
  }

  @Test
  void blocksThatNeedEachOtherHangInAnOrdinaryLaunch() throws Exception {
    ForkedJvm flag = run("0", "apart", "planted_flag");
    assertTrue(flag.errors().contains("outside a cooperative launch"), flag.errors());
    ForkedJvm barrier = run("0", "apart", "planted_grid_exchange");
    assertTrue(barrier.errors().contains("a launch that is not cooperative"), barrier.errors());
  }

  private ForkedJvm run(String reversed, String... what) throws Exception {
    String[] main = new String[what.length + 1];
    main[0] = PlantedMain.class.getName();
    System.arraycopy(what, 0, main, 1, what.length);
    Map<String, String> environment = Map.of("SOFTWARE_CUDA_REVERSED", reversed);
    ForkedJvm jvm = SoftwareCuda.fork(folder, environment, List.of(), main);
    jvm.succeed();
    return jvm;
  }
}
