package org.recurrentops.bench.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.recurrentops.bench.run.Combination;
import org.recurrentops.bench.run.Results;
import org.recurrentops.bench.run.ResultsFile;
import org.recurrentops.bench.run.ResultsFixture;
import org.recurrentops.bench.run.Round;
import picocli.CommandLine;

class CompareCommandTest {
  private static final int COMBINATIONS = 25;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  @TempDir private Path folder;

  private int compare(Path a, Path b, String... more) {
    List<String> args = new ArrayList<>(List.of(a.toString(), b.toString()));
    args.addAll(List.of(more));
    return new CommandLine(new CompareCommand())
        .setExecutionExceptionHandler(
            (e, line, parsed) -> {
              line.getErr().println(e.getMessage());
              return 1;
            })
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .execute(args.toArray(String[]::new));
  }

  /** Combination k takes 1 + k ms; the one at {@code slowed} takes {@code factor} times that. */
  private Path file(String name, long seed, double noise, int slowed, double factor)
      throws IOException {
    return file(name, seed, noise, slowed, factor, Double.NaN);
  }

  /** On a machine whose every call, and whose fixed work, take {@code machine} times as long. */
  private Path file(String name, long seed, double noise, int slowed, double factor, double machine)
      throws IOException {
    Random random = new Random(seed);
    List<Round> rounds = new ArrayList<>();
    for (int round = 0; round < 2; round++) {
      for (int k = 0; k < COMBINATIONS; k++) {
        Combination of = ResultsFixture.on("forward", "lstm-t3n2c5h" + (k + 1), "cpu");
        double millis = (1 + k) * (k == slowed ? factor : 1);
        rounds.add(
            Double.isNaN(machine)
                ? ResultsFixture.round(of, round, millis, noise, random)
                : ResultsFixture.round(of, round, millis, noise, random, machine));
      }
    }
    Path file = folder.resolve(name);
    ResultsFile.write(file, ResultsFixture.results(rounds));
    return file;
  }

  @Test
  void findsAPlantedSlowDownOfAFifthAndNothingElse() throws IOException {
    Path before = file("a", 1, 0.05, -1, 1);
    Path after = file("b", 2, 0.05, 7, 1.2);
    assertEquals(CompareCommand.SLOWER, compare(before, after));
    assertTrue(out.toString().contains("1 slower, 0 faster, 24 same, 0 undecided"), out::toString);
    String row =
        out.toString()
            .lines()
            .filter(l -> l.startsWith("forward lstm-t3n2c5h8 cpu "))
            .findFirst()
            .orElseThrow();
    assertTrue(row.endsWith("slower"), row);
    assertEquals(0, compare(after, before), "the other way round it is faster");
    assertTrue(out.toString().contains("0 slower, 1 faster, 24 same"), out::toString);
  }

  @Test
  void noiseAloneIsNoRegression() throws IOException {
    Path before = file("a", 1, 0.3, -1, 1);
    for (int seed = 2; seed < 22; seed++) {
      assertEquals(0, compare(before, file("b", seed, 0.3, -1, 1)), "seed " + seed + "\n" + out);
    }
  }

  @Test
  void aMachineThatBecameSlowerIsNoRegression() throws IOException {
    Path before = file("a", 1, 0.05, -1, 1, 1.0);
    assertEquals(0, compare(before, file("b", 2, 0.05, -1, 1, 1.4)));
    assertTrue(out.toString().contains("0 slower, 0 faster, 0 same, 25 undecided"), out::toString);
    assertTrue(out.toString().contains(" +40.0%  undecided"), out::toString);
    assertEquals(0, compare(before, file("c", 3, 0.05, -1, 1, 1.0)));
    assertTrue(out.toString().contains("0 slower, 0 faster, 25 same"), out::toString);
  }

  @Test
  void aSlowDownIsSeenOnAMachineThatChangedToo() throws IOException {
    Path before = file("a", 1, 0.05, -1, 1, 1.0);
    assertEquals(CompareCommand.SLOWER, compare(before, file("b", 2, 0.05, 7, 1.2, 1.0)));
    assertTrue(out.toString().contains("1 slower, 0 faster, 24 same"), out::toString);
    assertEquals(CompareCommand.SLOWER, compare(before, file("c", 3, 0.05, 7, 1.3, 1.1)));
    // Twice the work on a machine twice as fast may be either.
    assertEquals(0, compare(before, file("d", 4, 0.05, 7, 2.0, 0.5)));
    assertTrue(out.toString().contains("0 slower, 0 faster, 0 same, 25 undecided"), out::toString);
  }

  @Test
  void filesWithoutTheMachinesSpeedAreComparedByTimeAlone() throws IOException {
    Path before = file("a", 1, 0.05, -1, 1);
    assertEquals(CompareCommand.SLOWER, compare(before, file("b", 2, 0.05, 7, 1.3, 1.3)));
  }

  @Test
  void aClearChangeBelowTheThresholdIsTheSame() throws IOException {
    Path before = file("a", 1, 0.001, -1, 1);
    Path after = file("b", 2, 0.001, 3, 1.03);
    assertEquals(0, compare(before, after));
    assertEquals(CompareCommand.SLOWER, compare(before, after, "--threshold=0.01"));
    assertEquals(2, compare(before, after, "--threshold=-1"));
  }

  @Test
  void tooFewIterationsAreUndecided() throws IOException {
    Path before = one("a", 1.0, 2);
    Path after = one("b", 9.0, 2);
    assertEquals(0, compare(before, after));
    assertTrue(out.toString().contains("1 undecided"), out::toString);
  }

  private Path one(String name, double millis, int iterations) throws IOException {
    Combination of = ResultsFixture.on("plan", "lstm-t3n2c5h7", "cpu");
    Round r = ResultsFixture.round(of, 0, millis, 0.01, new Random(1));
    List<Double> few = r.iterationMillis().subList(0, iterations);
    Round cut =
        new Round(
            of,
            0,
            "",
            "",
            "",
            few,
            iterations,
            millis,
            millis,
            millis,
            millis,
            millis,
            null,
            null,
            null,
            null);
    Path file = folder.resolve(name);
    ResultsFile.write(file, ResultsFixture.results(List.of(cut)));
    return file;
  }

  @Test
  void filesThatCannotBeComparedAreRefusedInOneLine() throws IOException {
    Path a = file("a", 1, 0.05, -1, 1);
    String text = Files.readString(a);
    refused(a, text.replace("results/2", "results/9"), "got schema");
    refused(a, text.replace("c5h25", "c5h26"), "same set of shapes");
    refused(
        a,
        text.replace("\"backend\": \"cpu\"", "\"backend\": \"cuda\""),
        "same set of combinations");
    refused(a, text.replace("\"quick\"", "\"full\""), "same profile");
    refused(a, text.substring(0, text.length() / 2), "cut off");
    refused(a, text.replaceFirst("\"planned\": 50", "\"planned\": 60"), "got 50 of 60 rounds");
    refused(a, text.replaceFirst("\"cpu\": \"[^\"]*\"", "\"cpu\": \"Z80\""), "same CPU");
    refused(a, text.replace("\"jdk\"", "\"j\""), "without results or environment");
  }

  private void refused(Path a, String text, String expected) throws IOException {
    Path b = folder.resolve("bad");
    Files.writeString(b, text);
    err.getBuffer().setLength(0);
    assertEquals(1, compare(a, b));
    assertTrue(err.toString().contains(expected), err::toString);
    assertFalse(err.toString().strip().contains("\n"), err::toString);
  }

  @Test
  void theFixtureIsReadBack() throws IOException {
    Results r = ResultsFile.read(file("a", 1, 0.05, -1, 1));
    assertEquals(COMBINATIONS, r.byCombination().size());
  }
}
