package org.recurrentops.bench.peers;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;

/** Times a peer as {@link org.recurrentops.bench.layers.LayerBenchmark} times a backend. */
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
public class PeerBenchmark {
  /** For JMH. */
  public PeerBenchmark() {}

  /**
   * A forward pass for inference.
   *
   * @param state the peer
   * @return it, which JMH consumes
   */
  @Benchmark
  public Object forward(PeerForward state) {
    state.peer.run();
    return state.peer;
  }

  /**
   * A training step.
   *
   * @param state the peer
   * @return it, which JMH consumes
   */
  @Benchmark
  public Object training(PeerTraining state) {
    state.peer.run();
    return state.peer;
  }
}
