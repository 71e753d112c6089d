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

/** Times a layer whose backend times the phases of its calls. */
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
public class PhaseBenchmark {
  /** For JMH. */
  public PhaseBenchmark() {}

  /**
   * A forward pass for inference.
   *
   * @param setup the layer
   * @return y, which JMH consumes
   */
  @Benchmark
  public Tensor forward(PhaseForward setup) {
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
  public Tensor trainingStep(PhaseTraining setup) {
    setup.run();
    return setup.dParams;
  }
}
