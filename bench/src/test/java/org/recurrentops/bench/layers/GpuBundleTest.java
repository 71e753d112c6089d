package org.recurrentops.bench.layers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.recurrentops.MathMode;
import picocli.CommandLine;

/** What of the GPU bundle runs without a GPU: its scripts, its model and its result file. */
class GpuBundleTest {
  private static final Path SCRIPTS = Path.of("bundle").toAbsolutePath();

  @TempDir Path folder;

  private String shell(int code, String... command) throws IOException, InterruptedException {
    Process p = new ProcessBuilder(command).redirectErrorStream(true).start();
    String out = new String(p.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(p.waitFor(60, TimeUnit.SECONDS), "still running: " + List.of(command));
    assertEquals(code, p.exitValue(), out);
    return out;
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void scriptsParseAndExplainThemselves() throws Exception {
    for (String script : List.of("make.sh", "run.sh")) {
      shell(0, "bash", "-n", SCRIPTS.resolve(script).toString());
    }
    String run = SCRIPTS.resolve("run.sh").toString();
    assertTrue(shell(0, "bash", run, "--help").contains("--software"));
    assertTrue(shell(2, "bash", run, "nonsense").contains("unknown argument 'nonsense'"));
  }

  @Test
  void everyStepOfTheHelpIsRunAndTheOtherWayRound() throws IOException {
    String run = Files.readString(SCRIPTS.resolve("run.sh"));
    for (String step :
        List.of(
            "doctor",
            "tck",
            "probe",
            "opencl",
            "sanitizer",
            "table",
            "inference",
            "cudnn",
            "result")) {
      assertTrue(run.contains("#     " + step), "help: " + step);
      assertTrue(run.contains("    " + step + ")"), "case: " + step);
    }
  }

  @Test
  void theModelGrowsWithWorkAndShrinksWithSpeed() {
    GpuModel m = GpuModel.H200;
    LayerShape small = LayerShape.parse("lstm-t25n16c512h512");
    LayerShape large = LayerShape.parse("lstm-t25n64c2048h2048");
    for (String strategy : GpuModel.STRATEGIES) {
      double s = m.millis(small, Pass.FORWARD, MathMode.FP32, strategy);
      assertTrue(s > 0 && s < m.millis(large, Pass.FORWARD, MathMode.FP32, strategy), strategy);
      assertTrue(m.millis(large, Pass.TRAINING, MathMode.FP32, strategy) > 2 * s, strategy);
      assertTrue(
          m.millis(large, Pass.FORWARD, MathMode.BF16, strategy)
              < m.millis(large, Pass.FORWARD, MathMode.FP32, strategy),
          strategy);
    }
    // 25 steps of two launches of 2.5 µs are 125 µs, of two nodes of 1.25 µs half of that
    double stream = m.millis(small, Pass.FORWARD, MathMode.FP32, "stepped");
    double graph = m.millis(small, Pass.FORWARD, MathMode.FP32, "graph");
    assertEquals(0.0625, stream - graph, 1e-9);
    PersistentModel p = PersistentModel.H200;
    double forward = p.millis(small, Pass.FORWARD, MathMode.FP32).getAsDouble();
    assertTrue(forward > 0, "persistent");
    assertTrue(p.millis(small, Pass.TRAINING, MathMode.FP32).getAsDouble() > 2 * forward);
    for (MathMode mode : MathMode.values()) {
      LayerShape fits = LayerShape.parse("lstm-t1024n16c768h768");
      double one = p.millis(fits, Pass.FORWARD, mode).getAsDouble();
      assertTrue(one > 1024e-3 && p.millis(fits, Pass.TRAINING, mode).getAsDouble() > 2 * one);
    }
    LayerShape last = LayerShape.parse("lstm-t50n16c1280h1280");
    assertTrue(p.millis(last, Pass.TRAINING, MathMode.FP32).isPresent());
    PersistentModel onChip = p.streaming(PersistentModel.NEVER);
    LayerShape beyond = LayerShape.parse("lstm-t50n16c1284h1284");
    assertTrue(onChip.millis(beyond, Pass.TRAINING, MathMode.FP32).isEmpty(), "does not fit");
    assertTrue(onChip.millis(beyond, Pass.FORWARD, MathMode.FP32).isPresent());
    assertTrue(p.millis(beyond, Pass.TRAINING, MathMode.FP32).isPresent());
    OneClusterModel c = OneClusterModel.H200;
    LayerShape layer = LayerShape.parse("lstm-t150n16c256h256");
    double chain = c.millis(layer, Pass.FORWARD, MathMode.FP32).getAsDouble();
    assertTrue(chain < p.millis(layer, Pass.FORWARD, MathMode.FP32).getAsDouble(), "one-cluster");
    assertTrue(c.millis(layer, Pass.TRAINING, MathMode.FP32).getAsDouble() > 2 * chain);
    LayerShape wide = LayerShape.parse("lstm-t150n16c320h320");
    assertTrue(c.millis(wide, Pass.FORWARD, MathMode.FP32).isPresent());
    assertTrue(c.millis(wide, Pass.TRAINING, MathMode.FP32).isPresent(), "in sixteen");
    assertTrue(Double.isNaN(c.callMicros(wide, Pass.TRAINING, MathMode.FP32, 8)), "in eight");
    tensorClusters(c);
    divided(p);
    assertEquals("stepped", GpuModel.strategyOf("stepped/cublas"));
    assertNull(GpuModel.strategyOf("persistent"));
  }

  /** Not less than what was derived by hand, 0.46 … 0.7 µs, which leaves out sums and reads. */
  private static void tensorClusters(OneClusterModel c) {
    LayerShape small = LayerShape.parse("lstm-t150n16c256h256");
    LayerShape large = LayerShape.parse("lstm-t150n16c512h512");
    double eight = c.stepMicros(small, MathMode.BF16, 8, false);
    assertTrue(eight > 0.46 && eight < 1.5, "LSTM H=256 in BF16: " + eight);
    double sixteen = c.stepMicros(large, MathMode.BF16, 16, false);
    assertTrue(sixteen > 0.63 && sixteen < 2.2, "LSTM H=512 in BF16: " + sixteen);
    assertTrue(eight < c.stepMicros(small, MathMode.TF32, 8, false), "TF32 takes longer");
    assertTrue(c.millis(large, Pass.TRAINING, MathMode.BF16).isPresent());
    LayerShape beyond = LayerShape.parse("lstm-t150n16c1024h1024");
    assertTrue(c.millis(beyond, Pass.FORWARD, MathMode.BF16).isEmpty(), "does not fit");
  }

  /** Reads an eighth: backward wins with many rows, the way of the sums loses with one. */
  private static void divided(PersistentModel flat) {
    Persistent2dModel m = Persistent2dModel.H200;
    LayerShape wide = LayerShape.parse("lstm-t150n64c1024h1024");
    LayerShape one = LayerShape.parse("lstm-t150n1c512h512");
    LayerShape large = LayerShape.parse("lstm-t150n16c1440h1440");
    LayerShape larger = LayerShape.parse("lstm-t150n16c1536h1536");
    double divided = m.millis(wide, Pass.TRAINING, MathMode.FP32).getAsDouble();
    assertTrue(divided < flat.millis(wide, Pass.TRAINING, MathMode.FP32).getAsDouble());
    divided = m.millis(one, Pass.FORWARD, MathMode.FP32).getAsDouble();
    assertTrue(divided > flat.millis(one, Pass.FORWARD, MathMode.FP32).getAsDouble());
    assertTrue(m.millis(large, Pass.TRAINING, MathMode.FP32).isPresent());
    assertTrue(m.millis(larger, Pass.TRAINING, MathMode.FP32).isEmpty(), "does not fit");
    LayerShape asked = LayerShape.parse("lstm-t1024n16c768h768");
    double flatStep = flat.millis(asked, Pass.TRAINING, MathMode.BF16).getAsDouble();
    assertTrue(m.millis(asked, Pass.TRAINING, MathMode.BF16).getAsDouble() < 0.6 * flatStep);
    double four = m.stepMicros(asked, MathMode.BF16, false, 4);
    assertTrue(four < m.stepMicros(asked, MathMode.BF16, false, 8), "clusters of four");
    LayerShape many = LayerShape.parse("lstm-t150n64c1024h1024");
    double eight = m.stepMicros(many, MathMode.BF16, true, 8);
    assertTrue(eight < m.stepMicros(many, MathMode.BF16, true, 4), "clusters of eight");
  }

  /** K = √(3·24 / (3·2)), so 8 chunks and 11 slots; of products that take no time. */
  @Test
  void theModelOfAStackCountsSlotsLaunchesAndWork() {
    StackModel m = StackModel.H200;
    LayerShape tiny = LayerShape.parse("lstm-t24n1c1h1");
    assertEquals(3, StackModel.chunk(tiny, 4));
    // a slot: 3 steps of two nodes of 1.25 µs, a launch of 2.5 µs, two markers
    assertEquals(11 * 12.5e-3, m.inWave(tiny, 4, Pass.FORWARD, MathMode.FP32, "graph"), 1e-3);
    // 4 layers of 24 steps of two nodes, and a launch each
    assertEquals(4 * 62.5e-3, m.inTurn(tiny, 4, Pass.FORWARD, MathMode.FP32, "graph"), 1e-3);
    // the host enqueues 4·(24·2 + 8·3) launches
    assertEquals(288 * 2e-3, m.inWave(tiny, 4, Pass.FORWARD, MathMode.FP32, "stepped"), 1e-3);
    LayerShape large = LayerShape.parse("lstm-t25n128c4096h4096");
    for (Pass pass : Pass.values()) {
      double inTurn = m.inTurn(large, 4, pass, MathMode.FP32, "graph");
      double inWave = m.inWave(large, 4, pass, MathMode.FP32, "graph");
      assertTrue(inWave > 0.95 * inTurn, "one card does all the work: " + inWave + ", " + inTurn);
    }
    assertTrue(StackModel.waves(tiny, 2));
    assertFalse(StackModel.waves(LayerShape.parse("lstm-t3n1c1h1"), 2));
  }

  @Test
  void resultsAreJoinedWithRatiosAndPredictions() throws IOException {
    Files.writeString(folder.resolve("tck-jcublas.status"), "0 12\n");
    Files.writeString(folder.resolve("tck-jcublas.txt"), "x\ntck cuda:0: 9 passed | 0 failed\n\n");
    Files.writeString(folder.resolve("cudnn.status"), "1 3\n");
    Files.writeString(folder.resolve("sanitizer.skipped"), "no compute-sanitizer\n");
    Files.writeString(folder.resolve("table.json"), table());
    Files.writeString(folder.resolve("probes.json"), probes());
    Files.writeString(
        folder.resolve("cudnn.json"),
        "{\"entries\":[{\"shape\":\"lstm-t25n16c512h512\",\"pass\":\"forward\",\"mode\":\"FP32\","
            + "\"status\":\"timed\",\"medianMillis\":3.0}]}");
    assertEquals(0, run("--in=" + folder));
    JsonObject result =
        JsonParser.parseString(Files.readString(folder.resolve("result.json"))).getAsJsonObject();
    JsonArray steps = result.getAsJsonArray("steps");
    assertEquals(3, steps.size());
    String md = Files.readString(folder.resolve("result.md"));
    assertTrue(md.contains("| cudnn | exit code 1 | 3 |"), md);
    assertTrue(md.contains("9 passed \\| 0 failed"), md);
    assertTrue(md.contains("| auto → stepped/cublas | 2.000 | 100.0 | 3.000 | 1.500 |"), md);
    assertTrue(md.contains("with `auto` in FP32 over 1 entries: 1.500."), md);
    String slower = "slower than `stepped`**: lstm-t25n16c512h512 forward FP32, 2.000 and 1.500 ms";
    assertTrue(md.contains(slower), md);
    assertTrue(md.contains("| one-cluster:8 → one-cluster:8 | 2.500 |"), md);
    assertTrue(md.matches("(?s).*one-cluster:8 \\| 2.500 \\|[^\\n]*\\| 0\\.[0-9]+ \\|\\n.*"), md);
    assertTrue(md.contains("| fused | refused |"), md);
    assertTrue(md.contains("### what a step is made of"), md);
    assertTrue(md.matches("(?s).*BF16 \\| one-cluster:8 \\| 100.000 \\| .*"), md);
    assertTrue(md.contains("## probes on a card"), md);
    assertTrue(md.contains("| latency/flag | measured | 0.8125 | µs per hop | a \\| b |"), md);
    assertTrue(md.contains("| residency/8 | unavailable |  |  | no clusters |"), md);
    assertEquals(2, result.getAsJsonObject("probes").getAsJsonArray("entries").size());
  }

  /** Of made-up probes: the parts add up, and so does what explains the difference. */
  @Test
  void theDifferenceToTheFloorIsMadeOfWhatProbesSay() {
    String shape = "lstm-t100n16c512h512";
    double floor =
        10
            * PersistentModel.H200
                .millis(LayerShape.parse(shape), Pass.TRAINING, MathMode.BF16)
                .getAsDouble();
    String entry =
        String.format(
            Locale.ROOT,
            "{\"shape\":\"%s\",\"pass\":\"training\",\"mode\":\"BF16\",\"chosen\":\"%s\","
                + "\"status\":\"timed\",\"medianMillis\":%f}",
            shape,
            "persistent",
            0.1 * (floor + 2));
    JsonObject table = JsonParser.parseString("{\"entries\":[" + entry + "]}").getAsJsonObject();
    double[] plain = cells(new FloorReport(null).markdown(table));
    assertEquals(floor, plain[1], 1e-3);
    assertEquals(floor, Arrays.stream(plain, 2, 10).sum(), 1e-2);
    assertEquals(2, plain[10], 1e-3);
    assertEquals(2, plain[13], 1e-3, "nothing explains it");
    String probes =
        "{\"entries\":[{\"probe\":\"latency/mailbox\",\"outcome\":\"MEASURED\",\"value\":1.5},"
            + "{\"probe\":\"rate/mma-bf16\",\"outcome\":\"MEASURED\",\"value\":1e9},"
            + "{\"probe\":\"rate/shared\",\"outcome\":\"WRONG\",\"value\":1e9}]}";
    String md = new FloorReport(JsonParser.parseString(probes).getAsJsonObject()).markdown(table);
    double[] row = cells(md);
    assertTrue(md.contains("latency/mailbox (exchange) 1.500, rate/mma-bf16 (products) 0.000"), md);
    assertTrue(md.contains("for want of one: launch/stream, launch/graph, latency/cluster,"), md);
    assertTrue(md.matches("(?s).*exchange \\+[0-9.]+, products −[0-9.]+ \\|.*"), md);
    // a hop of each pass takes half as long again, and each wait for words
    assertTrue(row[12] > floor && row[12] + row[13] - row[0] < 2e-3, md);
    for (String other : List.of("persistent/2d", "one-cluster:16", "graph/cublas", "fused")) {
      String text = new FloorReport(null).markdown(named(table, other));
      double[] parts = cells(text);
      assertEquals(parts[1], Arrays.stream(parts, 2, 10).sum(), 1e-2, text);
    }
  }

  @Test
  void whatNoModelKnowsHasNoFloor() {
    JsonObject table = JsonParser.parseString(table()).getAsJsonObject();
    String text = table.toString().replace("one-cluster:8", "unknown");
    String md = new FloorReport(null).markdown(JsonParser.parseString(text).getAsJsonObject());
    assertTrue(md.contains("| unknown | 100.000 | no model | |"), md);
    long columns =
        md.lines().filter(l -> l.startsWith("|")).mapToLong(GpuBundleTest::bars).distinct().count();
    assertEquals(1, columns, md);
  }

  private static long bars(String line) {
    return line.chars().filter(c -> c == '|').count();
  }

  private static JsonObject named(JsonObject table, String algorithm) {
    return JsonParser.parseString(table.toString().replace("persistent", algorithm))
        .getAsJsonObject();
  }

  /** The numbers of the last row; 0 for a cell that has none. */
  private static double[] cells(String markdown) {
    String row = markdown.substring(markdown.lastIndexOf("\n| ") + 3);
    return Arrays.stream(row.split("\\|"))
        .skip(4)
        .limit(14)
        .mapToDouble(cell -> cell.matches(" -?[0-9.]+ ") ? Double.parseDouble(cell) : 0)
        .toArray();
  }

  private static String probes() {
    return "{\"version\":1,\"device\":\"a card\",\"entries\":[{\"probe\":\"latency/flag\","
        + "\"outcome\":\"MEASURED\",\"value\":0.8125,\"unit\":\"µs per hop\",\"note\":\"a | b\"},"
        + "{\"probe\":\"residency/8\",\"outcome\":\"UNAVAILABLE\",\"value\":0.0,\"unit\":\"\","
        + "\"note\":\"no clusters\"}]}";
  }

  private static String table() {
    String common = "\"shape\":\"lstm-t25n16c512h512\",\"pass\":\"forward\",\"mode\":\"FP32\"";
    return "{\"version\":1,\"device\":\"a card\",\"entries\":[{"
        + common
        + ",\"algorithm\":\"auto\",\"chosen\":\"stepped/cublas\",\"status\":\"timed\","
        + "\"medianMillis\":2.0,\"gflops\":100},{"
        + common
        + ",\"algorithm\":\"stepped/cublas\",\"chosen\":\"stepped/cublas\",\"status\":\"timed\","
        + "\"medianMillis\":1.5,\"gflops\":100},{"
        + common.replace("FP32", "BF16")
        + ",\"algorithm\":\"one-cluster:8\",\"chosen\":\"one-cluster:8\",\"status\":\"timed\","
        + "\"medianMillis\":2.5,\"gflops\":100},{"
        + common
        + ",\"algorithm\":\"fused\",\"chosen\":\"\",\"status\":\"refused\",\"reason\":\"no\"}]}";
  }

  @Test
  void aFolderThatIsNoneIsAUsageError() {
    assertEquals(2, run("--in=" + folder.resolve("none")));
  }

  private static int run(String... args) {
    PrintWriter quiet = new PrintWriter(new StringWriter());
    return new CommandLine(new GpuResultCommand()).setOut(quiet).setErr(quiet).execute(args);
  }
}
