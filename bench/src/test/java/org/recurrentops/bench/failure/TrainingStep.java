package org.recurrentops.bench.failure;

import java.util.Arrays;
import org.recurrentops.Backward;
import org.recurrentops.BackwardArgs;
import org.recurrentops.Forward;
import org.recurrentops.ForwardArgs;
import org.recurrentops.PlanOptions;
import org.recurrentops.RecurrentOps;
import org.recurrentops.RecurrentPlan;
import org.recurrentops.Reserve;
import org.recurrentops.Tensor;
import org.recurrentops.bench.layers.LayerCheck;
import org.recurrentops.bench.layers.LayerSetup;
import org.recurrentops.bench.layers.LayerShape;

/** A training step of one layer on one device, bound once and compared with float64 at each run. */
final class TrainingStep implements AutoCloseable {
  private static final long SEED = 71;

  private final RecurrentOps ops;
  private final RecurrentPlan plan;
  private final Tensor params;
  private final Tensor x;
  private final Tensor y;
  private final Tensor dy;
  private final Tensor dx;
  private final Tensor dParams;
  private final Reserve reserve;
  private final Forward forward;
  private final Backward backward;
  private final LayerCheck check;
  private final float[] outputGradient;
  private float[] first;

  TrainingStep(RecurrentOps ops, String shape) {
    this.ops = ops;
    LayerShape layer = LayerShape.parse(shape);
    plan = ops.plan(layer.spec(), PlanOptions.training(layer.steps(), layer.batch()));
    params = ops.allocate(plan.parameterLayout().shape());
    x = ops.allocate(layer.steps(), layer.batch(), layer.inputSize());
    y = ops.allocate(layer.steps(), layer.batch(), layer.hiddenSize());
    dy = ops.allocate(y.shape());
    dx = ops.allocate(x.shape());
    dParams = ops.allocate(params.shape());
    float[] weights = LayerSetup.uniform(params.shape().elements(), 0.4, SEED);
    float[] input = LayerSetup.uniform(x.shape().elements(), 1, SEED + 1);
    check = new LayerCheck(layer, weights, input);
    outputGradient = check.onlyCheckedRows(LayerSetup.uniform(dy.shape().elements(), 1, SEED + 2));
    params.upload(weights);
    x.upload(input);
    dy.upload(outputGradient);
    reserve = plan.newReserve();
    forward = plan.bindForward(ForwardArgs.of(params, x, y), reserve);
    forward.run(); // a backward pass is bound to a reserve that is filled
    backward = plan.bindBackward(BackwardArgs.of(params, x, dy, dx, dParams), reserve);
  }

  /**
   * Runs it over outputs of NaN; the results are right and, bit for bit, those of the first run.
   */
  void run() {
    for (Tensor t : new Tensor[] {y, dx, dParams}) {
      t.upload(LayerSetup.nan(t));
    }
    forward.run();
    backward.run();
    float[] gradients = dParams.toFloats();
    check.forward(y.toFloats());
    check.backward(outputGradient, dx.toFloats(), gradients);
    if (first == null) {
      first = gradients;
    }
    if (!Arrays.equals(first, gradients)) {
      throw new AssertionError(ops.device().id() + ": expected the bits of the first run");
    }
  }

  @Override
  public void close() {
    forward.close();
    backward.close();
    reserve.close();
    for (Tensor t : new Tensor[] {params, x, y, dy, dx, dParams}) {
      t.close();
    }
    plan.close();
  }
}
