package org.recurrentops.bench.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class RunCommandTest {
  private static final String LOCK = "jmh.ignoreLock";

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  @TempDir private Path folder;

  /** JMH refuses to run twice on a machine at a time; here nothing is timed. */
  @BeforeAll
  static void ignoreLock() {
    System.setProperty(LOCK, "true");
  }

  @AfterAll
  static void restoreLock() {
    System.clearProperty(LOCK);
  }

  private int run(String... more) {
    List<String> args = new ArrayList<>(List.of("--in-process", "--tiny"));
    args.add("--out=" + folder.resolve("r.json"));
    args.addAll(List.of(more));
    return new CommandLine(new RunCommand())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExecutionExceptionHandler(
            (e, line, parsed) -> {
              line.getErr().println(e.getMessage());
              return 1;
            })
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .execute(args.toArray(String[]::new));
  }

  private Results results() throws IOException {
    return ResultsFile.read(folder.resolve("r.json"));
  }

  @Test
  void measuresEveryKindOnceAndGoesOnWithWhatIsLeft() throws IOException {
    String[] some = {"--backend=cpu", "--shape=gru-t3n2c5h7", "--what=forward,stream"};
    assertEquals(0, run(some), err::toString);
    assertTrue(results().isComplete());
    assertEquals(2, results().rounds().size());
    Round kept = results().rounds().get(0);
    String kinds = "--what=forward,training,stream,plan,upload,download,gemm,gates,gates_training";
    assertEquals(0, run("--backend=cpu", "--shape=gru-t3n2c5h7", kinds), err::toString);
    Results all = results();
    assertEquals(9, all.rounds().size());
    assertEquals(9, all.byCombination().size());
    assertEquals(kept, all.rounds().get(0), "measured again");
    for (Round r : all.rounds()) {
      assertTrue(r.isWhole(), r::toString);
      assertEquals(r.iterationMillis().size(), r.machineMillis().size(), "cpu: its speed beside");
      assertTrue(r.p50() <= r.p99() && r.p99() <= r.max(), r::toString);
      assertTrue(r.deviceDetail().contains("threads"), r::toString);
      assertTrue(r.allocatedBytes() == null || r.allocatedBytes() >= 0, r::toString);
    }
    assertFalse(Files.readString(folder.resolve("r.json")).contains(folder.toString()));
  }

  @Test
  void theCommandSaysWhatTheCpuBackendWasTold() throws IOException {
    System.setProperty("recurrentops.cpu.joinedRows", "17");
    try {
      assertEquals(0, run("--backend=cpu", "--shape=gru-t3n2c5h7", "--what=forward"));
    } finally {
      System.clearProperty("recurrentops.cpu.joinedRows");
    }
    String command = results().environment().command();
    assertTrue(command.startsWith("java -Drecurrentops.cpu.joinedRows=17 -jar "), command);
  }

  @Test
  void everyRungIsCheckedAndTheThreadsAreThoseAskedFor() throws IOException {
    String[] ablation = {"--backend=cpu", "--shape=lstm-t3n2c5h7,lstm-t5n33c1h9"};
    assertEquals(0, run(with(ablation, "--what=ablation")), err::toString);
    List<Round> rounds = results().rounds();
    assertEquals(2 * Rung.values().length, rounds.size());
    for (Round r : rounds) {
      boolean all = Rung.parse(r.of().algorithm()) == Rung.THREADS;
      assertTrue(all || r.deviceDetail().contains("1 thread"), r::toString);
      assertEquals(Rung.parse(r.of().algorithm()).isPlan(), r.planBytes() != null, r::toString);
    }
  }

  @Test
  void recomputationHoldsLessMemoryAndIsCheckedToo() throws IOException {
    String[] training = {"--backend=cpu", "--shape=lstm-t64n2c5h7", "--what=training"};
    assertEquals(0, run(with(training, "--recompute=0,sqrt,2")), err::toString);
    List<Round> rounds = results().rounds();
    assertEquals(List.of("", "sqrt", "2"), rounds.stream().map(r -> r.of().recompute()).toList());
    assertTrue(rounds.get(1).planBytes() < rounds.get(0).planBytes(), rounds::toString);
    assertEquals(2, run(with(training, "--recompute=all")));
    assertTrue(err.toString().contains("--recompute: expected a number"), err::toString);
  }

  private static String[] with(String[] some, String... more) {
    List<String> all = new ArrayList<>(List.of(some));
    all.addAll(List.of(more));
    return all.toArray(String[]::new);
  }

  @Test
  void decayAndSaturationAreMeasuredRightBehindOrdinaryValuesThereAndBack() throws IOException {
    String[] both = {"--backend=cpu", "--shape=gru-t50n2c5h7", "--rounds=2"};
    String kinds = "--what=forward,training,decay,decay_training,saturation,saturation_training";
    assertEquals(0, run(with(both, kinds)), err::toString);
    List<String> order = results().rounds().stream().map(r -> r.of().toString()).toList();
    assertEquals(12, order.size());
    assertEquals(
        List.of(
            "forward gru-t50n2c5h7 cpu",
            "decay gru-t50n2c5h7 cpu",
            "saturation gru-t50n2c5h7 cpu",
            "training gru-t50n2c5h7 cpu",
            "decay_training gru-t50n2c5h7 cpu",
            "saturation_training gru-t50n2c5h7 cpu"),
        order.subList(0, 6));
    for (int i = 0; i < 6; i++) {
      assertEquals(order.get(i), order.get(11 - i), "the second round goes back");
    }
    for (Measured m : results().byCombination().values()) {
      assertEquals(List.of(0, 1), m.rounds().stream().map(Round::number).toList(), m::toString);
      assertEquals(m.of().ordinary().flops(), m.of().flops());
    }
  }

  @Test
  void phasesAreThoseOfTheCpuAndRoughlyTheCall() throws IOException {
    String[] both = {"--backend=cpu", "--shape=gru-t50n2c5h7", "--rounds=1"};
    assertEquals(0, run(with(both, "--what=phases,phases_training")), err::toString);
    List<Round> rounds = results().rounds();
    assertEquals(2, rounds.size());
    for (Round r : rounds) {
      assertEquals("stepped/timed", r.chosen());
      double sum = r.phases().values().stream().mapToDouble(v -> v).sum();
      assertTrue(sum > 0 && sum <= r.max() * 1.01, r + " " + sum);
    }
    assertTrue(rounds.get(0).phases().containsKey("forward recurrent products"));
    assertFalse(rounds.get(0).phases().containsKey("backward gates"));
    assertTrue(rounds.get(1).phases().containsKey("backward weight gradients"));
    String[] other = {"--backend=cpu", "--shape=gru-t50n2c5h7", "--algorithm=stepped/java"};
    assertEquals(2, run(with(other, "--what=phases")));
    assertTrue(err.toString().contains("nothing to measure"), err::toString);
  }

  @Test
  void theRoofsAreMeasured() throws IOException {
    assertEquals(0, run("--backend=cpu", "--what=fma,read_l2,read_l3", "--rounds=1"));
    for (Measured m : results().byCombination().values()) {
      assertTrue(m.gflops() + m.gigabytes() > 0, m::toString);
    }
  }

  @Test
  void roundsAreAtLeastOneAndThereIsSomethingToMeasure() {
    assertEquals(2, run("--backend=cpu", "--shape=lstm-t3n2c5h7", "--rounds=0"));
    assertTrue(err.toString().contains("--rounds: expected 1 or more"), err::toString);
    assertEquals(2, run("--backend=cpu", "--what=decay"));
    assertTrue(err.toString().contains("nothing to measure"), err::toString);
    assertFalse(Files.exists(folder.resolve("r.json")));
  }

  @Test
  void ablationIsOfAnLstmAndThreadsAreNotNegative() {
    assertEquals(1, run("--backend=cpu", "--shape=gru-t3n2c5h7", "--what=ablation"));
    assertTrue(err.toString().contains("expected the shape of an lstm"), err::toString);
    assertEquals(2, run("--backend=cpu", "--shape=lstm-t3n2c5h7", "--threads=-1"));
    assertTrue(err.toString().contains("--threads: expected 0"), err::toString);
  }

  @Test
  void scalingCoversWhatItSays() {
    List<What> whats = List.of(What.values());
    List<Combination> all =
        new Selection(
                Profile.SCALING,
                whats,
                null,
                List.of("cpu", "opencl"),
                List.of("auto"),
                List.of(org.recurrentops.MathMode.FP32),
                Profile.SCALING.threads(),
                Profile.SCALING.recompute())
            .combinations();
    assertEquals(all.size(), all.stream().distinct().count());
    for (String edge : List.of("t1n8", "t4096n8", "t32n1c", "t32n256c", "h16", "h4096")) {
      assertTrue(all.stream().anyMatch(c -> c.shape().contains(edge)), edge);
    }
    assertTrue(all.stream().anyMatch(c -> c.threads() == 1 && c.backend().equals("cpu")));
    assertTrue(all.stream().noneMatch(c -> c.threads() == 1 && c.backend().equals("opencl")));
    List<Combination> again = all.stream().filter(c -> c.recompute().equals("sqrt")).toList();
    assertTrue(again.stream().anyMatch(c -> c.shape().contains("t4096n8")), again::toString);
    assertTrue(again.stream().allMatch(c -> c.kind() == What.TRAINING), again::toString);
  }

  @Test
  void oneFailureKeepsTheOthersAndIsReported() throws IOException {
    int exit =
        run("--backend=cpu", "--shape=lstm-t2n1c3h4", "--algorithm=auto,warp", "--what=plan");
    assertEquals(1, exit);
    assertTrue(err.toString().contains("failed: plan lstm-t2n1c3h4 cpu warp: "), err::toString);
    assertEquals(1, results().rounds().size());
    assertFalse(results().isComplete());
  }

  @Test
  void aMissingBackendFailsBeforeAnythingIsMeasured() {
    assertEquals(1, run("--backend=cpu,warp", "--shape=lstm-t2n1c3h4"));
    assertTrue(err.toString().contains("warp"), err::toString);
    assertFalse(Files.exists(folder.resolve("r.json")));
  }

  @Test
  void aPeerThatIsNotOnTheClassPathIsNamed() {
    assumeFalse(Combination.peersAreHere(), "built with -Ppeers");
    assertEquals(1, run("--backend=cpu,onednn", "--shape=lstm-t2n1c3h4", "--what=forward"));
    assertTrue(err.toString().contains("onednn is a peer"), err::toString);
    assertFalse(Files.exists(folder.resolve("r.json")));
  }

  @Test
  void wrongUsageAndForeignFilesAreNamed() throws IOException {
    assertEquals(2, run("--backend=cpu", "--shape=lstm"));
    assertTrue(err.toString().contains("expected <cell>-t<T>n<N>c<C>h<H>"), err::toString);
    assertEquals(2, run("--what=sideways"));
    assertEquals(2, run("--list=no-such-list"));
    Files.writeString(folder.resolve("r.json"), "{\"schema\": \"other\"}");
    assertEquals(1, run("--backend=cpu", "--shape=lstm-t2n1c3h4", "--what=plan"));
    assertTrue(err.toString().contains("got schema 'other'"), err::toString);
  }

  @Test
  void aFileThatIsCutOffOrOfAnotherVersionIsNotContinuedAndStays() throws IOException {
    String[] plan = {"--backend=cpu", "--shape=lstm-t2n1c3h4", "--what=plan"};
    assertEquals(0, run(plan), err::toString);
    Path file = folder.resolve("r.json");
    String text = Files.readString(file);
    for (String bad :
        List.of(
            text.substring(0, text.length() / 2),
            text.replaceFirst("\"version\": \"[^\"]*\"", "\"version\": \"0.0.9\""))) {
      Files.writeString(file, bad);
      assertEquals(1, run(plan));
      assertEquals(bad, Files.readString(file));
    }
    assertTrue(err.toString().contains("got a file that is cut off"), err::toString);
    assertTrue(err.toString().contains("got 0.0.9"), err::toString);
  }

  @Test
  void resultsOfAnotherProfileAreNotContinued() throws IOException {
    assertEquals(0, run("--backend=cpu", "--shape=lstm-t2n1c3h4", "--what=plan"));
    Path file = folder.resolve("r.json");
    Files.writeString(file, Files.readString(file).replace("\"tiny\"", "\"other\""));
    assertEquals(1, run("--backend=cpu", "--shape=lstm-t2n1c3h4", "--what=plan"));
    assertTrue(err.toString().contains("name another --out"), err::toString);
  }

  @Test
  void theProgressLineTellsTheTimeThatIsLeft() {
    Progress progress = new Progress(new PrintWriter(out), false, 40, 10);
    assertEquals("[10/40] x", progress.line(10, 0, "x"));
    assertEquals("[20/40, 1:40 left] x", progress.line(20, 50, "x"));
    assertEquals("[40/40, 0:00 left] done", progress.line(40, 90, "done"));
  }
}
