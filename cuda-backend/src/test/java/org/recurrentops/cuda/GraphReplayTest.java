package org.recurrentops.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When a plan of algorithm {@code graph} records, replays, and does neither. */
class GraphReplayTest {
  @TempDir Path folder;

  @BeforeEach
  void device() throws Exception {
    SoftwareCuda.require();
  }

  @Test
  void boundCallIsRecordedAtItsSecondRun() throws Exception {
    String out = run("bound", Map.of());
    has(out, "run 1: recordings 0, replays 0, right");
    has(out, "run 2: recordings 1, replays 1, right");
    has(out, "run 3: recordings 1, replays 2, right");
    has(out, "other lengths: recordings 2, replays 3");
    has(out, "replay: lstm_forward 12, products 16");
    has(out, "other values: recordings 2, replays 5, right");
    has(out, "a call is recorded as a graph when it runs for the second time");
  }

  /** Each call binds anew; equal tensors find the graph of the call before, others never do. */
  @Test
  void unboundCallsOfTheSameTensorsReplay() throws Exception {
    String out = run("unbound", Map.of());
    has(out, "run 1: recordings 0, replays 0, right");
    has(out, "run 2: recordings 1, replays 1, right");
    has(out, "run 3: recordings 1, replays 2, right");
    has(out, "other outputs: recordings 1, replays 2");
    has(out, "after them: recordings 1, replays 2, right"); // its graph was released for theirs
  }

  /** Runs with lengths have a graph of their own, whose padding reaches no product. */
  @Test
  void lengthsAfterRunsWithoutThem() throws Exception {
    has(run("ragged", Map.of()), "gradients right");
  }

  @Test
  void masksAndStateSequencesMakeAnotherCall() throws Exception {
    String out = run("masked", Map.of());
    assertEquals(2, out.split("cells right: recordings 0, replays 0, right", -1).length - 1, out);
  }

  @Test
  void queueThatItsOwnerRecordsTakesTheStepsThemselves() throws Exception {
    String out = run("queue", Map.of());
    has(out, "own recording: recordings 1, replays 1, right");
    has(out, "caller's recording ends 0: recordings 1, replays 1, right");
    has(out, "caller's replay: recordings 1, replays 1, right");
    has(out, "own replay: recordings 1, replays 2, right");
  }

  /** The driver refuses: the call runs step by step, and the plan says why. */
  @Test
  void refusedRecordingFallsBack() throws Exception {
    String out = run("refused", Map.of("SOFTWARE_CUDA_NO_CAPTURE", "1"));
    has(out, "run 3: recordings 0, replays 0, right");
    has(out, "one was refused: cuStreamBeginCapture failed with CUDA_ERROR_STREAM_CAPTURE_UNS");
  }

  @Test
  void longSequencesAreNotRecorded() throws Exception {
    has(run("long", Map.of()), "one was refused: 66000 launches, expected at most 65536");
  }

  /** {@code auto} times replays, not the loop that is recorded. */
  @Test
  void autoMeasuresIt() throws Exception {
    String out = run("auto", Map.of());
    assertTrue(out.matches("(?s).*, graph/cublas [0-9.]+ ms, graph/tiled [0-9.]+ ms.*"), out);
  }

  /** Unless graphs are demanded. */
  @Test
  void demandedRecordingFails() throws Exception {
    ForkedJvm jvm =
        fork(
            "refused", Map.of("SOFTWARE_CUDA_NO_CAPTURE", "1"), "-Drecurrentops.cuda.graph=always");
    jvm.fail(1);
    has(jvm.errors(), "cuStreamBeginCapture failed with");
  }

  @Test
  void oldDriverOffersNone() throws Exception {
    String out = run("bound", Map.of("SOFTWARE_CUDA_DRIVER", "11020"));
    has(out, "[stepped/cublas, stepped/tiled, fused");
    has(fork("bound", Map.of(), "-Drecurrentops.cuda.graph=off").succeed(), "[stepped/cublas, st");
    ForkedJvm wrong = fork("bound", Map.of(), "-Drecurrentops.cuda.graph=maybe");
    wrong.fail(1);
    has(wrong.errors(), "expected off, second or always");
  }

  private String run(String what, Map<String, String> environment) throws Exception {
    return fork(what, environment).succeed();
  }

  private ForkedJvm fork(String what, Map<String, String> environment, String... more)
      throws Exception {
    List<String> options = new ArrayList<>(List.of("-XX:TieredStopAtLevel=1"));
    options.add("-D" + CublasProducts.WORKSPACE + "=4096");
    options.addAll(List.of(more));
    String main = GraphReplayMain.class.getName();
    return SoftwareCuda.fork(folder, environment, options, main, what);
  }

  private static void has(String out, String line) {
    assertTrue(out.contains(line), "expected '" + line + "' in\n" + out);
  }
}
