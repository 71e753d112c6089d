package org.recurrentops.examples;

import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.recurrentops.RecurrentOpsException;
import org.recurrentops.program.Launcher;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.ParameterException;

/** The examples' entry point: one subcommand per idea. */
@Command(
    name = "recurrent-examples",
    description = "Recurrent networks that train on this machine, on the best backend there is.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    scope = CommandLine.ScopeType.INHERIT,
    subcommands = {
      HelloCommand.class,
      CharsCommand.class,
      ShapesCommand.class,
      EmbedCommand.class,
      ForecastCommand.class,
      ClassifyCommand.class,
      TagCommand.class,
      MemoryCommand.class,
      TranslateCommand.class,
      CaptionCommand.class
    })
public final class Main implements Runnable {
  private static final String LOG_FORMAT = "java.util.logging.SimpleFormatter.format";

  private static final Set<String> QUICK = Set.of("--help", "-h", "--version", "-V", "help");

  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  /**
   * Runs in a JVM fit for it (see {@link Launcher}) and ends the process.
   *
   * @param args subcommand and options
   */
  public static void main(String[] args) {
    System.setProperty("java.awt.headless", "true");
    if (System.getProperty(LOG_FORMAT) == null) {
      System.setProperty(LOG_FORMAT, "%5$s%n");
    }
    List<String> given = ManagementFactory.getRuntimeMXBean().getInputArguments();
    Launcher launcher = new Launcher("recurrentops.examples", Main.class, given);
    Integer launched = needsDevice(args) ? launcher.relaunch(args, memory(given)) : null;
    if (launched != null) {
      System.exit(launched);
    }
    launcher.endWithParent();
    int code =
        run(
            args,
            new PrintWriter(new java.io.OutputStreamWriter(System.out, charset("stdout")), true),
            new PrintWriter(new java.io.OutputStreamWriter(System.err, charset("stderr")), true));
    System.exit(code);
  }

  private static boolean needsDevice(String[] args) {
    return args.length > 0 && List.of(args).stream().noneMatch(QUICK::contains);
  }

  /** More of the machine's memory than Java takes by itself, if the caller did not say. */
  private static List<String> memory(List<String> given) {
    return given.stream().anyMatch(o -> o.startsWith("-Xmx") || o.contains("MaxRAMPercentage"))
        ? List.of()
        : List.of("-XX:MaxRAMPercentage=60");
  }

  private static Charset charset(String stream) {
    String name = System.getProperty(stream + ".encoding");
    if (name == null || !Charset.isSupported(name)) {
      return StandardCharsets.UTF_8;
    }
    Charset c = Charset.forName(name);
    return c.equals(StandardCharsets.US_ASCII) ? StandardCharsets.UTF_8 : c;
  }

  /**
   * Runs within this process.
   *
   * @param args subcommand and options
   * @param out results
   * @param err progress and errors
   * @return 0, 1 after a failure, 2 after wrong usage
   */
  public static int run(String[] args, PrintWriter out, PrintWriter err) {
    int code;
    try {
      code = commandLine(out, err).execute(args);
    } catch (OutOfMemoryError e) {
      err.println(
          "error: out of memory ("
              + e.getMessage()
              + "); lower the sizes or give more heap (java -Xmx…)");
      code = 1;
    }
    out.flush();
    err.flush();
    Interruption.letGo();
    return code;
  }

  private static CommandLine commandLine(PrintWriter out, PrintWriter err) {
    return new CommandLine(new Main())
        .setOut(out)
        .setErr(err)
        .setParameterExceptionHandler(Main::explainUsage)
        .setExecutionExceptionHandler((e, line, result) -> explain(e, line.getErr()));
  }

  private static int explainUsage(ParameterException e, String[] args) {
    String command = e.getCommandLine().getCommandSpec().qualifiedName();
    e.getCommandLine().getErr().println("error: " + oneLine(e) + " (see " + command + " --help)");
    return 2;
  }

  private static int explain(Exception e, PrintWriter err) {
    if (Boolean.getBoolean("recurrentops.examples.trace")) {
      e.printStackTrace(err);
    }
    boolean expected = e instanceof CommandException || e instanceof RecurrentOpsException;
    String what =
        expected ? oneLine(e) : "unexpected " + e.getClass().getName() + ": " + oneLine(e);
    err.println(
        "error: "
            + what
            + (expected ? "" : " (-Drecurrentops.examples.trace=true shows where; please report)"));
    return e instanceof CommandException ? ((CommandException) e).exitCode() : 1;
  }

  private static String oneLine(Exception e) {
    String message = e.getMessage() == null ? e.toString() : e.getMessage();
    return message.strip().replaceAll("\\s*\\R\\s*", " ");
  }

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  /** Reads the version that the build wrote into the manifest. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String v = Main.class.getPackage().getImplementationVersion();
      return new String[] {"recurrent-examples " + (v == null ? "(not packaged)" : v)};
    }
  }
}
