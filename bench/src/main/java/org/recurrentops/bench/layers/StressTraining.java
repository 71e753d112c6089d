package org.recurrentops.bench.layers;

import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** A forward and a backward pass of values that are hard on a processor. */
@State(Scope.Benchmark)
public class StressTraining extends TrainingSetup {
  /** A {@link Stress} in lower case. */
  @Param({"decay", "saturation"})
  public String stress;

  /** For JMH. */
  public StressTraining() {}

  @Override
  float[] weights(long seed) {
    return Stress.parse(stress).weights(plan.parameterLayout(), super.weights(seed));
  }

  @Override
  float[] input(long seed) {
    return Stress.parse(stress).input(layer, seed);
  }

  @Override
  float[] outputGradient(long seed) {
    return Stress.parse(stress).outputGradient(layer, seed);
  }

  @Override
  LayerCheck check(float[] weights, float[] input, double unitRoundoff) {
    Stress s = Stress.parse(stress);
    return new LayerCheck(layer, weights, input, unitRoundoff * s.coarseness(), s.floor());
  }
}
