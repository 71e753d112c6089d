package org.recurrentops.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The forms of {@code persistent} on the software CUDA device, at sizes that fill its blocks. */
@Execution(ExecutionMode.CONCURRENT)
class ExchangeFormsTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({"strips, 8, 3, 3, 2", "fragments, 16, 1, 3, 0", "clusters, 16, 3, 0, 2"})
  void allGiveTheSameBits(String what, String multiprocessors, int agree, int stream, int survive)
      throws Exception {
    SoftwareCuda.require();
    ForkedJvm jvm =
        SoftwareCuda.fork(
            folder,
            Map.of("SOFTWARE_CUDA_MULTIPROCESSORS", multiprocessors),
            List.of("-XX:TieredStopAtLevel=1"),
            ExchangeFormsMain.class.getName(),
            what);
    List<String> lines = jvm.succeed().lines().toList();
    assertEquals(agree, lines.stream().filter(l -> l.endsWith(" agrees")).count());
    assertEquals(stream, lines.stream().filter(l -> l.endsWith(" streams")).count());
    assertEquals(survive, lines.stream().filter(l -> l.endsWith(" survives")).count());
    assertEquals("", jvm.reports());
  }
}
