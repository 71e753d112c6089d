package org.recurrentops.bench.layers;

import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.recurrentops.spi.BackendDevice;

/** A forward and a backward pass without products; compared with float64 and matrices of zero. */
@State(Scope.Benchmark)
public class GateTraining extends TrainingSetup {
  /** For JMH. */
  public GateTraining() {}

  @Override
  String algorithm() {
    return BackendDevice.WITHOUT_PRODUCTS;
  }

  @Override
  float[] weights(long seed) {
    return WithoutProducts.biasesOnly(plan.parameterLayout(), super.weights(seed));
  }

  /** The products that give the gradients of matrices are left out too. */
  @Override
  void compareGradients(LayerCheck check, float[] dy, float[] dx, float[] dParams) {
    check.backward(dy, dx, dParams, WithoutProducts::isBias);
  }
}
