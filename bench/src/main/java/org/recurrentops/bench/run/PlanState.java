package org.recurrentops.bench.run;

import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.recurrentops.ForwardArgs;
import org.recurrentops.PlanOptions;
import org.recurrentops.RecurrentPlan;
import org.recurrentops.Tensor;
import org.recurrentops.bench.layers.LayerCheck;
import org.recurrentops.bench.layers.RunNote;

/** Plans for inference that are made and closed; one of them is run and checked. */
@State(Scope.Benchmark)
public class PlanState extends DeviceState {
  private LayerCheck check;
  private Tensor params;
  private Tensor x;
  private Tensor y;

  /** For JMH. */
  public PlanState() {}

  @Override
  void prepare() {
    try (RecurrentPlan plan = make()) {
      float[] weights = weights(plan.parameterLayout().elements());
      float[] input = input();
      check = new LayerCheck(layer, weights, input);
      params = ops.allocate(plan.parameterLayout().shape());
      params.upload(weights);
      x = ops.allocate(layer.steps(), layer.batch(), layer.inputSize());
      x.upload(input);
      y = ops.allocate(layer.steps(), layer.batch(), layer.hiddenSize());
      RunNote.of(ops.device(), plan).write();
    }
  }

  @Override
  void check() {
    try (RecurrentPlan plan = make()) {
      plan.forward(ForwardArgs.of(params, x, y));
      check.forward(y.toFloats());
    }
  }

  /** A new plan. */
  RecurrentPlan make() {
    return ops.plan(layer.spec(), asked(PlanOptions.inference(layer.steps(), layer.batch())));
  }
}
