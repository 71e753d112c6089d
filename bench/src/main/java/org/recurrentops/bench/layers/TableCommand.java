package org.recurrentops.bench.layers;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.recurrentops.Backends;
import org.recurrentops.DeviceKind;
import org.recurrentops.MathMode;
import org.recurrentops.PlanOptions;
import org.recurrentops.RecurrentOps;
import org.recurrentops.RecurrentOpsException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Times every algorithm of one device on a list of shapes, in this JVM and within a time limit. */
@Command(
    name = "table",
    sortOptions = false,
    header = "Times every algorithm of one device on a list of shapes.",
    description =
        "All in this JVM and within a time limit, meant for lent GPUs: no JVM per "
            + "combination, and a second run goes on where the first one stopped. Each "
            + "combination is checked against float64 before it is timed.",
    mixinStandardHelpOptions = true)
public final class TableCommand implements Callable<Integer> {
  private static final String CLUSTER = "recurrentops.gpu.cluster";

  @Option(names = "--device", required = true, description = "Such as cuda or cuda:0.")
  private String device;

  @Option(
      names = "--list",
      split = ",",
      defaultValue = "deepbench-training",
      description =
          "small, persistent, deepbench-training, deepbench-inference, the last two with -recurrent"
              + ", or files (default: ${DEFAULT-VALUE}).")
  private List<String> lists;

  @Option(
      names = "--pass",
      split = ",",
      defaultValue = "forward,training",
      description = "forward, training or both (default: ${DEFAULT-VALUE}).")
  private List<Pass> passes;

  @Option(
      names = "--mode",
      split = ",",
      defaultValue = "FP32",
      description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private List<MathMode> modes;

  @Option(
      names = "--algorithm",
      split = ",",
      description =
          "Algorithms; one-cluster:8 is one-cluster in clusters of eight blocks (default: each "
              + "that the device offers, and auto).")
  private List<String> algorithms;

  @Option(
      names = "--millis",
      defaultValue = "200",
      description = "Timed calls per combination (default: ${DEFAULT-VALUE}).")
  private double millis;

  @Option(
      names = "--limit-seconds",
      defaultValue = "540",
      description = "Starts no combination after that (default: ${DEFAULT-VALUE}).")
  private long limitSeconds;

  @Option(
      names = "--out",
      defaultValue = "table.json",
      description = "Result file, continued if it exists (default: ${DEFAULT-VALUE}).")
  private Path out;

  @Option(
      names = "--outputs",
      description = "Folder for y of the checked steps, as raw float32, for comparisons elsewhere.")
  private Path outputs;

  @Option(
      names = "--untimed",
      description = "Only check, as on an emulated device, which is never timed.")
  private boolean untimed;

  @Spec private CommandSpec spec;

  /** For picocli. */
  public TableCommand() {}

  @Override
  public Integer call() throws IOException {
    List<LayerShape> shapes = shapes();
    long end = System.nanoTime() + limitSeconds * 1_000_000_000L;
    int failed = 0;
    try (RecurrentOps ops = open()) {
      TableFile file =
          new TableFile(out, Environment.of(command()), ops.device().name(), ops.device().detail());
      List<TableEntry.Key> keys = keys(shapes, ops);
      float[] weights = null;
      LayerShape of = null;
      for (int i = 0; i < keys.size(); i++) {
        TableEntry.Key key = keys.get(i);
        if (file.has(key)) {
          continue;
        }
        if (System.nanoTime() > end) {
          say(
              String.format(
                  "time is up: %d of %d combinations left", keys.size() - i, keys.size()));
          break;
        }
        if (!key.shape().equals(of)) {
          of = key.shape();
          weights = TableCell.weights(of);
        }
        TableEntry entry = inClusters(ops, key, weights);
        failed += entry.status().equals("failed") ? 1 : 0;
        say(line(i + 1, keys.size(), entry));
        file.add(entry);
      }
    }
    say("written: " + out);
    return failed == 0 ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
  }

  private RecurrentOps open() {
    if (!untimed) {
      return NamedDevice.open(device);
    }
    RecurrentOps ops = Backends.open(device);
    if (ops.device().kind() == DeviceKind.SOFTWARE) {
      say("not timed: " + ops.device().name());
    }
    return ops;
  }

  private List<LayerShape> shapes() {
    try {
      return lists.stream().flatMap(name -> ShapeList.read(name).stream()).distinct().toList();
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage());
    }
  }

  private List<TableEntry.Key> keys(List<LayerShape> shapes, RecurrentOps ops) {
    List<String> names = new ArrayList<>();
    if (algorithms == null) {
      names.addAll(ops.algorithms());
      names.add(PlanOptions.AUTO);
    } else {
      names.addAll(algorithms);
    }
    List<TableEntry.Key> keys = new ArrayList<>();
    for (LayerShape shape : shapes) {
      for (Pass pass : passes) {
        for (MathMode mode : modes) {
          names.forEach(name -> keys.add(new TableEntry.Key(shape, pass, mode, name)));
        }
      }
    }
    return keys;
  }

  /** Plans take the size of clusters from a property. */
  private TableEntry inClusters(RecurrentOps ops, TableEntry.Key key, float[] weights)
      throws IOException {
    if (key.cluster() == null) {
      return measure(ops, key, weights);
    }
    String before = System.getProperty(CLUSTER);
    System.setProperty(CLUSTER, key.cluster());
    try {
      return measure(ops, key, weights);
    } finally {
      if (before == null) {
        System.clearProperty(CLUSTER);
      } else {
        System.setProperty(CLUSTER, before);
      }
    }
  }

  private TableEntry measure(RecurrentOps ops, TableEntry.Key key, float[] weights)
      throws IOException {
    TableCell cell = new TableCell(ops, key);
    Optional<String> refusal = ops.refusal(key.shape().spec(), cell.options(key.shape()));
    if (refusal.isPresent()) {
      return key.without("refused", refusal.get());
    }
    try {
      float[] y = cell.check(weights);
      write(key, y);
      return untimed ? cell.untimed() : cell.time(weights, millis);
    } catch (RecurrentOpsException | IllegalStateException e) {
      return key.without("failed", e.getMessage());
    }
  }

  /** Little-endian float32 [T,N,H], once per shape and mode. */
  private void write(TableEntry.Key key, float[] y) throws IOException {
    if (outputs == null) {
      return;
    }
    Files.createDirectories(outputs);
    ByteBuffer bytes = ByteBuffer.allocate(4 * y.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(y);
    Files.write(outputs.resolve(key.shape() + "." + key.mode() + ".y"), bytes.array());
  }

  private static String line(int now, int all, TableEntry e) {
    String what =
        e.status().equals("timed")
            ? String.format(Locale.ROOT, "%.3f ms, %.0f GFLOP/s", e.medianMillis(), e.gflops())
            : e.status() + ": " + e.reason().lines().findFirst().orElse("");
    return String.format(
        "[%d/%d] %s %s %s %s: %s", now, all, e.shape(), e.pass(), e.mode(), e.algorithm(), what);
  }

  private void say(String line) {
    PrintWriter print = spec.commandLine().getOut();
    print.println(line);
    print.flush();
  }

  private String command() {
    return String.join(
        " ",
        "java -jar bench/target/recurrent-bench.jar table",
        "--device " + device,
        "--list " + String.join(",", lists),
        "--pass " + String.join(",", passes.stream().map(Pass::toString).toList()),
        "--mode " + String.join(",", modes.stream().map(MathMode::toString).toList()),
        "--millis " + millis);
  }
}
