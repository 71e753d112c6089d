package org.recurrentops.bench.run;

import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.recurrentops.Backends;
import org.recurrentops.DeviceKind;
import org.recurrentops.MathMode;
import org.recurrentops.PlanOptions;
import org.recurrentops.bench.layers.Environment;
import org.recurrentops.bench.layers.LayerShape;
import org.recurrentops.bench.layers.NamedDevice;
import org.recurrentops.bench.layers.Recompute;
import org.recurrentops.bench.layers.ShapeList;
import org.recurrentops.program.Terminal;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Measures this machine's backends and keeps the results in a file. */
@Command(
    name = "run",
    sortOptions = false,
    header = "Measures this machine's backends and keeps the results.",
    description =
        "Measures layers, streams, plans, copies and products on this machine's backends in "
            + "turns, each combination in a JVM of its own; results are checked against float64 "
            + "first. Every result is kept at once in <out>; the same command goes on where it "
            + "was stopped. Exit code 0 if all was measured, 1 if something failed, 2 for wrong "
            + "usage.",
    mixinStandardHelpOptions = true)
public final class RunCommand implements Callable<Integer> {
  @Option(
      names = "--profile",
      defaultValue = "quick",
      description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private Profile profile;

  @Option(
      names = "--backend",
      split = ",",
      description = "Backends or devices (default: each backend that has a device here).")
  private List<String> backends;

  @Option(
      names = "--what",
      split = ",",
      description = "${COMPLETION-CANDIDATES} (default: all of them).")
  private List<What> whats = List.of(What.values());

  @Option(
      names = "--shape",
      split = ",",
      description = "Shapes such as lstm-t50n32c512h512 instead of the profile's.")
  private List<String> shapes;

  @Option(
      names = "--list",
      split = ",",
      description =
          "small, persistent, deepbench-training, deepbench-inference, the last two with -recurrent"
              + ", or files of shapes, instead of the"
              + " profile's.")
  private List<String> lists;

  @Option(
      names = "--algorithm",
      split = ",",
      defaultValue = PlanOptions.AUTO,
      description = "What plans are asked for (default: ${DEFAULT-VALUE}).")
  private List<String> algorithms;

  @Option(
      names = "--mode",
      split = ",",
      defaultValue = "FP32",
      description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private List<MathMode> modes;

  @Option(
      names = "--threads",
      split = ",",
      description =
          "Threads of the CPU backend and of peers, 0 for one per processor (default: 0, and 1 as"
              + " well for scaling).")
  private List<Integer> threads;

  @Option(
      names = "--recompute",
      split = ",",
      description =
          "Steps that training computes again at a time, 0 to keep everything, or sqrt"
              + " (default: 0, and sqrt as well for scaling).")
  private List<String> recompute;

  @Option(
      names = "--rounds",
      description =
          "How often each combination has its turn, in a new JVM (default: as many as the profile"
              + " says).")
  private Integer rounds;

  @Option(
      names = "--out",
      defaultValue = "results.json",
      description = "File of the results, continued if it exists (default: ${DEFAULT-VALUE}).")
  private Path out;

  @Option(names = "--in-process", hidden = true, description = "No JVM of its own, for tests.")
  private boolean inProcess;

  @Option(names = "--tiny", hidden = true, description = "One short iteration, for tests.")
  private boolean tiny;

  @Spec private CommandSpec spec;

  /** For picocli. */
  public RunCommand() {}

  @Override
  public Integer call() throws IOException {
    List<LayerShape> asked = askedShapes();
    if (backends == null) {
      backends = availableBackends();
    }
    // Before any time is spent.
    backends.forEach(RunCommand::requireHere);
    if (threads == null) {
      threads = profile.threads();
    } else if (threads.stream().anyMatch(count -> count < 0)) {
      throw new ParameterException(
          spec.commandLine(), "--threads: expected 0 (one per processor) or more, got " + threads);
    }
    if (rounds == null) {
      rounds = tiny ? 1 : profile.rounds();
    } else if (rounds < 1) {
      throw new ParameterException(
          spec.commandLine(), "--rounds: expected 1 or more, got " + rounds);
    }
    List<Combination> combinations =
        new Selection(profile, whats, asked, backends, algorithms, modes, threads, kept())
            .combinations();
    if (combinations.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(),
          "--what: expected what this profile and these backends have, got "
              + whats
              + ", for which there is nothing to measure; name a --shape");
    }
    Results results = withOthers(begin(rounds * combinations.size()), combinations);
    JmhRun jmh = tiny ? new JmhRun(0, 1, 10, !inProcess) : profile.jmh(!inProcess);
    int failed = measure(combinations, results, jmh);
    say("written: " + out + ", next: report " + out);
    return failed == 0 ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
  }

  /** Keeping everything is an empty text in the results. */
  private List<String> kept() {
    if (recompute == null) {
      return profile.recompute();
    }
    try {
      recompute.forEach(text -> Recompute.steps(text, 1));
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), "--" + e.getMessage());
    }
    return recompute.stream().map(text -> text.matches("0+") ? "" : text).toList();
  }

  private static void requireHere(String name) {
    if (!Combination.PEERS.contains(name)) {
      NamedDevice.open(name).close();
    } else if (!Combination.peersAreHere()) {
      throw new IllegalArgumentException(
          "backend: "
              + name
              + " is a peer, and this class path has none; build with -Ppeers and start it as"
              + " bench/README.md says");
    }
  }

  private List<LayerShape> askedShapes() {
    if (shapes == null && lists == null) {
      return null;
    }
    List<LayerShape> asked = new ArrayList<>();
    try {
      if (shapes != null) {
        shapes.forEach(text -> asked.add(LayerShape.parse(text)));
      }
      if (lists != null) {
        lists.forEach(name -> asked.addAll(ShapeList.read(name)));
      }
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage());
    }
    return asked;
  }

  private static List<String> availableBackends() {
    return Backends.report().entries().stream()
        .filter(e -> e.result().isAvailable())
        .filter(e -> e.result().devices().stream().anyMatch(d -> d.kind() != DeviceKind.SOFTWARE))
        .map(e -> e.backend())
        .toList();
  }

  private Results begin(int planned) throws IOException {
    Environment now = Environment.of(command());
    String version = version();
    String settings = tiny ? "tiny" : profile.settings(rounds);
    Results fresh =
        new Results(ResultsFile.SCHEMA, version, settings, now, planned, new ArrayList<>());
    if (!Files.exists(out)) {
      return fresh;
    }
    Results old = ResultsFile.read(out);
    Environment then = old.environment();
    if (!old.settings().equals(settings)
        || !old.version().equals(version)
        || !then.commit().equals(now.commit())
        || !then.jdk().equals(now.jdk())
        || !then.cpu().equals(now.cpu())) {
      throw new IOException(
          String.format(
              "%s: expected results of this version, commit, JDK, CPU and profile to go on with"
                  + " (%s %s, %s), got %s %s, %s; name another --out or delete it",
              out, version, now.commit(), settings, old.version(), then.commit(), old.settings()));
    }
    fresh.rounds().addAll(old.rounds());
    return fresh;
  }

  /** Rounds of other combinations that the file holds already stay in it. */
  private static Results withOthers(Results r, List<Combination> now) {
    long others = r.rounds().stream().filter(round -> !now.contains(round.of())).count();
    int planned = Math.toIntExact(r.planned() + others);
    return new Results(r.schema(), r.version(), r.settings(), r.environment(), planned, r.rounds());
  }

  private int measure(List<Combination> all, Results results, JmhRun jmh) throws IOException {
    Set<String> kept =
        results.rounds().stream().map(r -> r.number() + " " + r.of()).collect(Collectors.toSet());
    int done =
        (int)
            all.stream()
                .mapToLong(
                    c ->
                        java.util.stream.IntStream.range(0, rounds)
                            .filter(r -> kept.contains(r + " " + c))
                            .count())
                .sum();
    PrintWriter err = spec.commandLine().getErr();
    int failed = 0;
    try (Progress progress = new Progress(err, Terminal.canRedraw(), rounds * all.size(), done)) {
      for (int round = 0; round < rounds; round++) {
        for (Combination c : inTurns(all, round)) {
          if (kept.contains(round + " " + c)) {
            continue;
          }
          progress.next(done++, c.toString());
          Round measured;
          try {
            measured = jmh.measure(c, round);
          } catch (IOException e) {
            failed++;
            progress.print("failed: " + c + ": " + e.getMessage());
            continue;
          }
          results.rounds().add(measured);
          ResultsFile.write(out, results);
        }
      }
      progress.next(done, failed == 0 ? "done" : failed + " failed, the others are kept");
    }
    return failed;
  }

  /** There and back, so that a machine that becomes slower favours none. */
  private static List<Combination> inTurns(List<Combination> all, int round) {
    List<Combination> turns = new ArrayList<>(all);
    if (round % 2 == 1) {
      Collections.reverse(turns);
    }
    return turns;
  }

  private void say(String line) {
    PrintWriter print = spec.commandLine().getOut();
    print.println(line);
    print.flush();
  }

  private static String version() {
    String version = RunCommand.class.getPackage().getImplementationVersion();
    return version == null ? "(unpackaged)" : version;
  }

  /** What the CPU backend was told; of files their names. */
  private static String properties() {
    return System.getProperties().stringPropertyNames().stream()
        .filter(name -> name.startsWith("recurrentops.cpu."))
        .sorted()
        .map(name -> " -D" + name + "=" + new File(System.getProperty(name)).getName())
        .collect(Collectors.joining());
  }

  /** The command without the folders of this machine. */
  private String command() {
    List<String> words = new ArrayList<>();
    words.add("java" + properties() + " -jar bench/target/recurrent-bench.jar run");
    words.add("--profile " + profile.name().toLowerCase(Locale.ROOT));
    words.add("--backend " + String.join(",", backends));
    words.add("--what " + whats.stream().map(What::toString).collect(Collectors.joining(",")));
    if (shapes != null) {
      words.add("--shape " + String.join(",", shapes));
    }
    if (lists != null) {
      words.add("--list " + String.join(",", lists));
    }
    words.add("--algorithm " + String.join(",", algorithms));
    words.add("--mode " + modes.stream().map(MathMode::name).collect(Collectors.joining(",")));
    words.add(
        "--threads " + threads.stream().map(String::valueOf).collect(Collectors.joining(",")));
    if (rounds != profile.rounds()) {
      words.add("--rounds " + rounds);
    }
    if (recompute != null) {
      words.add("--recompute " + String.join(",", recompute));
    }
    return String.join(" ", words);
  }
}
