package org.recurrentops.bench.layers;

import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.recurrentops.Forward;
import org.recurrentops.ForwardArgs;
import org.recurrentops.PlanOptions;

/** A bound forward pass of an inference plan with packed weights. */
@State(Scope.Benchmark)
public class InferenceSetup extends LayerSetup {
  private Forward forward;

  /** For JMH. */
  public InferenceSetup() {}

  @Override
  PlanOptions options(LayerShape size) {
    return PlanOptions.inference(size.steps(), size.batch());
  }

  @Override
  void bindAndCheck(LayerCheck check, long seed) {
    forward = plan.bindForward(ForwardArgs.of(plan.pack(params), x, y), null);
    run();
    check.forward(y.toFloats());
  }

  @Override
  float[] results() {
    return y.toFloats();
  }

  /** One call, waited for. */
  void run() {
    forward.run();
    ops.synchronize();
  }
}
