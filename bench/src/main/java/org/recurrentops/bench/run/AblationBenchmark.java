package org.recurrentops.bench.run;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Warmup;

/** Times what each optimisation buys. */
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
public class AblationBenchmark {
  /** For JMH. */
  public AblationBenchmark() {}

  /**
   * A forward pass.
   *
   * @param state the layer and the rung
   * @return y, which JMH consumes
   */
  @Benchmark
  public float[] forward(AblationState state) {
    return state.run();
  }
}
