package org.recurrentops.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.openjdk.jmh.Main;
import org.recurrentops.bench.layers.ForkOptions;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/** JMH's own command line over the same benchmarks, for profilers and special settings. */
@Command(
    name = "jmh",
    header = "JMH's own command line.",
    description =
        "Runs JMH with its own options, such as: jmh -p backend=cpu -prof gc "
            + "LayerBenchmark.forward Help on them: jmh -h. Its JVMs get what the backends want "
            + "unless -jvmArgsAppend is given.")
final class JmhCommand implements Callable<Integer> {
  private static final String APPEND = "-jvmArgsAppend";

  @Unmatched private List<String> arguments = new ArrayList<>();

  @Override
  public Integer call() throws Exception {
    if (!arguments.contains(APPEND)) {
      arguments.add(APPEND);
      arguments.add(String.join(" ", ForkOptions.all()));
    }
    Main.main(arguments.toArray(String[]::new));
    return CommandLine.ExitCode.OK;
  }
}
