package org.recurrentops.bench;

import com.google.gson.GsonBuilder;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.recurrentops.BackendUnavailableException;
import org.recurrentops.Backends;
import org.recurrentops.ProbeReport;
import org.recurrentops.RecurrentOps;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Says what every backend found, why one found nothing, and which device would be selected. */
@Command(
    name = "doctor",
    header = "Says what every backend found, and which one a program gets.",
    description =
        "A backend that found nothing says why. Exit code 0 if a device opens, 1 if none "
            + "does.",
    mixinStandardHelpOptions = true)
final class Doctor implements Callable<Integer> {
  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    Diagnosis diagnosis = examine();
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(
          new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create().toJson(diagnosis));
    } else {
      out.print(diagnosis);
    }
    out.flush();
    return diagnosis.selected() == null ? CommandLine.ExitCode.SOFTWARE : CommandLine.ExitCode.OK;
  }

  private static Diagnosis examine() {
    ProbeReport report = Backends.report();
    try (RecurrentOps ops = Backends.open()) {
      return Diagnosis.of(report, ops.device().id(), null);
    } catch (BackendUnavailableException e) {
      return Diagnosis.of(report, null, e.getMessage());
    }
  }
}
