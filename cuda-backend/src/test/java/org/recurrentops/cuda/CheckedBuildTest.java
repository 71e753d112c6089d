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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The checked build of the kernels reports what may well give right numbers, and only that. */
class CheckedBuildTest {
  @TempDir Path folder;

  @BeforeEach
  void device() throws Exception {
    SoftwareCuda.require();
  }

  @ParameterizedTest
  @CsvSource({
    "planted_missing_barrier, 719, race in a block, static shared memory, planted.cu:",
    "planted_global_race,     719, race in a block, of an allocation of 256, races.cu:",
    "planted_block_race,      719, race between blocks, of an allocation of 256, races.cu:",
    "planted_grid_race,       719, race between blocks, of an allocation of 256, cooperative.cu:",
    "planted_flag_unfenced,      719, missing __threadfence, of an allocation of 256,"
        + " cooperative.cu:",
    "planted_flag_unfenced_read, 719, missing __threadfence, of an allocation of 256,"
        + " cooperative.cu:",
    "planted_flag_early_fence,   719, missing __threadfence, of an allocation of 256,"
        + " cooperative.cu:",
    "planted_missing_syncwarp,   719, race in a block, static shared memory, warps.cu:",
    "planted_underrun,        700, out of bounds, of an allocation of 256, races.cu:",
    "planted_array_overrun,   700, out of bounds, of type 'float [32]', races.cu:",
    "planted_shared_overrun,  700, out of bounds, of dynamic shared memory of 256, planted.cu:",
    "planted_overrun,         700, out of bounds, offset 256 of an allocation of 256, planted.cu:",
    "planted_stale,           700, use after free, allocation of 4, planted.cu:"
  })
  void faultsAreReported(String kernel, int code, String what, String where, String line)
      throws Exception {
    ForkedJvm jvm = run(kernel, "0");
    String out = jvm.succeed();
    assertTrue(out.contains("synchronise " + code), out + jvm.errors());
    String errors = jvm.errors();
    for (String part : List.of(kernel + ": ", what, where, line, "block (", "look")) {
      assertTrue(errors.contains(part), "no \"" + part + "\" in: " + errors);
    }
  }

  @Test
  void reversedOrderFindsThemToo() throws Exception {
    for (String kernel : List.of("planted_missing_barrier", "planted_block_race")) {
      String errors = run(kernel, "1").errors();
      assertTrue(errors.contains("race "), errors);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "planted_exchange",
        "planted_global_exchange",
        "planted_own_blocks",
        "planted_counter",
        "planted_grid_exchange",
        "planted_grid_shared",
        "planted_flag",
        "planted_last_block",
        "planted_syncwarp",
        "planted_warp_halves",
        "planted_block_votes"
      })
  void rightTwinsAreSilent(String kernel) throws Exception {
    for (String reversed : List.of("0", "1")) {
      ForkedJvm jvm = run(kernel, reversed);
      assertTrue(jvm.succeed().contains("synchronise 0"));
      assertEquals("", jvm.reports(), kernel + " reversed=" + reversed);
    }
  }

  private ForkedJvm run(String kernel, String reversed) throws Exception {
    Map<String, String> environment = new HashMap<>(SoftwareCuda.checkedBuild());
    environment.put("SOFTWARE_CUDA_REVERSED", reversed);
    ForkedJvm jvm =
        SoftwareCuda.fork(folder, environment, List.of(), PlantedMain.class.getName(), kernel);
    jvm.succeed();
    return jvm;
  }
}
