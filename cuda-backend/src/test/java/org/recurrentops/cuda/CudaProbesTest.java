package org.recurrentops.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The experiments on the software device: the plain twins are right, and nothing is timed. */
class CudaProbesTest {
  /** What the software device can hold. */
  private static final String TIMED_ELSEWHERE =
      "rate/.*|residency/[1248]|latency/(flag|mailbox|barrier|cluster|cluster-barrier|all-\\d+)"
          + "|launch/(stream|cooperative)"
          + "|persistent/lstm-((barrier|mailbox)-\\d+|mma-64)";

  @TempDir Path folder;

  @BeforeEach
  void device() throws Exception {
    PackagedKernels.require();
    SoftwareCuda.require();
  }

  private List<String> run(Map<String, String> environment) throws Exception {
    return SoftwareCuda.fork(folder, environment, List.of(), ProbesMain.class.getName())
        .succeed()
        .lines()
        .toList();
  }

  @ParameterizedTest
  @CsvSource({"0, 16", "1, 8"})
  void everyTwinIsRightAndNothingIsTimed(String reversed, int largest) throws Exception {
    List<String> lines =
        run(
            Map.of(
                "SOFTWARE_CUDA_REVERSED", reversed, "SOFTWARE_CUDA_LARGEST_CLUSTER", "" + largest));
    List<String> names = new CudaProbes().names();
    assertEquals(names.size(), new HashSet<>(names).size(), names::toString);
    assertEquals(names.size() + 1, lines.size(), lines::toString);
    for (int i = 0; i < names.size(); i++) {
      String line = lines.get(i + 1);
      String name = names.get(i);
      assertTrue(line.contains(" " + name + " "), line);
      assertTrue(!line.startsWith("WRONG") && !line.startsWith("MEASURED"), line);
      if (name.endsWith("/plain")) {
        assertTrue(line.startsWith("RIGHT"), line);
        String ptx = name.substring(0, name.length() - "/plain".length());
        assertTrue(names.contains(ptx), ptx);
      }
      if (name.matches(TIMED_ELSEWHERE)) {
        assertTrue(line.startsWith("UNTIMED"), line);
      }
      if (name.startsWith("persistent/give-up") || name.matches("piece/(scatter|pass|leave)")) {
        assertTrue(line.startsWith("RIGHT"), line);
      }
      if (name.startsWith("piece/cluster-size-")) {
        boolean has = Integer.parseInt(name.substring(name.lastIndexOf('-') + 1)) <= largest;
        assertTrue(line.startsWith(has ? "RIGHT" : "UNAVAILABLE"), line);
        assertTrue(has || line.contains("no card has to hold such clusters"), line);
      }
    }
  }

  @Test
  void anOldDeviceIsToldWhatItLacks() throws Exception {
    List<String> lines = run(Map.of("SOFTWARE_CUDA_CAPABILITY", "75"));
    List<String> lacking = lines.stream().filter(l -> l.contains("needs compute cap")).toList();
    assertTrue(lacking.stream().anyMatch(l -> l.contains("piece/mma-bf16/plain")), lines::toString);
    assertTrue(lacking.stream().allMatch(l -> l.startsWith("UNAVAILABLE")), lines::toString);
    assertTrue(lines.stream().anyMatch(l -> l.startsWith("RIGHT piece/copy/plain")));
  }

  @Test
  void theSoftwareDeviceIsNotTimed() throws Exception {
    ForkedJvm jvm =
        SoftwareCuda.fork(folder, Map.of(), List.of(), ProbesMain.class.getName(), "timed");
    jvm.fail(1);
    assertTrue(jvm.errors().contains("is an emulation for tests, which is never timed"));
  }
}
