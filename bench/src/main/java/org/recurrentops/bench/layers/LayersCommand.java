package org.recurrentops.bench.layers;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.recurrentops.PlanOptions;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Times one recurrent layer on several backends in turns. */
@Command(
    name = "layers",
    sortOptions = false,
    header = "Times a few layers on several backends, for figures to quote.",
    description =
        "Times one recurrent layer, forward and as a training step, on several backends in "
            + "turns. Every combination runs in a JVM of its own, once per round; results are "
            + "checked first. Writes layers.json and layers.md into <out>/<date>-<machine>, "
            + "replacing older ones.",
    mixinStandardHelpOptions = true)
public final class LayersCommand implements Callable<Integer> {
  @Option(
      names = "--backend",
      split = ",",
      defaultValue = "cpu,opencl",
      description = "Backends or devices (default: ${DEFAULT-VALUE}).")
  private List<String> backends;

  @Option(
      names = "--shape",
      split = ",",
      description = "Shapes such as lstm-t50n32c512h512 (default: three of them).")
  private List<String> shapes = LayerShape.SMALL;

  @Option(
      names = "--pass",
      split = ",",
      defaultValue = "forward,training",
      description = "forward, training or both (default: ${DEFAULT-VALUE}).")
  private List<Pass> passes;

  @Option(
      names = "--algorithm",
      defaultValue = PlanOptions.AUTO,
      description = "What the plan is asked for (default: ${DEFAULT-VALUE}).")
  private String algorithm;

  @Option(
      names = "--rounds",
      defaultValue = "2",
      description = "JVMs per combination (default: ${DEFAULT-VALUE}).")
  private int rounds;

  @Option(
      names = "--warmups",
      defaultValue = "2",
      description = "Iterations not counted, per JVM (default: ${DEFAULT-VALUE}).")
  private int warmups;

  @Option(
      names = "--iterations",
      defaultValue = "3",
      description = "Iterations counted, per JVM (default: ${DEFAULT-VALUE}).")
  private int iterations;

  @Option(
      names = "--millis",
      defaultValue = "1000",
      description = "Length of an iteration (default: ${DEFAULT-VALUE}).")
  private long millis;

  @Option(
      names = "--out",
      defaultValue = "bench/results",
      description = "Folder of the results (default: ${DEFAULT-VALUE}).")
  private Path out;

  @Option(
      names = "--machine",
      description = "Class of machine (default: such as linux-amd64-2cpu).")
  private String machine;

  @Option(names = "--in-process", hidden = true, description = "No JVM of its own, for tests.")
  private boolean inProcess;

  @Spec private CommandSpec spec;

  /** For picocli. */
  public LayersCommand() {}

  @Override
  public Integer call() throws IOException {
    List<LayerRun> runs = LayerRun.interleaved(parsedShapes(), passes, backends, algorithm);
    if (rounds < 1 || warmups < 0 || iterations < 1 || millis < 1) {
      throw usage("expected --rounds, --iterations and --millis ≥ 1, --warmups ≥ 0");
    }
    // Before any time is spent.
    backends.forEach(name -> NamedDevice.open(name).close());
    Environment environment = Environment.of(command());
    String name = machine == null ? environment.machineClass() : machine;
    Path folder = Files.createDirectories(out.resolve(environment.date() + "-" + name));

    LayerReport report = new LayerReport(environment, measure(runs));
    report.write(folder);
    PrintWriter print = spec.commandLine().getOut();
    print.print(report.table());
    print.println();
    print.println("written: " + folder.resolve("layers.md") + " and layers.json");
    print.flush();
    return CommandLine.ExitCode.OK;
  }

  private List<LayerShape> parsedShapes() {
    try {
      return shapes.stream().map(LayerShape::parse).toList();
    } catch (IllegalArgumentException e) {
      throw usage(e.getMessage());
    }
  }

  private ParameterException usage(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  private List<LayerResult> measure(List<LayerRun> runs) throws IOException {
    JmhFork fork = new JmhFork(warmups, iterations, millis, !inProcess);
    Map<LayerRun, double[]> samples = new HashMap<>();
    Map<LayerRun, RunNote> notes = new HashMap<>();
    for (int round = 0; round < rounds; round++) {
      for (LayerRun run : runs) {
        progress(round * runs.size() + runs.indexOf(run) + 1, rounds * runs.size(), run);
        JmhFork.Times times = fork.time(run);
        notes.merge(run, times.note(), LayersCommand::sameOrBoth);
        samples.merge(run, times.millis(), LayersCommand::joined);
      }
    }
    List<LayerResult> results = new ArrayList<>();
    for (LayerRun run : runs) {
      results.add(LayerResult.of(run, notes.get(run), samples.get(run)));
    }
    return results;
  }

  /** Rounds may choose different algorithms; the table then names both. */
  private static RunNote sameOrBoth(RunNote a, RunNote b) {
    return List.of(a.algorithm().split(", ")).contains(b.algorithm())
        ? a
        : new RunNote(
            a.device(), a.algorithm() + ", " + b.algorithm(), a.plan(), a.planBytes(), null);
  }

  private static double[] joined(double[] a, double[] b) {
    double[] both = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, both, a.length, b.length);
    return both;
  }

  private void progress(int now, int all, LayerRun run) {
    PrintWriter err = spec.commandLine().getErr();
    err.println("[" + now + "/" + all + "] " + run);
    err.flush();
  }

  /** The command without the folders of this machine. */
  private String command() {
    return String.join(
        " ",
        "java -jar bench/target/recurrent-bench.jar layers",
        "--backend " + String.join(",", backends),
        "--shape " + String.join(",", shapes),
        "--pass " + String.join(",", passes.stream().map(Pass::toString).toList()),
        "--algorithm " + algorithm,
        "--rounds " + rounds,
        "--warmups " + warmups,
        "--iterations " + iterations,
        "--millis " + millis);
  }
}
