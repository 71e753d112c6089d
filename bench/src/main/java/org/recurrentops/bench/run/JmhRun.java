package org.recurrentops.bench.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import org.openjdk.jmh.util.Statistics;
import org.recurrentops.DeviceKind;
import org.recurrentops.bench.layers.ForkLog;
import org.recurrentops.bench.layers.ForkOptions;
import org.recurrentops.bench.layers.RunNote;

/**
 * Measures one combination in a JVM of its own, with the garbage collector's profiler.
 *
 * @param warmups iterations that are not counted
 * @param iterations that are counted
 * @param millis length of an iteration
 * @param forked false to stay in this JVM, for tests of the runner
 */
record JmhRun(int warmups, int iterations, long millis, boolean forked) {
  /** Read by the CPU backend and by the peers. */
  static final String THREADS = "recurrentops.cpu.threads";

  private static final String ALLOCATED = "gc.alloc.rate.norm";

  Round measure(Combination of, int number) throws IOException {
    Path note = Files.createTempFile("recurrent-bench", ".json");
    if (!forked) {
      System.setProperty(RunNote.PROPERTY, note.toString());
      if (of.threads() > 0) {
        System.setProperty(THREADS, String.valueOf(of.threads()));
      }
    }
    try (ForkLog log = ForkLog.begin()) {
      return measure(of, number, note, log);
    } finally {
      if (!forked) {
        System.clearProperty(RunNote.PROPERTY);
        System.clearProperty(THREADS);
      }
      Files.delete(note);
    }
  }

  private Round measure(Combination of, int number, Path note, ForkLog log) throws IOException {
    OptionsBuilder options = options(of, note);
    log.take(options);
    try {
      RunResult result = new Runner(options.build()).runSingle();
      return round(of, number, result, of.kind().ofMachine() ? null : RunNote.read(note));
    } catch (RunnerException e) {
      throw new IOException(log.failure(e), e);
    }
  }

  private OptionsBuilder options(Combination of, Path note) {
    List<String> jvm = new ArrayList<>(ForkOptions.all());
    jvm.add("-D" + RunNote.PROPERTY + "=" + note);
    if (of.threads() > 0) {
      jvm.add("-D" + THREADS + "=" + of.threads());
    }
    OptionsBuilder options = new OptionsBuilder();
    options
        .include(of.include())
        .warmupIterations(warmups)
        .warmupTime(TimeValue.milliseconds(millis))
        .measurementIterations(iterations)
        .measurementTime(TimeValue.milliseconds(millis))
        .forks(forked ? 1 : 0)
        .jvmArgsAppend(jvm.toArray(String[]::new))
        .addProfiler(MachineSpeed.class) // first and last, so that what it allocates is not counted
        .addProfiler(GCProfiler.class)
        .verbosity(VerboseMode.SILENT)
        .shouldFailOnError(true);
    if (!of.kind().ofMachine()) {
      options.param("shape", of.shape()).param("backend", of.backend());
      if (!of.isPeer()) {
        options.param("algorithm", of.algorithm()).param("mode", of.mode());
      }
      if (!of.kind().stress().isEmpty()) {
        options.param("stress", of.kind().stress());
      }
      if (!of.recompute().isEmpty()) {
        options.param("recompute", of.recompute());
      }
    }
    return options;
  }

  private static Round round(Combination of, int number, RunResult result, RunNote note) {
    Statistics all = result.getPrimaryResult().getStatistics();
    List<Double> iterations = new ArrayList<>();
    List<Double> machine = new ArrayList<>();
    List<Double> allocated = new ArrayList<>();
    for (BenchmarkResult fork : result.getBenchmarkResults()) {
      for (IterationResult iteration : fork.getIterationResults()) {
        iterations.add(iteration.getPrimaryResult().getStatistics().getPercentile(50));
        machine.add(iteration.getSecondaryResults().get(MachineSpeed.LABEL).getScore());
        Result<?> heap = iteration.getSecondaryResults().get(ALLOCATED);
        allocated.add(heap == null ? Double.NaN : heap.getScore());
      }
    }
    boolean onCpu = note == null || note.device().kind() == DeviceKind.CPU;
    return new Round(
        of,
        number,
        note == null ? "" : note.algorithm(),
        note == null ? "" : note.device().name(),
        note == null ? "" : note.device().detail(),
        iterations,
        all.getN(),
        all.getPercentile(50),
        all.getPercentile(90),
        all.getPercentile(99),
        all.getPercentile(99.9),
        all.getMax(),
        perCall(allocated),
        note == null ? null : note.planBytes(),
        onCpu ? machine : null,
        note == null ? null : note.phases());
  }

  /**
   * Heap of a call: the least of the iterations. What a call takes, it takes in all of them, and in
   * the last one JMH also counts what the benchmark does when it ends, which compares results with
   * float64.
   *
   * @return null if there are fewer than two iterations, or JMH had no number
   */
  static Double perCall(List<Double> iterations) {
    double least = iterations.stream().mapToDouble(Double::doubleValue).min().orElse(Double.NaN);
    return iterations.size() < 2 ? null : finite(least);
  }

  /** JMH gives NaN where it had too little to count, and JSON has no NaN. */
  static Double finite(double value) {
    return Double.isFinite(value) ? value : null;
  }
}
