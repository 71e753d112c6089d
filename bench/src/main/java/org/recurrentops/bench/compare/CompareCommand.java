package org.recurrentops.bench.compare;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.recurrentops.bench.run.Measured;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Says what became slower or faster between two files of results. */
@Command(
    name = "compare",
    header = "Says what became slower or faster between two results.",
    description =
        "Compares two files that `run` wrote. A change counts if the 95%% intervals of the "
            + "medians do not overlap and it exceeds the threshold, in time and in units of "
            + "what fixed work on the CPU took at the same time ('machine' is how that changed); "
            + "what only one of both shows is undecided. Exit code 0 if nothing is "
            + "slower, 3 if something is, 1 if the files cannot be compared, 2 for wrong usage.",
    mixinStandardHelpOptions = true)
public final class CompareCommand implements Callable<Integer> {
  /** Exit code of a regression. */
  public static final int SLOWER = 3;

  @Parameters(index = "0", description = "Results from before.")
  private Path before;

  @Parameters(index = "1", description = "Results from after.")
  private Path after;

  @Option(
      names = "--threshold",
      defaultValue = "0.05",
      description = "Relative change that counts (default: ${DEFAULT-VALUE}).")
  private double threshold;

  @Spec private CommandSpec spec;

  /** For picocli. */
  public CompareCommand() {}

  @Override
  public Integer call() throws IOException {
    if (!(threshold >= 0 && threshold < 10)) {
      throw new ParameterException(
          spec.commandLine(), "--threshold: expected 0 to 10, got " + threshold);
    }
    List<Verdict> verdicts = Comparison.of(before, after, threshold);
    PrintWriter out = spec.commandLine().getOut();
    out.printf(
        Locale.ROOT,
        "%-46s %-26s %-26s %7s %8s%n",
        "",
        "before, ms",
        "after, ms",
        "change",
        "machine");
    for (Verdict v : verdicts) {
      out.printf(
          Locale.ROOT,
          "%-46s %-26s %-26s %+6.1f%% %8s  %s%n",
          v.of(),
          text(v.before()),
          text(v.after()),
          100 * (v.ratio() - 1),
          percent(v.machineRatio()),
          v.outcome().name().toLowerCase(Locale.ROOT));
    }
    long slower = count(verdicts, Verdict.Outcome.SLOWER);
    out.printf(
        "%d compared: %d slower, %d faster, %d same, %d undecided%n",
        verdicts.size(),
        slower,
        count(verdicts, Verdict.Outcome.FASTER),
        count(verdicts, Verdict.Outcome.SAME),
        count(verdicts, Verdict.Outcome.UNDECIDED));
    out.flush();
    return slower == 0 ? CommandLine.ExitCode.OK : SLOWER;
  }

  private static long count(List<Verdict> verdicts, Verdict.Outcome outcome) {
    return verdicts.stream().filter(v -> v.outcome() == outcome).count();
  }

  private static String percent(double ratio) {
    return Double.isNaN(ratio) ? "" : String.format(Locale.ROOT, "%+.1f%%", 100 * (ratio - 1));
  }

  private static String text(Measured m) {
    return String.format(Locale.ROOT, "%.4g (%.4g to %.4g)", m.median(), m.low(), m.high());
  }
}
