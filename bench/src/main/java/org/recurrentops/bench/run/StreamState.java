package org.recurrentops.bench.run;

import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.recurrentops.InferenceSession;
import org.recurrentops.PlanOptions;
import org.recurrentops.RecurrentPlan;
import org.recurrentops.Tensor;
import org.recurrentops.bench.layers.LayerCheck;
import org.recurrentops.bench.layers.LayerSetup;
import org.recurrentops.bench.layers.RunNote;

/** A session that is fed one step at a time; T steps of it are compared with float64. */
@State(Scope.Benchmark)
public class StreamState extends DeviceState {
  private InferenceSession session;
  private LayerCheck check;
  private float[] input;
  private Tensor x;
  private Tensor y;

  /** For JMH. */
  public StreamState() {}

  @Override
  void prepare() {
    RecurrentPlan plan =
        ops.plan(layer.spec(), asked(PlanOptions.inference(layer.steps(), layer.batch())));
    float[] weights = weights(plan.parameterLayout().elements());
    input = input();
    check = new LayerCheck(layer, weights, input);
    Tensor params = ops.allocate(plan.parameterLayout().shape());
    params.upload(weights);
    session = plan.newSession(plan.pack(params));
    x = ops.allocate(layer.batch(), layer.inputSize());
    y = ops.allocate(layer.batch(), layer.hiddenSize());
    RunNote.of(ops.device(), plan).write();
  }

  @Override
  void check() {
    session.start(layer.batch());
    int stepInputs = layer.batch() * layer.inputSize();
    int stepOutputs = layer.batch() * layer.hiddenSize();
    float[] all = new float[layer.steps() * stepOutputs];
    for (int t = 0; t < layer.steps(); t++) {
      x.upload(java.util.Arrays.copyOfRange(input, t * stepInputs, (t + 1) * stepInputs));
      y.upload(LayerSetup.nan(y));
      session.step(x, y);
      System.arraycopy(y.toFloats(), 0, all, t * stepOutputs, stepOutputs);
    }
    check.forward(all);
  }

  /** One step, waited for. */
  Tensor step() {
    session.step(x, y);
    ops.synchronize();
    return y;
  }
}
