package org.recurrentops.bench.run;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.ScalarResult;

/**
 * Times the same work before and after every iteration: what it takes longer, the machine has
 * become slower, and no change of the measured code. Virtual machines share cores with others whose
 * load comes and goes within seconds.
 */
public final class MachineSpeed implements InternalProfiler {
  /** Name of the result, the mean of both times in milliseconds. */
  static final String LABEL = "machine.millis";

  /** Passes over arrays in the first-level cache, about 15 ms on a core of 90 GFLOP/s. */
  private static final int PASSES = 80_000;

  private double before;

  /** For JMH. */
  public MachineSpeed() {}

  @Override
  public String getDescription() {
    return "Times fixed multiply-adds around every iteration.";
  }

  @Override
  public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
    before = millis(threads());
  }

  @Override
  public Collection<? extends Result<?>> afterIteration(
      BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
    double mean = (before + millis(threads())) / 2;
    return List.of(new ScalarResult(LABEL, mean, "ms", AggregationPolicy.AVG));
  }

  private static int threads() {
    return Integer.getInteger(JmhRun.THREADS, Runtime.getRuntime().availableProcessors());
  }

  /** The time that the slowest of some threads takes, all at once. */
  private static double millis(int threads) {
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      List<Callable<Long>> work = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        work.add(MachineSpeed::nanos);
      }
      long slowest = 0;
      for (Future<Long> time : pool.invokeAll(work)) {
        slowest = Math.max(slowest, time.get());
      }
      return slowest / 1e6;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while the machine's speed was measured", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } finally {
      pool.shutdown();
    }
  }

  private static long nanos() {
    float[] values = new float[MachineBenchmark.NEAR];
    long begin = System.nanoTime();
    for (int pass = 0; pass < PASSES; pass++) {
      MachineBenchmark.multiplyAdd(values, 0.5f, 0.25f);
    }
    long end = System.nanoTime();
    if (!(values[0] > 0)) { // used, so that it is computed
      throw new IllegalStateException("expected a positive sum, got " + values[0]);
    }
    return end - begin;
  }
}
