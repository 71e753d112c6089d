package org.recurrentops.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Graphs of the software CUDA device answer as NVIDIA's driver documents it. */
class SoftwareGraphTest {
  @TempDir Path folder;

  @BeforeEach
  void device() throws Exception {
    SoftwareCuda.require();
  }

  @Test
  void captureAndReplay() throws Exception {
    String out = run("0", "capture");
    String expected =
        """
        end: 0
        recorded, not run: NaN
        instantiate: 0
        launch: 0
        launched: 1.0
        destroyed while queued: 0
        launched again: 1.0
        launch of a destroyed one: 1
        end without begin: 401
        synchronise: 900
        then end: 901
        allocate: 900
        then end: 901
        free: 900
        then end: 901
        query: 900
        then end: 901
        load: 900
        then end: 901
        wait outside: 905
        then end: 901
        another thread allocates: 0
        that capture ends: 0
        end without join: 904
        wait for what was captured: 907
        end after join: 0
        """;
    assertEquals(expected, out.replace(System.lineSeparator(), "\n"));
  }

  /** Streams that nothing orders meet in both orders where an order is drawn. */
  @Test
  void drawnOrder() throws Exception {
    assertTrue(run("0", "orders").contains("one order"));
    assertTrue(run("5", "orders").contains("both orders"));
  }

  private String run(String order, String what) throws Exception {
    Map<String, String> environment = Map.of("SOFTWARE_CUDA_ORDER", order);
    String main = CaptureMain.class.getName();
    return SoftwareCuda.fork(folder, environment, List.of(), main, what).succeed();
  }
}
