package org.recurrentops.bench.conformance;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.recurrentops.BackendUnavailableException;
import org.recurrentops.Backends;
import org.recurrentops.PlanOptions;
import org.recurrentops.RecurrentOps;
import org.recurrentops.formats.CaseFile;
import org.recurrentops.formats.CaseFormatException;
import org.recurrentops.formats.CaseResultWriter;
import org.recurrentops.formats.CaseVerdict;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs conformance cases on a device, so that an embedder can trust it. */
@Command(
    name = "conformance",
    header = "Runs a folder of conformance cases on a backend.",
    description =
        "Runs a folder of conformance cases (rnn-conformance/1 and PyTorch's) forward and "
            + "backward, writes a result file for each and prints the worst error of each in "
            + "scales of the case. Exit code 0 if every required case passed or was refused and "
            + "at least one passed, 1 if not, 2 for bad input.",
    mixinStandardHelpOptions = true)
public final class ConformanceCommand implements Callable<Integer> {
  @Option(
      names = "--backend",
      required = true,
      paramLabel = "ID",
      description = "cpu, opencl, cuda or a device such as opencl:0:1.")
  private String backend;

  @Option(
      names = "--cases",
      required = true,
      paramLabel = "DIR",
      description = "Folder of case files; all .json below it are read.")
  private Path cases;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Folder for <case name>.json results; made if absent.")
  private Path out;

  @Option(
      names = "--algorithm",
      defaultValue = PlanOptions.AUTO,
      paramLabel = "NAME",
      description = "Algorithm to force; ${DEFAULT-VALUE} by default.")
  private String algorithm;

  @Option(
      names = "--strict",
      description = "Refused cases and failures of optional cases count, too.")
  private boolean strict;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    List<CaseFile> files;
    CaseResultWriter writer;
    try {
      files = CaseFolder.read(cases, out);
      writer = new CaseResultWriter(out);
    } catch (IOException | CaseFormatException e) {
      return badInput(e instanceof CaseFormatException ? e.getMessage() : text((IOException) e));
    }
    try (RecurrentOps ops = Backends.open(backend)) {
      if (!algorithm.equals(PlanOptions.AUTO) && !ops.algorithms().contains(algorithm)) {
        return badInput(
            "--algorithm " + algorithm + ": expected auto or one of " + ops.algorithms());
      }
      return run(files, new ConformanceRun(ops, algorithm, writer), ops);
    } catch (BackendUnavailableException e) {
      return badInput("--backend " + backend + ": " + e.getMessage());
    }
  }

  private int badInput(String message) {
    PrintWriter err = spec.commandLine().getErr();
    err.println("conformance: " + message.replaceAll("\\s*\\R\\s*", "; "));
    err.flush();
    return ExitCode.USAGE;
  }

  /** Messages of file errors are often only the path. */
  private static String text(IOException e) {
    return e.getClass() == IOException.class ? e.getMessage() : e.toString();
  }

  private int run(List<CaseFile> files, ConformanceRun run, RecurrentOps ops) throws IOException {
    PrintWriter table = spec.commandLine().getOut();
    int width =
        files.stream().mapToInt(f -> f.suite().length() + 1 + f.name().length()).max().orElse(0);
    table.println(ops.device().id() + ", algorithm " + algorithm + ", errors in scales");
    table.printf(Locale.ROOT, "%-" + width + "s  status   %9s  %9s%n", "case", "outputs", "grads");
    List<CaseOutcome> outcomes = new ArrayList<>();
    for (CaseFile file : files) {
      CaseOutcome outcome = run.run(file);
      outcomes.add(outcome);
      table.println(outcome.row(width));
      table.flush();
    }
    return conclude(outcomes, table);
  }

  private int conclude(List<CaseOutcome> outcomes, PrintWriter table) {
    long passed = outcomes.stream().filter(CaseOutcome::passed).count();
    long refused = outcomes.stream().filter(CaseOutcome::refused).count();
    boolean good = passed > 0 && outcomes.stream().noneMatch(o -> o.counts(strict));
    table.printf(
        Locale.ROOT,
        "%n%d cases: PASS %d, FAIL %d, REFUSED %d (* optional%s); allowed %.0e outputs, %.0e"
            + " gradients%nRESULT: %s%n",
        outcomes.size(),
        passed,
        outcomes.size() - passed - refused,
        refused,
        strict ? "" : ", not counted",
        CaseVerdict.OUTPUT_TOLERANCE,
        CaseVerdict.GRADIENT_TOLERANCE,
        good ? "PASS" : "FAIL");
    table.flush();
    return good ? ExitCode.OK : ExitCode.SOFTWARE;
  }
}
