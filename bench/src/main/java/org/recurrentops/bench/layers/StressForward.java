package org.recurrentops.bench.layers;

import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** A forward pass for inference of values that are hard on a processor. */
@State(Scope.Benchmark)
public class StressForward extends InferenceSetup {
  /** A {@link Stress} in lower case. */
  @Param({"decay", "saturation"})
  public String stress;

  /** For JMH. */
  public StressForward() {}

  @Override
  float[] weights(long seed) {
    return Stress.parse(stress).weights(plan.parameterLayout(), super.weights(seed));
  }

  @Override
  float[] input(long seed) {
    return Stress.parse(stress).input(layer, seed);
  }

  @Override
  LayerCheck check(float[] weights, float[] input, double unitRoundoff) {
    Stress s = Stress.parse(stress);
    return new LayerCheck(layer, weights, input, unitRoundoff * s.coarseness(), s.floor());
  }
}
