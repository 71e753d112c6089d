package org.recurrentops.bench.layers;

import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.recurrentops.spi.BackendDevice;

/** What {@link TrainingSetup} does, by the algorithm that times its phases. */
@State(Scope.Benchmark)
public class PhaseTraining extends TrainingSetup {
  private PhaseNote note;

  /** For JMH. */
  public PhaseTraining() {}

  @Override
  String algorithm() {
    return BackendDevice.TIMED;
  }

  /** Before the calls of an iteration. */
  @Setup(Level.Iteration)
  public void begin() {
    note = PhaseNote.begin(ops);
  }

  /** Notes what the iteration's calls were made of; the last iteration's is kept. */
  @TearDown(Level.Iteration)
  public void end() {
    note.write(ops, plan);
  }
}
