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

/** Times a layer without its products: the gates of all steps. */
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
public class GateBenchmark {
  /** For JMH. */
  public GateBenchmark() {}

  /**
   * Biases and gates of a forward pass for inference.
   *
   * @param setup the layer
   * @return y, which JMH consumes
   */
  @Benchmark
  public Tensor forward(GateForward setup) {
    setup.run();
    return setup.y;
  }

  /**
   * Biases, gates and their gradients of a training step.
   *
   * @param setup the layer
   * @return dParams, which JMH consumes
   */
  @Benchmark
  public Tensor trainingStep(GateTraining setup) {
    setup.run();
    return setup.dParams;
  }
}
