package org.recurrentops.bench.run;

import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.recurrentops.CellType;
import org.recurrentops.Forward;
import org.recurrentops.ForwardArgs;
import org.recurrentops.PlanOptions;
import org.recurrentops.RecurrentPlan;
import org.recurrentops.Tensor;
import org.recurrentops.bench.layers.LayerCheck;
import org.recurrentops.bench.layers.RunNote;

/** A forward pass of an LSTM on the CPU at one {@link Rung}, which the algorithm names. */
@State(Scope.Benchmark)
public class AblationState extends DeviceState {
  private Runnable pass;
  private LayerCheck check;
  private float[] y;

  /** For JMH. */
  public AblationState() {}

  @Override
  void prepare() {
    Rung rung = Rung.parse(algorithm);
    if (layer.cell() != CellType.LSTM || layer.skipsInput()) {
      throw new IllegalArgumentException(
          "ablation: expected the shape of an lstm with c<C>, got " + layer);
    }
    float[] input = input();
    try (RecurrentPlan sizes = plan()) {
      float[] weights = weights(sizes.parameterLayout().elements());
      check = new LayerCheck(layer, weights, input);
      y = new float[layer.steps() * layer.batch() * layer.hiddenSize()];
      Tensor x = ops.wrap(input, layer.steps(), layer.batch(), layer.inputSize());
      Tensor params = ops.wrap(weights, weights.length);
      pass = rung.isPlan() ? planned(rung, x, params) : byHand(rung, x, params);
    }
  }

  private Runnable byHand(Rung rung, Tensor x, Tensor params) {
    RunNote.ofNoPlan(ops.device(), rung.toString(), "loops over linear").write();
    return new HandWrittenLstm(ops, layer, rung, x, params, y)::run;
  }

  private Runnable planned(Rung rung, Tensor x, Tensor params) {
    RecurrentPlan plan = plan();
    Tensor out = ops.wrap(y, layer.steps(), layer.batch(), layer.hiddenSize());
    Forward forward =
        plan.bindForward(
            rung == Rung.PLAN
                ? ForwardArgs.of(params, x, out)
                : ForwardArgs.of(plan.pack(params), x, out),
            null);
    RunNote.of(ops.device(), plan).write();
    return () -> {
      forward.run();
      ops.synchronize();
    };
  }

  private RecurrentPlan plan() {
    return ops.plan(layer.spec(), PlanOptions.inference(layer.steps(), layer.batch()));
  }

  @Override
  void check() {
    java.util.Arrays.fill(y, Float.NaN);
    run();
    check.forward(y);
  }

  /** One pass, waited for. */
  float[] run() {
    pass.run();
    return y;
  }
}
