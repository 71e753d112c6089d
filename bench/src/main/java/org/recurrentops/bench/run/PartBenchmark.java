package org.recurrentops.bench.run;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;
import org.recurrentops.RecurrentPlan;
import org.recurrentops.Tensor;

/** Times what surrounds a layer: steps of a stream, plans, copies, one product. */
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
public class PartBenchmark {
  /** For JMH. */
  public PartBenchmark() {}

  /**
   * One step of a session, its state kept on the device.
   *
   * @param state the session
   * @return y, which JMH consumes
   */
  @Benchmark
  public Tensor stream(StreamState state) {
    return state.step();
  }

  /**
   * Making a plan and closing it.
   *
   * @param state the device
   * @param consumer of the plan
   */
  @Benchmark
  public void plan(PlanState state, Blackhole consumer) {
    try (RecurrentPlan plan = state.make()) {
      consumer.consume(plan);
    }
  }

  /**
   * Copies x to the device.
   *
   * @param state the device
   */
  @Benchmark
  public void upload(TransferState state) {
    state.upload();
  }

  /**
   * Copies x from the device.
   *
   * @param state the device
   * @return the copy, which JMH consumes
   */
  @Benchmark
  public float[] download(TransferState state) {
    return state.download();
  }

  /**
   * The input product.
   *
   * @param state the operands
   * @return y, which JMH consumes
   */
  @Benchmark
  public Tensor gemm(ProductState state) {
    return state.run();
  }
}
