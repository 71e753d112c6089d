package org.recurrentops.bench.layers;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Warmup;
import org.recurrentops.Tensor;

/** The calls of {@link LayerBenchmark} with values that are harder on a processor. */
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
public class StressBenchmark {
  /** For JMH. */
  public StressBenchmark() {}

  /**
   * A forward pass for inference.
   *
   * @param setup the layer
   * @return y, which JMH consumes
   */
  @Benchmark
  public Tensor forward(StressForward setup) {
    setup.run();
    return setup.y;
  }

  /**
   * A forward and a backward pass.
   *
   * @param setup the layer
   * @return dParams, which JMH consumes
   */
  @Benchmark
  public Tensor trainingStep(StressTraining setup) {
    setup.run();
    return setup.dParams;
  }
}
