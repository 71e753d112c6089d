package org.recurrentops.bench.layers;

import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.recurrentops.spi.BackendDevice;

/** A forward pass for inference without products; compared with float64 and matrices of zero. */
@State(Scope.Benchmark)
public class GateForward extends InferenceSetup {
  /** For JMH. */
  public GateForward() {}

  @Override
  String algorithm() {
    return BackendDevice.WITHOUT_PRODUCTS;
  }

  @Override
  float[] weights(long seed) {
    return WithoutProducts.biasesOnly(plan.parameterLayout(), super.weights(seed));
  }
}
