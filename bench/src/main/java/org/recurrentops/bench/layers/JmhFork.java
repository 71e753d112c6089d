package org.recurrentops.bench.layers;

import java.io.IOException;
import java.lang.module.ModuleFinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
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
  private static final String VECTOR = "jdk.incubator.vector";

  /** Samples in milliseconds and what they were taken on. */
  record Times(RunNote note, double[] millis) {}

  /** JVM options that the backends want and this JDK knows. */
  static List<String> jvmOptions() {
    List<String> options = new ArrayList<>();
    if (ModuleFinder.ofSystem().find(VECTOR).isPresent()) {
      options.add("--add-modules=" + VECTOR);
    }
    if (Runtime.version().feature() >= 22) {
      options.add("--enable-native-access=ALL-UNNAMED");
    }
    return options;
  }

  Times time(LayerRun run) throws IOException {
    Path note = Files.createTempFile("recurrent-bench", ".json");
    try {
      RunResult result = run(run, note);
      return new Times(RunNote.read(note), samples(result));
    } catch (RunnerException e) {
      throw new IOException(run + ": " + rootMessage(e), e);
    } finally {
      Files.delete(note);
    }
  }

  private RunResult run(LayerRun run, Path note) throws RunnerException {
    List<String> jvm = new ArrayList<>(jvmOptions());
    jvm.add("-D" + RunNote.PROPERTY + "=" + note);
    if (!forked) {
      System.setProperty(RunNote.PROPERTY, note.toString());
    }
    try {
      return new Runner(
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
                  .shouldFailOnError(true)
                  .build())
          .runSingle();
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

  /** JMH wraps what a benchmark throws several times over and puts it among the suppressed. */
  private static String rootMessage(Throwable e) {
    Throwable t = e;
    while (t.getCause() != null || t.getSuppressed().length > 0) {
      t = t.getCause() != null ? t.getCause() : t.getSuppressed()[0];
    }
    return t.getMessage() == null ? t.toString() : t.getMessage();
  }
}
