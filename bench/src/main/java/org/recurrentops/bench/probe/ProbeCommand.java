package org.recurrentops.bench.probe;

import com.google.gson.GsonBuilder;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import org.recurrentops.Backends;
import org.recurrentops.DeviceInfo;
import org.recurrentops.DeviceKind;
import org.recurrentops.RecurrentOps;
import org.recurrentops.bench.layers.Environment;
import org.recurrentops.spi.HardwareProbes;
import org.recurrentops.spi.HardwareProbes.Finding;
import org.recurrentops.spi.HardwareProbes.Outcome;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Makes the experiments that a backend has for its devices. */
@Command(
    name = "probe",
    sortOptions = false,
    description = {
      "Makes a backend's experiments on a device: unit tests of the instructions that its kernels",
      "are built of, and the residency, latencies and rates that decide how fast they can be."
    },
    mixinStandardHelpOptions = true)
public final class ProbeCommand implements Callable<Integer> {
  /**
   * The result file.
   *
   * @param version of this layout
   * @param environment what it was made with
   * @param device name
   * @param detail more about it
   * @param entries the results in order
   */
  private record Content(
      int version, Environment environment, String device, String detail, List<Finding> entries) {}

  @Option(names = "--device", defaultValue = "cuda", description = "Default: ${DEFAULT-VALUE}.")
  private String device;

  @Option(
      names = "--out",
      defaultValue = "probes.json",
      description = "Result file (default: ${DEFAULT-VALUE}).")
  private Path out;

  @Option(
      names = "--untimed",
      description = "Only check results, as on an emulated device, which is never timed.")
  private boolean untimed;

  @Spec private CommandSpec spec;

  /** For picocli. */
  public ProbeCommand() {}

  @Override
  public Integer call() throws IOException {
    DeviceInfo info;
    try (RecurrentOps ops = Backends.open(device)) {
      info = ops.device();
    }
    if (info.kind() == DeviceKind.SOFTWARE && !untimed) {
      throw new ParameterException(
          spec.commandLine(),
          info.id() + " is an emulation for tests, which is never timed; add --untimed");
    }
    List<Finding> found = new ArrayList<>();
    probesOf(info.backend())
        .run(
            info.id(),
            !untimed,
            f -> {
              found.add(f);
              say(line(f));
            });
    String command = "java -jar bench/target/recurrent-bench.jar probe --device " + device;
    Content content = new Content(1, Environment.of(command), info.name(), info.detail(), found);
    Files.createDirectories(out.toAbsolutePath().getParent());
    Files.writeString(
        out,
        new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create().toJson(content)
            + "\n");
    say("written: " + out + ", " + counts(found));
    boolean wrong = found.stream().anyMatch(f -> f.outcome() == Outcome.WRONG);
    return wrong ? CommandLine.ExitCode.SOFTWARE : CommandLine.ExitCode.OK;
  }

  private HardwareProbes probesOf(String backend) {
    for (HardwareProbes probes : ServiceLoader.load(HardwareProbes.class)) {
      if (probes.backend().equals(backend)) {
        return probes;
      }
    }
    throw new ParameterException(
        spec.commandLine(), "--device: backend '" + backend + "' has no experiments");
  }

  private static String counts(List<Finding> found) {
    List<String> parts = new ArrayList<>();
    for (Outcome outcome : Outcome.values()) {
      long count = found.stream().filter(f -> f.outcome() == outcome).count();
      parts.add(count + " " + outcome.name().toLowerCase(Locale.ROOT));
    }
    return String.join(", ", parts);
  }

  private static String line(Finding f) {
    String what = f.outcome().name().toLowerCase(Locale.ROOT);
    if (f.outcome() == Outcome.MEASURED) {
      what = String.format(Locale.ROOT, "%.4g %s", f.value(), f.unit());
    }
    return f.probe() + ": " + what + (f.note().isEmpty() ? "" : " (" + f.note() + ")");
  }

  private void say(String line) {
    PrintWriter print = spec.commandLine().getOut();
    print.println(line);
    print.flush();
  }
}
