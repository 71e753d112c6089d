package org.recurrentops.bench.report;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.recurrentops.bench.run.Results;
import org.recurrentops.bench.run.ResultsFile;
import org.recurrentops.bench.run.What;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Makes pages of results. */
@Command(
    name = "report",
    header = "Makes pages with charts out of results.",
    description =
        "Makes report.html (one file, charts inside), report.md, report.csv and "
            + "throughput.svg and phases.svg, where there is what they show, of one or more files"
            + " that `run` wrote.",
    mixinStandardHelpOptions = true)
public final class ReportCommand implements Callable<Integer> {
  @Parameters(arity = "1..*", description = "Files of results.")
  private List<Path> files;

  @Option(
      names = "--out",
      defaultValue = ".",
      description = "Folder of the pages (default: ${DEFAULT-VALUE}).")
  private Path out;

  @Spec private CommandSpec spec;

  /** For picocli. */
  public ReportCommand() {}

  @Override
  public Integer call() throws IOException {
    List<Results> results = new ArrayList<>();
    for (Path file : files) {
      results.add(ResultsFile.read(file));
    }
    Figures figures = new Figures(results);
    ResultsFile.replace(out.resolve("report.html"), new HtmlPage(figures).text());
    ResultsFile.replace(out.resolve("report.md"), TextPages.markdown(figures));
    ResultsFile.replace(out.resolve("report.csv"), TextPages.csv(figures));
    Charts charts = new Charts(figures);
    String also = draw(charts.throughput(What.FORWARD), "throughput.svg");
    also += draw(charts.phases(), "phases.svg");
    PrintWriter print = spec.commandLine().getOut();
    print.println("written: " + out.resolve("report.html") + ", report.md, report.csv" + also);
    print.flush();
    return CommandLine.ExitCode.OK;
  }

  /** Returns what is to be said of it. */
  private String draw(BarChart chart, String name) throws IOException {
    if (chart.isEmpty()) {
      return "";
    }
    ResultsFile.replace(out.resolve(name), chart.draw().alone());
    return ", " + name;
  }
}
