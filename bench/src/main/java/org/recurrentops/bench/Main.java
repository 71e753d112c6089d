package org.recurrentops.bench;

import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.recurrentops.bench.compare.CompareCommand;
import org.recurrentops.bench.conformance.ConformanceCommand;
import org.recurrentops.bench.layers.GpuResultCommand;
import org.recurrentops.bench.layers.LayersCommand;
import org.recurrentops.bench.layers.PredictCommand;
import org.recurrentops.bench.layers.TableCommand;
import org.recurrentops.bench.probe.ProbeCommand;
import org.recurrentops.bench.report.ReportCommand;
import org.recurrentops.bench.run.RunCommand;
import org.recurrentops.program.Launcher;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Command line of {@code recurrent-bench.jar}. Exit codes: 0 done, 1 failed, 2 wrong usage. */
@Command(
    name = "recurrent-bench",
    description = "Looks at the machine's devices and measures RecurrentOps on them.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    subcommands = {
      Doctor.class,
      ConformanceCommand.class,
      LayersCommand.class,
      TableCommand.class,
      PredictCommand.class,
      ProbeCommand.class,
      GpuResultCommand.class,
      RunCommand.class,
      ReportCommand.class,
      CompareCommand.class,
      JmhCommand.class
    })
public final class Main implements Callable<Integer> {
  private static final String LOG_FORMAT = "java.util.logging.SimpleFormatter.format";

  /** The doctor is not among them: it describes the JVM that it was started in. */
  private static final Set<String> OPENS_DEVICES =
      Set.of("conformance", "layers", "table", "probe", "run", "jmh");

  @Spec private CommandSpec spec;

  private Main() {}

  @Override
  public Integer call() {
    spec.commandLine().usage(spec.commandLine().getErr());
    return CommandLine.ExitCode.USAGE;
  }

  /**
   * Runs a subcommand, those that open devices in a JVM fit for it (see {@link Launcher}).
   *
   * @param args the subcommand and its options
   */
  public static void main(String[] args) {
    if (System.getProperty(LOG_FORMAT) == null) {
      System.setProperty(LOG_FORMAT, "%5$s%n");
    }
    List<String> given = ManagementFactory.getRuntimeMXBean().getInputArguments();
    Launcher launcher = new Launcher("recurrentops.bench", Main.class, given);
    boolean opens = args.length > 0 && OPENS_DEVICES.contains(args[0]);
    Integer launched = opens ? launcher.relaunch(args, quietUnsafe()) : null;
    if (launched != null) {
      System.exit(launched);
    }
    launcher.endWithParent();
    System.exit(commandLine().execute(args));
  }

  /** JMH uses sun.misc.Unsafe, of which newer JDKs complain. */
  private static List<String> quietUnsafe() {
    return Runtime.version().feature() >= 24
        ? List.of("--sun-misc-unsafe-memory-access=allow")
        : List.of();
  }

  static CommandLine commandLine() {
    return new CommandLine(new Main())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExecutionExceptionHandler(Main::failed);
  }

  /** One line instead of a stack trace. */
  private static int failed(Exception e, CommandLine command, CommandLine.ParseResult parsed) {
    PrintWriter err = command.getErr();
    err.println(command.getCommandName() + ": " + (e.getMessage() == null ? e : e.getMessage()));
    err.flush();
    return CommandLine.ExitCode.SOFTWARE;
  }

  /** The version that the build writes into the manifest. */
  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"RecurrentOps " + Main.version()};
    }
  }

  static String version() {
    String version = Main.class.getPackage().getImplementationVersion();
    return version == null ? "(unpackaged)" : version;
  }
}
