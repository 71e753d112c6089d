package org.recurrentops.bench.layers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Times one combination in one JVM of its own.
 *
 * @param warmups iterations that are not counted
 * @param iterations that are counted
 * @param millis length of an iteration
 * @param forked false to stay in this JVM, for tests of the runner
 */
record JmhFork(int warmups, int iterations, long millis, boolean forked) {
  /** Samples in milliseconds and what they were taken on. */
  record Times(RunNote note, double[] millis) {}

  Times time(LayerRun run) throws IOException {
    Path note = Files.createTempFile("recurrent-bench", ".json");
    try (ForkLog log = ForkLog.begin()) {
      return time(run, note, log);
    } finally {
      Files.delete(note);
    }
  }

  private Times time(LayerRun run, Path note, ForkLog log) throws IOException {
    try {
      RunResult result = run(run, note, log);
      return new Times(RunNote.read(note), samples(result));
    } catch (RunnerException e) {
      throw new IOException(run + ": " + log.failure(e), e);
    }
  }

  private RunResult run(LayerRun run, Path note, ForkLog log) throws RunnerException {
    List<String> jvm = new ArrayList<>(ForkOptions.all());
    jvm.add("-D" + RunNote.PROPERTY + "=" + note);
    if (!forked) {
      System.setProperty(RunNote.PROPERTY, note.toString());
    }
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .include(include(run.pass()))
            .param("shape", run.shape().toString())
            .param("backend", run.backend())
            .param("algorithm", run.algorithm())
            .warmupIterations(warmups)
            .warmupTime(TimeValue.milliseconds(millis))
            .measurementIterations(iterations)
            .measurementTime(TimeValue.milliseconds(millis))
            .forks(forked ? 1 : 0)
            .jvmArgsAppend(jvm.toArray(String[]::new))
            .verbosity(VerboseMode.SILENT)
            .shouldFailOnError(true);
    log.take(options);
    try {
      return new Runner(options.build()).runSingle();
    } finally {
      if (!forked) {
        System.clearProperty(RunNote.PROPERTY);
      }
    }
  }

  private static String include(Pass pass) {
    return "^" + LayerBenchmark.class.getName().replace(".", "\\.") + "\\." + pass.method() + "$";
  }

  private static double[] samples(RunResult result) {
    List<Double> samples = new ArrayList<>();
    Iterator<Map.Entry<Double, Long>> raw = result.getPrimaryResult().getStatistics().getRawData();
    while (raw.hasNext()) {
      Map.Entry<Double, Long> entry = raw.next();
      for (long i = 0; i < entry.getValue(); i++) {
        samples.add(entry.getKey());
      }
    }
    return samples.stream().mapToDouble(Double::doubleValue).toArray();
  }
}
