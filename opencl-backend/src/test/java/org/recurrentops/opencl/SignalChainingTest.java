package org.recurrentops.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SignalChainingTest {
  private static final String POCL = "Portable Computing Language, OpenCL 3.0 PoCL 3.1, driver 3.1";
  private static final Path LIBRARY = Path.of("/jdk/lib/libjsig.so");

  @Test
  void poclNeedsTheLibraryInFront() {
    for (String preloaded : new String[] {null, "", "/usr/lib/libother.so"}) {
      String advice = SignalChaining.advice(POCL, preloaded, LIBRARY).orElseThrow();
      assertTrue(advice.endsWith("LD_PRELOAD=/jdk/lib/libjsig.so"), advice);
    }
    assertEquals(Optional.empty(), SignalChaining.advice(POCL, "/x/libjsig.so:/y.so", LIBRARY));
  }

  /** Seven of eight such JVMs failed, one by a segmentation fault, without libjsig. */
  @Test
  void compilingBesideBusyThreads(@TempDir Path folder) throws Exception {
    TestDevice.open().close();
    Path cache = Files.createDirectory(folder.resolve("cache")); // so that everything is compiled
    ForkedJvm jvm =
        ForkedJvm.start(
            folder,
            Map.of("POCL_CACHE_DIR", cache.toString()),
            List.of(),
            BusyMain.class.getName());
    assertTrue(jvm.succeed().contains("done"));
  }

  @Test
  void othersNeedNothing() {
    assertEquals(Optional.empty(), SignalChaining.advice("NVIDIA CUDA, OpenCL 3.0", null, LIBRARY));
  }
}
